"""Seven attacks by plain SQL, on the very database that `portal log verify` then reads: each is named."""

import pytest

from portal.activity import checking
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.privacy import anchoring, erasing
from tests.activity import by_hand


@pytest.fixture
def told(org):
    """An organisation with a dozen entries, the first half of them noted outside."""
    with acting_as(system(org.id)):
        for number in range(6):
            contacts.add(first_name=f"P{number}", email=f"p{number}@example.org")
        assert anchoring.anchor().trouble == ""
        erasing.erase([contacts.add(first_name="Gone").id])
    return org


def test_each_of_seven_attacks_by_sql_is_named(told, settings, tmp_path):
    def verify():
        with acting_as(system(told.id)):
            verdict = checking.verify()
        return f"{verdict.first_bad}: {verdict.why}" if not verdict.ok else "unbroken"

    connection = by_hand.connect(tmp_path, settings.database_url)
    try:
        said = by_hand.each(connection, told.slug, verify)
    finally:
        connection.close()

    assert (said["nothing"], said["all put back"]) == ("unbroken", "unbroken")
    named = {name: said[name].split(":")[0] for name in by_hand.ATTACKS}
    assert named == {
        "change": "3", "delete": "4", "insert": "5", "reorder": "6", "cut": "14", "replace": "1", "empty": "2"
    }  # fmt: skip

"""The register of transfers says in which country each copy lies, or it is said that this is not written down (R62)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.accounts.models import User
from portal.backups import stores, whereabouts
from portal.config import Settings
from portal.core.actor import acting_as
from portal.core.readings import readings_of
from portal.core.tenancy import Org
from portal.core.watching import DOUBTFUL, GOOD
from portal.transfers import copies, rules, service
from portal.transfers.rules import Kept
from portal.transfers.service import Line
from tests.conftest import ClientOf, actor_of

STORE = "s3.backups.example"


@pytest.mark.parametrize(
    ("kept", "of", "host", "is_of"),
    [
        (Kept("machine", "hosting"), "hosting", "", True),
        (Kept("machine", "hosting"), "backup", "", False),
        (Kept("store", "backup", STORE), "backup", STORE, True),
        (Kept("store", "backup", STORE), "backup", "", False),  # a line about another place
        (Kept("store", "backup", STORE), "backup", "s3.other.example", False),
        (Kept("store", "backup", STORE), "mail", STORE, False),
        (Kept("folder", "backup"), "backup", "", True),
        (Kept("folder", "backup"), "backup", STORE, True),
    ],
)
def test_which_line_is_about_which_place(kept: Kept, of: str, host: str, is_of: bool) -> None:
    assert rules.is_of(kept, of, host) is is_of


@pytest.fixture
def second_place(settings: Settings, olivia: User) -> Iterator[None]:
    """Hope House, seen by its owner, on an installation whose backups go to a store."""
    stores.use(replace(settings, backup_url=f"s3://KEY:SECRET@{STORE}/bucket?region=af-south-1"))
    with acting_as(actor_of(olivia)):
        yield


def told() -> list[tuple[str, bool | None]]:
    return [(reading.words, reading.is_well) for reading in readings_of("abroad")][1:]


def test_what_is_not_written_down_is_said_until_it_is(second_place: None, org: Org) -> None:
    assert [one.line for one in copies.noted()] == [None, None]
    assert told()[0][0].startswith("In which country it is, is not written down: The portal's own machine")
    assert (whereabouts.whereabouts().level, "Not written down by hope-house:" in whereabouts.whereabouts().words) == (
        DOUBTFUL, True
    )  # fmt: skip

    service.add(Line("Machines Ltd", "hosting", "ZA"))
    assert told() == [(f"In which country it is, is not written down: Backups elsewhere: {STORE}.", False)]
    line = service.add(Line("Copies Ltd", "backup", "ZA", STORE))

    assert told() == [("Your data and the copies of it lie in South Africa.", True)]
    assert whereabouts.whereabouts().level == GOOD

    service.archive(line)
    assert told()[0][1] is False


def test_a_copy_abroad_is_named_with_its_country(second_place: None, org: Org) -> None:
    service.add(Line("Machines Ltd", "hosting", "ZA"))
    service.add(Line("Copies Inc", "backup", "DE", STORE, "adequate"))

    assert told() == [("Your data or a copy of it lies in Germany.", None)]
    found = whereabouts.whereabouts()
    assert (found.level, f"{STORE}: Germany" in found.words) == (DOUBTFUL, True)


@pytest.mark.one_database
def test_the_register_shows_each_place_and_leads_to_its_line(
    second_place: None, org: Org, olivia: User, client_of: ClientOf
) -> None:
    service.add(Line("Machines Ltd", "hosting", "ZA"))
    page = client_of(olivia).get("/settings/transfers").text
    assert "South Africa, with Machines Ltd" in page
    assert f"/settings/transfers/new?service=backup&amp;host={STORE}" in page
    assert "SECRET" not in page

    form = client_of(olivia).get(f"/settings/transfers/new?service=backup&host={STORE}").text
    assert '<option selected value="backup">' in form
    assert f'value="{STORE}"' in form
    assert client_of(olivia).get("/settings/transfers/new?service=nonsense").status_code == 200

"""Special information: no ground, no keeping; and names that sound like it are remarked on."""

import pytest

from portal.contacts.sensitive import GROUNDS, NoAuthorisation, check_sensitive, sounds_special


@pytest.mark.parametrize(
    ("sensitivity", "ground", "note", "is_kept"),
    [
        ("special", "consent", "Signed forms in the office", True),
        ("special", "religion", "We are a parish", True),
        ("special", "consent", "  ", False),
        ("special", "", "Signed forms", False),
        ("special", "because", "Signed forms", False),
        ("ordinary", "", "", True),
        ("child", "", "", True),
        ("financial", "", "", True),
    ],
)
def test_special_information_needs_a_ground_and_a_note(sensitivity, ground, note, is_kept):
    if is_kept:
        check_sensitive(sensitivity, ground, note)
        return
    with pytest.raises(NoAuthorisation):
        check_sensitive(sensitivity, ground, note)


def test_each_ground_names_its_section():
    assert all(" (s " in words for words in GROUNDS.values())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("HIV support", "health"),
        ("Confirmed members", "faith"),
        ("Belydenis-klas 2025", "faith"),
        ("Shop stewards", "a trade union"),
        ("ANC branch", "politics"),
        ("Ex-offenders", "crime"),
        ("Deaf learners", "health"),
        ("Newsletter", ""),
        ("Donors", ""),
        ("Financial friends", ""),
        ("Trace the river", ""),
        ("Advance team", ""),
        ("Blacksmith guild", ""),
        ("Reunion 1994", ""),
        ("", ""),
    ],
)
def test_a_name_that_sounds_special(name, told):
    assert sounds_special(name) == told

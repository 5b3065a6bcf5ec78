"""What is put into a form beside what its page offers: a stranger's ids, and the names of all columns there are."""

import pytest

from tests.walker_checks import try_extra_fields, try_foreign_ids

pytestmark = pytest.mark.each_database


@pytest.mark.one_database
def test_a_strangers_id_in_a_form_is_not_taken(walk, ours, theirs, capsys):
    tried = try_foreign_ids(walk, ours, theirs)
    assert tried > 100
    with capsys.disabled():
        print(f"\n  {tried:,} forms with another organisation's ids: none taken")


@pytest.mark.one_database
def test_a_field_that_nobody_offers_is_not_taken(walk, ours, theirs, capsys):
    tried = try_extra_fields(walk, ours)
    assert tried > 100
    with capsys.disabled():
        print(f"\n  {tried:,} forms with the names of all columns: none taken")

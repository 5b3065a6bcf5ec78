"""A disk of 64 MB filled and emptied under a campaign: no mail without its row, no row without its mail (J03)."""

import pytest

from tests import fullness, kills

RECIPIENTS = 80


@pytest.mark.faults
@pytest.mark.one_database
def test_without_room_nothing_leaves_that_is_not_written_down(tmp_path):
    with (
        fullness.small_disk(tmp_path) as disk,
        kills.stage(tmp_path, RECIPIENTS, limit="20/second", data=disk) as made,
    ):
        browser = fullness.browser_of(made)

        figures = fullness.run(made, disk, browser, rounds=1)

        fullness.check(made, figures, RECIPIENTS, browser)

"""`portal.lock`: who holds the data folder, and that others who ask leave his number in it."""

import fcntl
import os

import pytest

from portal.config import Settings
from portal.run import restore, up, upgrading
from tests.databases import KEYS

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("asks", [up.only_one, restore._alone])
def test_who_is_refused_leaves_the_number_of_the_one_that_runs(tmp_path, asks):
    with up.only_one(tmp_path):
        with pytest.raises((up.CannotStart, restore.NotRestored), match="running on the data folder"), asks(tmp_path):
            pass

        assert (tmp_path / "portal.lock").read_text() == str(os.getpid())


def test_the_number_of_one_that_ran_before_is_not_kept(tmp_path):
    (tmp_path / "portal.lock").write_text("99999999")

    with up.only_one(tmp_path):
        assert (tmp_path / "portal.lock").read_text() == str(os.getpid())
    with restore._alone(tmp_path):
        assert (tmp_path / "portal.lock").read_text() == ""


def test_an_upgrade_ends_nobody_who_has_no_number(tmp_path):
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})

    with (tmp_path / "portal.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(upgrading.NotUpgraded, match="Nothing was changed"), upgrading._at_rest(settings, str):
            pass

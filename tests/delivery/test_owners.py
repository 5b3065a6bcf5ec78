"""Whether the holder of a row still lives."""

import subprocess
import sys

import pytest

from portal.delivery import owners


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_this_process_lives_and_one_that_ended_does_not():
    place = owners.me().rpartition(":")[0]

    assert not owners.is_gone(owners.me())
    assert owners.is_gone(f"{place}:{ended_process()}")


@pytest.mark.parametrize("owner", ["elsewhere/4026531836:1", "", "nonsense", "a:b"])
def test_of_others_only_the_lease_can_tell(owner):
    assert not owners.is_gone(owner)

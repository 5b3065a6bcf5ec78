"""`portal up`: one supervised tree of real processes."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.kills import Stage, free_port


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("up")
    environ = {"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(folder), "PORT": str(free_port())}
    stage = Stage(folder, environ, folder / "journal")
    yield stage
    if stage.up and stage.up.poll() is None:
        stage.up.send_signal(signal.SIGTERM)
        stage.up.wait(20)


@pytest.fixture
def stage(installation):
    """The installation, running: everything answers and gives signs of life."""
    if installation.up is None or installation.up.poll() is not None:
        installation.start()
    until_ready(installation, lambda parts: all(parts.values()))
    return installation


def ready(stage):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stage.environ['PORT']}/readyz", timeout=5) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError):
        return {}


def until_ready(stage, is_so):
    until = time.monotonic() + 60
    while not ((parts := ready(stage)) and is_so(parts)):
        assert time.monotonic() < until, (parts, (stage.folder / "up.log").read_text())
        time.sleep(0.2)


def processes(stage, words):
    return [number for number, command in stage.descendants().items() if words in command]


def test_a_second_one_on_the_same_folder_is_refused_in_words(stage):
    environ = {**stage.environ, "PORT": str(free_port())}

    second = subprocess.run(
        [sys.executable, "-m", "portal.cli", "up"], env=environ, capture_output=True, text=True, timeout=60
    )

    assert second.returncode == 1
    assert "already running on the data folder" in second.stderr


@pytest.mark.parametrize("words", ["web:", "portal:", "worker 1:", "scheduler:", "mail catcher:", "redis.sock"])
def test_what_is_killed_is_started_again(stage, words):
    before = processes(stage, words)
    assert before
    os.kill(min(before), signal.SIGKILL)

    until = time.monotonic() + 30
    while len(set(processes(stage, words)) - {min(before)}) < len(before):
        assert time.monotonic() < until, stage.descendants()
        time.sleep(0.1)
    until_ready(stage, lambda parts: all(parts.values()))


def test_asked_to_end_all_end_and_the_folder_is_free(stage):
    numbers = list(stage.descendants())

    stage.up.send_signal(signal.SIGTERM)

    stage.up.wait(10)
    assert [number for number in numbers if Path(f"/proc/{number}/cmdline").exists()] == []
    lines = (stage.folder / "up.log").read_text().splitlines()
    assert [line for line in lines if not line.startswith(("{", "Open ", "Nobody is here yet"))] == []

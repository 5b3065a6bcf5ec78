"""`portal move-database`: where to is asked for, so that no password stands in the list of processes."""

import pytest
from click.testing import CliRunner

from portal.config import BadSettings, Settings
from portal.run import commands, moving
from portal.run.moving import NotMoved
from tests.databases import KEYS

pytestmark = pytest.mark.one_database

GOOD = "postgresql://portal:correct-horse-battery@db.example.org/portal"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command, and where it moved to."""
    moved = []
    monkeypatch.setattr(commands.moving, "move", lambda _settings, url: moved.append(url) or {})
    environ = {"PORTAL_DATA_DIR": str(tmp_path), **KEYS}

    def run(*words, typed=""):
        ended = CliRunner().invoke(commands.move_database, words, input=typed, env=environ)
        return ended, moved

    return run


def test_where_to_is_asked_for(run):
    ended, moved = run("-", typed=f"{GOOD}\n")
    assert moved == [GOOD], ended.exception


@pytest.mark.parametrize("url", ["postgresql:///portal", "postgresql://portal@localhost/portal"])
def test_an_address_without_a_password_may_be_named(run, url):
    assert run(url)[1] == [url]


@pytest.mark.parametrize("url", [GOOD, "postgres://a:b@localhost/x", "postgresql:///portal?user=a&password=b"])
def test_a_password_among_the_words_of_the_command_is_refused(run, url):
    ended, moved = run(url)
    assert moved == []
    assert isinstance(ended.exception, NotMoved)
    assert "portal move-database -" in str(ended.exception)


@pytest.mark.parametrize("address", ["portal:portal@db.example.org", "portal@db.example.org"])
@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_where_the_portal_would_not_start_nothing_is_copied(tmp_path, monkeypatch, scheme, address):
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})
    monkeypatch.setattr(moving, "migrate", pytest.fail)

    with pytest.raises(BadSettings, match="missing or too easy to guess"):
        moving.move(settings, f"{scheme}://{address}/portal")

"""Commands about signing in, as somebody at the server uses them."""

import json
import lzma
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from portal.accounts import service as accounts
from portal.accounts.models import PlaceException
from portal.core.clock import now
from portal.signin import factors
from portal.signin.models import Begun, SecondFactor
from tests import geodata
from tests.databases import KEYS
from tests.processes import command
from tests.signin.stage import number_on, sign_in

pytestmark = pytest.mark.one_database


@pytest.fixture
def portal(database_url, tmp_path, app):
    environ = {
        "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url,
        "REDIS_URL": f"unix://{tmp_path}/absent.sock", "GEOIP_DATABASE": str(tmp_path / "made.mmdb"), **KEYS,
    }  # fmt: skip
    geodata.write(tmp_path / "made.mmdb", {"196.25.0.0/16": "ZA", "8.8.8.0/24": "US"})

    def portal(*words, text=""):
        return command(words, environ, text)

    return portal


def test_the_country_of_an_address_and_whether_it_is_open(portal, org):
    def told(address, *more):
        code, out, err = portal("geo", "check", address, "--json", *more)
        assert code == 0, err
        return json.loads(out)

    assert told("196.25.1.1") == {"country": "ZA", "allowed": True, "reason": "the country is allowed"}
    assert told("8.8.8.8", "--org", "hope-house") == {
        "country": "US", "allowed": False, "reason": "the country is not allowed",
    }  # fmt: skip
    assert told("10.0.0.1")["country"] is None
    assert told("127.0.0.1")["allowed"]
    assert told("nonsense")["allowed"] is False


def test_the_countries_of_an_organisation_are_set_by_command(portal, org):
    assert portal("geo", "countries", "--org", "hope-house", "Namibia", "ZA")[0] == 0
    assert portal("geo", "countries", "--org", "hope-house", "US")[0] == 1
    assert accounts.find_org("hope-house").countries == ["NA", "ZA"]


def test_a_door_may_be_opened_for_a_while_and_closed(portal, org):
    assert portal("geo", "open", "--minutes", "5")[0] == 0
    assert json.loads(portal("geo", "check", "8.8.8.8", "--json")[1])["allowed"]
    assert portal("geo", "close")[0] == 0
    assert not json.loads(portal("geo", "check", "8.8.8.8", "--json")[1])["allowed"]


def test_fresh_country_data_is_taken_and_older_refused(portal, tmp_path):
    packed = tmp_path / "fresh.mmdb.xz"
    geodata.write(tmp_path / "fresh.mmdb", {"8.8.8.0/24": "ZA"}, built=int((now() + timedelta(days=1)).timestamp()))
    packed.write_bytes(lzma.compress((tmp_path / "fresh.mmdb").read_bytes()))
    geodata.write(tmp_path / "old.mmdb", {"8.8.8.0/24": "US"}, built=1_600_000_000)

    assert portal("geo", "update", packed)[0] == 0
    assert json.loads(portal("geo", "check", "8.8.8.8", "--json")[1])["country"] == "ZA"
    code, _, err = portal("geo", "update", tmp_path / "old.mmdb")
    assert (code, "Traceback" in err) == (1, False)
    assert portal("geo", "update", tmp_path / "nowhere")[0] == 1
    assert json.loads(portal("geo", "status", "--json")[1])["readable"] is True


def test_a_user_abroad_is_let_in_by_command(portal, bob):
    def allow(*more):
        return portal("geo", "allow", "--org", "hope-house", "--email", bob.email, *more)

    assert allow("--country", "portugal", "--until", (now() + timedelta(days=3)).date())[0] == 0
    assert allow("--country", "RU")[0] == 1
    assert allow("--country", "RU", "--confirm")[0] == 0
    assert allow("--country", "Atlantis")[0] == 1
    assert "is no day" in allow("--country", "PT", "--until", "tomorrow")[2]
    assert {one.country for one in PlaceException.select()} == {"PT", "RU"}


def test_who_waits_for_a_mail_is_let_in_by_command(portal, browser, olivia):
    assert portal("user", "let-in", "--email", olivia.email, "--number", "123456")[0] == 1
    sign_in(browser, olivia)
    number = number_on(browser)

    assert portal("user", "let-in", "--email", olivia.email, "--number", "")[0] == 1
    code, out, err = portal("user", "let-in", "--email", olivia.email, "--number", number)

    assert (code, "this machine" in out) == (0, True), err
    assert Begun.get().proved_at is not None
    assert browser.post("/sign-in/waiting").location == "/"


def test_the_count_of_wrong_passwords_is_told(portal, org):
    code, out, err = portal("user", "attempts", "--email", "nobody@example.org", "--json")

    assert code == 0, err
    assert json.loads(out) == {"wrong": 0, "captcha": False, "told_at": None, "last": []}


def test_a_user_is_locked_unlocked_and_given_a_password_by_command(portal, olivia, browser):
    assert portal("user", "lock", "--email", olivia.email)[0] == 0
    assert sign_in(browser, olivia).status_code == 422
    assert portal("user", "unlock", "--email", olivia.email)[0] == 0
    assert sign_in(browser, olivia).status_code == 303
    weak = portal("user", "password", "--email", olivia.email, "--password-stdin", text="olivia\n")
    assert (weak[0], "at least 12" in weak[2]) == (1, True)
    assert portal(
        "user", "password", "--email", olivia.email, "--password-stdin", text="nine yellow umbrellas\n"
    )[0] == 0  # fmt: skip
    assert sign_in(browser, olivia, "nine yellow umbrellas").status_code == 303
    factors.begin_setup(olivia)
    SecondFactor.update(secret=SecondFactor.waiting).execute()
    assert portal("user", "forget-factor", "--email", olivia.email)[0] == 0
    assert not factors.has(olivia)
    assert portal("user", "lock", "--email", "nobody@example.org")[0] == 1


def test_the_first_run_code_is_printed_until_somebody_is_there(portal, app):
    code, out, _ = portal("first-run")
    assert (code, "/first-run and enter the code" in out) == (0, True)

    portal("org", "create", "Hope House")

    assert portal("first-run")[0] == 1


def test_a_migration_puts_the_shipped_data_in_its_place(tmp_path):
    environ = {"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path)}

    def run(*words):
        return subprocess.run([sys.executable, "-m", "portal.cli", *words], env=environ, capture_output=True, text=True)

    run("migrate")

    assert (tmp_path / "country.mmdb").stat().st_size > 1_000_000
    assert json.loads(run("geo", "check", "41.0.0.1", "--json").stdout)["country"] == "ZA"

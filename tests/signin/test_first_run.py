"""The first owner: by a code of the terminal, once, however many try at once (J06)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.accounts.models import Membership, User
from portal.core import db as database
from portal.core.tenancy import Org
from portal.signin import first_run
from portal.signin.models import FirstRun

pytestmark = pytest.mark.one_database

FORM = {
    "name": "Hope House", "owner_name": "Nomsa Dube", "owner_email": "nomsa@example.org",
    "password": "seven green buses",
}  # fmt: skip


def test_the_code_of_the_terminal_makes_the_first_owner(browser):
    code = first_run.new_code()
    assert browser.get("/sign-in").location == "/first-run"
    assert "Welcome" in browser.get("/first-run").text

    answer = browser.post("/first-run", data=FORM | {"code": code.lower().replace("-", " ")})

    assert answer.location == "/"
    assert "Nomsa" in browser.get("/").text
    owner = User.get()
    assert (owner.is_support, Membership.get(Membership.user == owner).role) == (1, "owner")


def test_a_second_first_run_is_refused(app, browser):
    code = first_run.new_code()
    browser.post("/first-run", data=FORM | {"code": code})
    other = app.test_client()

    assert other.get("/first-run").status_code == 404
    assert other.post("/first-run", data=FORM | {"code": code}).status_code == 404
    assert first_run.new_code() is None
    assert other.get("/sign-in").status_code == 200


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA-AAAA", "x" * 500, "\x00"])
def test_another_code_makes_nobody(browser, code):
    first_run.new_code()

    answer = browser.post("/first-run", data=FORM | {"code": code})

    assert (answer.status_code, 'id="code-error"' in answer.text) == (422, True)
    assert User.select().count() == Org.select().count() == 0


def test_without_a_code_made_in_the_terminal_nobody_is_made(browser):
    assert browser.post("/first-run", data=FORM | {"code": ""}).status_code == 422
    assert browser.post("/first-run", data=FORM | {"code": "AAAA-AAAA-AAAA-AAAA"}).status_code == 404


def test_a_newer_code_kills_the_older(browser):
    old, _ = first_run.new_code(), first_run.new_code()

    assert browser.post("/first-run", data=FORM | {"code": old}).status_code == 422
    assert FirstRun.select().count() == 1


def test_a_weak_password_is_said_and_nothing_is_half_made(browser):
    code = first_run.new_code()

    weak = browser.post("/first-run", data=FORM | {"code": code, "password": "hope house hope"})

    assert (weak.status_code, 'id="password-error"' in weak.text) == (422, True)
    assert Org.select().count() == 0
    assert browser.post("/first-run", data=FORM | {"code": code}).location == "/"


def test_of_ten_at_once_one_becomes_the_owner(app):
    code = first_run.new_code()

    def one(number):
        try:
            mine = FORM | {"code": code, "owner_email": f"p{number}@example.org"}
            return app.test_client().post("/first-run", data=mine).status_code
        finally:
            database.db.close()

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(one, range(10)))

    assert answers == [303] + [404] * 9
    assert User.select().count() == Org.select().count() == 1

"""What somebody hostile tried once, and what he gets now: each of these was a fault."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.accounts import places, strength
from portal.accounts import service as accounts
from portal.accounts.models import Membership, PlaceException, Session, User
from portal.accounts.rules import BadEmail
from portal.activity.models import LogEntry
from portal.config import BadSettings, Settings
from portal.core import db as database
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.delivery import system_mail
from portal.delivery.models import PortalMail
from portal.signin import counting, devices, factors, passwords, service
from portal.signin.models import Begun, Device, SignInAttempt
from tests import geodata
from tests.conftest import PASSWORD, actor_of
from tests.signin.stage import asks_captcha, link_in, mails, sign_in, text_of
from tests.signin.test_factors import code_of, set_up


def at(browser, address, path, **data):
    return browser.post(path, data=data, environ_base={"REMOTE_ADDR": address})


@pytest.fixture
def portugal(tmp_path):
    """A country database that knows South Africa and Portugal."""
    path = tmp_path / "made.mmdb"
    geodata.write(path, {"196.25.0.0/16": "ZA", "203.0.113.0/24": "PT"})
    with geodata.in_use(path):
        yield path


@pytest.fixture(autouse=True)
def everywhere(app):
    """The lock by place is not what is tried here."""
    places.open_door(now() + timedelta(hours=1))


def ask(browser, email, address="127.0.0.1"):
    return at(browser, address, "/password/forgotten", email=email)


def still_waits(browser) -> bool:
    return browser.get("/password/waiting").status_code == 200


@pytest.mark.parametrize(("address", "waits"), [("127.0.0.1", False), ("41.0.0.9", True)])
def test_asking_from_two_browsers_tells_nobody_whether_there_is_an_account(app, olivia, address, waits):
    for email in (olivia.email, "nobody@example.org"):
        first, second = app.test_client(), app.test_client()
        ask(first, email)
        ask(second, email, address)

        assert (still_waits(first), still_waits(second)) == (waits, True), email


def test_a_stranger_who_asks_again_and_again_keeps_nobody_from_a_new_password(app, client_of, olivia):
    mine = client_of(olivia)
    mine.post("/sign-out")
    ask(mine, olivia.email)
    link = link_in("password")

    for number in range(15):
        ask(app.test_client(), olivia.email, f"41.0.{number}.1")

    assert len(mails("password")) == 10  # a mailbox is not filled either
    assert still_waits(mine)
    assert mine.post(link).location == "/password/new"
    before = len(mails("password"))
    ask(mine, olivia.email)
    assert len(mails("password")) == before + 1


def test_of_thirty_codes_at_once_five_are_judged(app, client_of, olivia):
    known = client_of(olivia)
    set_up(known, olivia)
    known.post("/sign-out")
    sign_in(known, olivia)
    cookies = {name: known.get_cookie(name).value for name in ("portal", "device")}

    def one(number):
        browser = app.test_client()
        for name, value in cookies.items():
            browser.set_cookie(name, value)
        try:
            return browser.post("/sign-in/code", data={"code": f"{number:06}"}).status_code
        finally:
            database.db.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(one, range(30)))

    assert 500 not in answers
    assert SignInAttempt.select().where(SignInAttempt.outcome == "wrong_code").count() == 5


def test_guessing_codes_round_after_round_is_told_to_support(client_of, olivia):
    known = client_of(olivia)
    set_up(known, olivia)
    for _ in range(2):
        known.post("/sign-out")
        counting.end_series(olivia)  # as a right password with the captcha would
        sign_in(known, olivia)
        for _ in range(5):
            known.post("/sign-in/code", data={"code": "000000"})

    told = [text_of(mail) for mail in mails("alarm")]
    assert ["10 wrong codes of the second factor for olivia" in words for words in told] == [True]
    counting.end_series(olivia)
    assert sign_in(known, olivia).location == "/sign-in/waiting"  # the mailbox is to be shown again


def test_guessing_codes_with_a_session_ends_the_session(client_of, olivia):
    known = client_of(olivia)
    set_up(known, olivia)

    for _ in range(7):
        known.post("/account/confirmation", data={"password": PASSWORD, "code": "000000"})

    assert known.get("/account").status_code == 303


def test_an_own_account_does_not_lower_the_count_of_an_address(app, client_of, olivia):
    mine = client_of(olivia)
    key, _ = set_up(mine, olivia)
    mine.post("/sign-out")
    for name in ("a", "b"):
        app.test_client().post("/sign-in", data={"email": f"{name}@example.org", "password": "x"})
    sign_in(mine, olivia)

    mine.post("/sign-in/code", data={"code": code_of(key, 30)})

    assert mine.get("/account").status_code == 200
    assert counting.counts("", "127.0.0.1").address == 2
    assert asks_captcha(app.test_client().post("/sign-in", data={"email": "c@example.org", "password": "x"}))


def test_a_strangers_wish_does_not_stand_in_the_way_of_the_travellers_own(olivia, bob):
    member = Membership.get(Membership.user == bob)
    places.ask(bob, member, "BR", now() + timedelta(hours=1))

    assert places.ask(bob, member, "PT", now() + timedelta(days=9)) is not None

    with acting_as(actor_of(olivia)):
        assert [one.country for one in places.exceptions()] == ["PT"]
    assert places.ask(bob, member, "PT", now() + timedelta(days=9)) is None


def test_no_owner_is_pestered_with_wishes(olivia, bob):
    member = Membership.get(Membership.user == bob)
    for country in ("BR", "PT", "ES", "FR", "IT"):
        places.ask(bob, member, country, now() + timedelta(days=9))

    assert PlaceException.select().where(PlaceException.user == bob).count() == 3


def test_a_device_that_is_revoked_finishes_no_sign_in(client_of, olivia):
    here, there = client_of(olivia), client_of(olivia)
    key, _ = set_up(here, olivia)
    stolen = Device.select().order_by(Device.id.desc()).get()
    there.post("/sign-out")
    assert sign_in(there, olivia).location == "/sign-in/code"

    here.post(f"/account/devices/{stolen.id}/revocation")

    assert there.post("/sign-in/code", data={"code": code_of(key, 30)}).location == "/sign-in"
    assert Begun.select().where(Begun.ended_at.is_null()).count() == 0


def test_support_shows_the_factor_that_an_own_organisation_asks_for(client_of, olivia, other_org):
    sam = accounts.create_support("sam@example.org", "Sam", PASSWORD)
    with acting_as(system(other_org.id)):
        accounts.create_user(sam.email, "Sam", Role.READER, "")
        accounts.set_details(requires_factor=1)
    browser = client_of(sam)
    Session.update(membership=None).execute()

    for path in ("/support", "/mail", "/organisations/new"):
        assert browser.get(path).location == "/account/second-factor"


SOON = (now() + timedelta(days=5)).date().isoformat()
ODD = {
    "next that is no address": ("/sign-in", {"email": "x@example.org", "password": "x", "next": "//["}, 422),
    "next with odd letters": ("/sign-in", {"email": "x@example.org", "password": "x", "next": "//a\u2100b"}, 422),
    "NUL in an address": ("/sign-in", {"email": "x\0@example.org", "password": "x"}, 422),
    "NUL in a password": ("/sign-in", {"email": "x@example.org", "password": "x\0"}, 422),
    "NUL when forgotten": ("/password/forgotten", {"email": "x\0"}, 303),
    "a file for an address": ("/sign-in", {"email": (io.BytesIO(b"x"), "x"), "password": "x"}, 422),
    "a file for a password": ("/sign-in", {"email": "x", "password": (io.BytesIO(b"x"), "x")}, 422),
    "a file when forgotten": ("/password/forgotten", {"email": (io.BytesIO(b"x"), "x")}, 422),
    "a file for a day": ("/abroad", {"email": "x", "country": "PT", "until": (io.BytesIO(b"x"), "x")}, 422),
    "NUL when abroad": ("/abroad", {"email": "x\0", "country": "PT", "until": SOON}, 200),
    "a long next": ("/sign-in", {"email": "x@example.org", "password": "x", "next": "/" + "x" * 9_000}, 422),
    "lone surrogates": ("/sign-in", {"email": b"\xed\xa0\x80@example.org", "password": "x"}, 422),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_input_is_answered_in_words(browser, org, name):
    path, data, status = ODD[name]
    copy = {key: (io.BytesIO(b"x"), "x") if isinstance(value, tuple) else value for key, value in data.items()}

    answer = browser.post(path, data=copy)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "digits", ["\u0661\u0662\u0663\u0664\u0665\u0666", "\uff11\uff12\uff13\uff14\uff15\uff16", "²³"]
)
def test_digits_of_other_scripts_are_wrong_and_nothing_else(browser, client_of, olivia, digits):
    sign_in(browser, olivia)
    browser.post(link_in("device"), data={"number": digits})
    known = client_of(olivia)
    set_up(known, olivia)
    known.post("/sign-out")
    sign_in(known, olivia)
    assert known.post("/sign-in/code", data={"code": digits}).status_code == 422
    for _ in range(4):
        page = browser.post("/sign-in", data={"email": "x@example.org", "password": "x"})
    name = page.text.split('name="captcha_name" value="')[1].split('"')[0]
    answer = browser.post(
        "/sign-in", data={"email": "x@example.org", "password": "x", "captcha_name": name, "captcha": digits}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "referrer", ["http://[", "http://localhost/nowhere", "http://localhost/contacts/1/own-page", "x"]
)
def test_a_referrer_that_leads_nowhere_leads_home(client_of, olivia, referrer):
    browser = client_of(olivia)
    Session.update(confirmed_at=now() - timedelta(hours=1)).execute()

    answer = browser.post("/account/recovery-codes", headers={"Referer": referrer})

    assert answer.location == "/account/confirmation?next=/&again=1"


@pytest.mark.parametrize(
    "path", ["/contacts?q=%00", "/contacts?town=a%00b", "/find?q=%00", "/u/%00", "/sign-in?next=%00"]
)
def test_an_address_with_nul_is_no_page(client_of, olivia, path):
    assert client_of(olivia).get(path).status_code == 404


def test_a_wrong_code_in_a_row_is_forgiven_by_a_right_one(client_of, olivia):
    known = client_of(olivia)
    key, _ = set_up(known, olivia)
    with transaction():
        for _ in range(4):
            counting.count_proof(olivia, "code")

    assert known.post("/account/confirmation", data={"password": PASSWORD, "code": code_of(key, 30)}).status_code == 303
    assert factors.has(olivia)
    with transaction():
        assert counting.count_proof(olivia, "code") == 1


def test_a_new_password_is_no_proof_for_what_asks_for_the_code(client_of, olivia):
    browser = client_of(olivia)
    set_up(browser, olivia)
    Session.update(confirmed_at=now() - timedelta(hours=1)).execute()
    new = "nine yellow umbrellas"

    browser.post("/account/password", data={"current": PASSWORD, "new": new, "again": new})

    assert "/account/confirmation" in browser.post("/account/second-factor/removal").location
    assert factors.has(olivia)


def test_a_password_changed_while_the_old_one_is_judged_lets_nobody_in(client_of, olivia, monkeypatch):
    browser = client_of(olivia)
    browser.post("/sign-out")

    def changed_meanwhile(kept, typed):
        User.update(password_hash="another").where(User.id == olivia.id).execute()
        return True

    monkeypatch.setattr(service, "is_right", changed_meanwhile)

    assert sign_in(browser, olivia).status_code == 422
    assert User.get_by_id(olivia.id).password_hash == "another"


def test_guessing_a_password_with_a_session_ends_the_session(client_of, olivia):
    browser = client_of(olivia)

    for _ in range(6):
        browser.post("/account/confirmation", data={"password": "wrong"})

    assert browser.get("/account").status_code == 303
    assert SignInAttempt.select().where(SignInAttempt.outcome == "wrong").count() == 5


def test_who_knows_a_password_fills_no_mailbox_and_support_hears_of_it(app, olivia):
    for number in range(14):
        at(app.test_client(), f"41.0.{number}.1", "/sign-in", email=olivia.email, password=PASSWORD)

    assert len(mails("device")) == 10
    assert ["that nobody confirmed" in text_of(mail) for mail in mails("alarm")] == [True]


def test_somebody_elsewhere_with_the_password_does_not_end_what_waits_here(app, browser, olivia):
    sign_in(browser, olivia)
    link = link_in("device")
    at(app.test_client(), "41.0.0.1", "/sign-in", email=olivia.email, password=PASSWORD)

    assert browser.post(link).location == "/"


def test_one_account_may_flood_support_with_nothing(client_of, olivia):
    here = client_of(olivia)
    own = Device.get()
    assert here.post(f"/account/devices/{own.id}/not-mine").status_code == 404
    for _ in range(3):
        client_of(olivia)
        other = Device.select().order_by(Device.id.desc()).get()
        here.post(f"/account/devices/{other.id}/not-mine")

    assert len(mails("not_me")) == 1


def test_what_a_command_or_support_did_is_not_the_users_act(olivia, org):
    accounts.lock(olivia.id, "Sam (support)")
    passwords.set_by_command(olivia, "nine yellow umbrellas")

    with acting_as(system(org.id)):
        entries = LogEntry.select().where(LogEntry.action.in_(["user.locked", "user.password_changed"]))
        assert {(entry.detail["actor"], entry.user_id) for entry in entries} == {
            ("Sam (support)", None),
            ("command", None),
        }


def test_an_organisation_does_not_read_from_where_somebody_changed_his_password(client_of, olivia, other_org, charlie):
    with acting_as(system(other_org.id)):
        accounts.create_user(olivia.email, "Olivia", Role.READER, "")
    new = "nine yellow umbrellas"
    client_of(olivia).post("/account/password", data={"current": PASSWORD, "new": new, "again": new})

    with acting_as(system(other_org.id)):
        assert "address" not in LogEntry.get(LogEntry.action == "user.password_changed").detail


def test_whoever_leaves_takes_no_exception_along(olivia, bob):
    member = Membership.get(Membership.user == bob)
    with acting_as(actor_of(olivia)):
        places.allow(member, "PT", None, confirmed=False)
        accounts.remove_member(member.id)

    assert PlaceException.select().where(PlaceException.user == bob).count() == 0


def test_a_wish_is_answered_once(client_of, olivia, bob):
    places.ask(bob, Membership.get(Membership.user == bob), "PT", now() + timedelta(days=9))
    owner, wish = client_of(olivia), PlaceException.get(PlaceException.user == bob)
    path = f"/settings/sign-in/exceptions/{wish.id}/answer"

    answers = [owner.post(path, data={"granted": granted}).status_code for granted in ("1", "1", "0")]

    assert answers == [303, 404, 404]
    assert len(mails("abroad_answer")) == 1


def test_the_user_is_told_of_what_changes_about_the_factor(client_of, olivia):
    browser = client_of(olivia)
    _, codes = set_up(browser, olivia)
    browser.post("/sign-out")
    sign_in(browser, olivia)
    browser.post("/sign-in/code", data={"code": codes[0]})
    browser.post("/account/recovery-codes")
    browser.post("/account/second-factor/removal")

    assert [mail.recipient for mail in mails("account")] == [olivia.email] * 4
    said = " ".join(text_of(mail) for mail in mails("account"))
    for words in ("was set up", "recovery code was used", "New recovery codes", "turned off"):
        assert words in said


def test_a_device_not_used_for_longer_than_a_cookie_lasts_is_a_stranger(client_of, olivia):
    browser = client_of(olivia)
    browser.post("/sign-out")
    Device.update(seen_at=now() - timedelta(days=401)).execute()

    assert sign_in(browser, olivia).location == "/sign-in/waiting"
    devices.tidy()
    assert Device.select().count() == 0


def test_an_owner_does_not_shut_himself_out(olivia, portugal):
    with acting_as(replace(actor_of(olivia), address="203.0.113.7")):
        with pytest.raises(places.BadCountries, match="Portugal"):
            places.set_countries(["ZA"], confirmed=False)
        places.set_countries(["ZA", "PT"], confirmed=False)


def test_a_text_that_is_slow_to_estimate_does_not_stall_the_portal(app):
    slow = "a4@b8c({[<e3g69i1!|l7o0s$5t+x%z2" * 6

    assert strength.estimate(slow, []).score == 4
    assert strength.estimate("a" * 200, []).score < 2


@pytest.mark.parametrize("address", ["Support <s@x.org>", "s@x.org, t@x.org", "nonsense", "a b@x.org"])
def test_an_address_for_support_that_is_none_refuses_to_start(tmp_path, address):
    with pytest.raises(BadSettings, match="PORTAL_SUPPORT_EMAIL"):
        Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_SUPPORT_EMAIL": address})


@pytest.mark.parametrize(
    "address", ["nonsense", "a b@example.org", "a@b@c", "x@example.org\r\nBcc: y@z.org", "<x@y.org>"]
)
def test_nobody_is_made_with_an_address_that_is_none(org, address):
    with acting_as(system(org.id)), pytest.raises(BadEmail):
        accounts.create_user(address, "X", Role.READER, PASSWORD)


def test_messages_are_emptied_whatever_became_of_them(app, olivia, browser):
    sign_in(browser, olivia)
    row = mails("device")[0]
    PortalMail.update(state="handed", lease=now() - timedelta(minutes=1)).execute()

    system_mail.due(PortalMail)

    assert (PortalMail.get_by_id(row.id).state, PortalMail.get_by_id(row.id).message) == ("unknown", "")


def test_choosing_an_organisation_that_is_closed_from_here_is_refused(client_of, olivia, other_org, portugal):
    with acting_as(system(other_org.id)):
        accounts.create_user(olivia.email, "Olivia", Role.READER, "")
        places.set_countries(["PT"], confirmed=False)
    places.close_door()
    browser = client_of(olivia)
    home = Membership.get(Membership.user == olivia, Membership.org != other_org)
    away = {"REMOTE_ADDR": "203.0.113.7"}

    assert browser.get("/organisations", environ_base=away).status_code == 200
    assert browser.post(f"/organisations/{home.id}", environ_base=away).status_code == 403
    assert browser.get("/organisations", environ_base=away).status_code == 200

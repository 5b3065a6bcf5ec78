"""Staff pages are locked by place, the public's rights are not: sixty addresses, on the shipped and on a made database
(R55, H01 to H04).
"""

import hashlib
import lzma
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal.accounts import places
from portal.accounts import service as accounts
from portal.accounts.models import Membership, PlaceException
from portal.activity.models import LogEntry
from portal.config import BadSettings
from portal.core import db as database
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Role
from portal.gateways import geoip
from portal.signin.models import SignInAttempt
from portal.web.access import policy_of
from tests import geodata
from tests.conftest import HX, actor_of
from tests.planting import plant
from tests.signin.stage import link_in, mails, sign_in, text_of
from tests.walking import rules, urls

MADE = {
    "196.25.0.0/16": "ZA", "41.0.0.0/11": "ZA", "105.224.0.0/12": "ZA", "2c0f:f970::/32": "ZA", "2001:4200::/32": "ZA",
    "8.8.8.0/24": "US", "5.9.0.0/16": "DE", "203.0.113.0/24": "PT", "2a00:1450::/32": "IE", "2001:218::/32": "JP",
    "197.234.0.0/16": "NA", "192.0.2.0/24": "", "1.0.0.0/24": "AU",
}  # fmt: skip
# address, whether staff may come in on the made database with South Africa open
MADE_TABLE = [
    ("127.0.0.1", True), ("127.255.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True),
    ("196.25.1.1", True), ("196.25.255.255", True), ("41.0.0.1", True), ("41.31.255.255", True), ("105.230.1.1", True),
    ("::ffff:196.25.1.1", True), ("::ffff:41.0.0.1", True), ("2c0f:f970::1", True), ("2c0f:f970:ffff::9", True),
    ("2001:4200::1", True), ("2C0F:F970::1", True),
    ("8.8.8.8", False), ("5.9.1.1", False), ("203.0.113.7", False), ("2a00:1450::1", False), ("2001:218::1", False),
    ("197.234.1.1", False), ("1.0.0.1", False), ("::ffff:8.8.8.8", False), ("::ffff:203.0.113.7", False),
    ("192.0.2.1", False), ("41.32.0.1", False), ("9.9.9.9", False), ("2001:db8::1", False), ("2606:4700::1", False),
    ("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False), ("100.64.0.1", False), ("169.254.0.1", False),
    ("fd00::1", False), ("fe80::1", False), ("::", False), ("0.0.0.0", False), ("255.255.255.255", False),
    ("224.0.0.1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False), ("nonsense", False), ("", False),
]  # fmt: skip
SHIPPED_TABLE = [
    ("196.25.1.1", True), ("41.0.0.1", True), ("2c0f:f970::1", True), ("::ffff:196.25.1.1", True),
    ("155.232.1.1", True), ("146.141.1.1", True), ("137.158.1.1", True), ("41.185.8.1", True),
    ("8.8.8.8", False), ("2c0f:fda8:5::1", False), ("::ffff:8.8.8.8", False), ("1.1.1.1", False),
    ("5.9.1.1", False), ("193.0.6.139", False), ("2001:4860:4860::8888", False), ("203.0.113.7", False),
]  # fmt: skip
# What an untrusted visitor may say of himself, in vain.
LIES = [
    {"X-Forwarded-For": "196.25.1.1"},
    {"X-Forwarded-For": "196.25.1.1, 196.25.1.1"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Real-IP": "196.25.1.1"},
    {"CF-Connecting-IP": "196.25.1.1"},
    {"CF-IPCountry": "ZA"},
    {"True-Client-IP": "196.25.1.1"},
    {"Forwarded": "for=196.25.1.1"},
    {"X-Forwarded-For": "::ffff:127.0.0.1"},
    {"Client-IP": "196.25.1.1", "X-Client-IP": "196.25.1.1", "X-Cluster-Client-IP": "196.25.1.1"},
]


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "made.mmdb"
    geodata.write(path, MADE)
    return path


@pytest.fixture
def data(tmp_path, made):
    """A country database of the test's own, which it may damage."""
    return Path(shutil.copy(made, tmp_path / "made.mmdb"))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    path = tmp_path_factory.mktemp("shipped") / "country.mmdb"
    path.write_bytes(lzma.decompress(geoip.SHIPPED.read_bytes()))
    return path


@pytest.fixture
def settings(settings, data):
    return replace(settings, geoip_database=data)


def at(browser, address, path="/sign-in", method="GET", **more):
    return browser.open(path, method=method, environ_base={"REMOTE_ADDR": address}, **more)


def test_where_staff_may_come_from(browser, olivia):
    """All addresses in one walk: what differs from the table is named."""
    post = {"email": "x@example.org", "password": "x"}
    found = {}
    for address, _ in MADE_TABLE:
        statuses = at(browser, address).status_code, at(browser, address, method="POST", data=post).status_code
        found[address] = statuses
        assert at(browser, address, "/u/nonsense").status_code == 404  # the public's pages answer as ever
        assert at(browser, address, "/healthz").status_code == 200

    assert found == {address: (200, 422) if is_open else (403, 403) for address, is_open in MADE_TABLE}


def test_the_shipped_data_knows_where_staff_is(browser, olivia, shipped):
    geoip.use(shipped)

    found = {address: at(browser, address).status_code for address, _ in SHIPPED_TABLE}

    assert found == {address: 200 if is_open else 403 for address, is_open in SHIPPED_TABLE}


@pytest.mark.parametrize("headers", LIES, ids=str)
def test_what_a_visitor_says_of_himself_does_not_count(browser, olivia, headers):
    assert at(browser, "8.8.8.8", headers=headers).status_code == 403
    assert at(browser, "196.25.1.1", headers=dict.fromkeys(headers, "8.8.8.8")).status_code == 200


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        ("196.25.1.1", 200),
        ("8.8.8.8", 403),
        ("196.25.1.1, 8.8.8.8", 403),  # the left is what the visitor said, the right what our proxy saw
        ("8.8.8.8, 196.25.1.1", 200),
        ("196.25.1.1, 8.8.8.8, 10.9.9.9", 403),  # 10.9.9.9 is our second proxy
        ("nonsense", 403),
        ("", 403),  # our proxy itself, of a private network
        ("127.0.0.1, 8.8.8.8", 403),
        ("::ffff:196.25.1.1", 200),
    ],
)
def test_behind_a_listed_proxy_the_right_most_stranger_counts(app, olivia, forwarded, status):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], trusted_proxies=("10.9.9.0/24",))
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    assert at(app.test_client(), "10.9.9.9", headers=headers).status_code == status


def rows() -> str:
    skipped = {"sign_in_attempt", "session", "log_entry", "log_head", "portal_mail", "sqlite_sequence"}
    tables = sorted(name for name in database.db.get_tables() if name not in skipped and "search" not in name)
    found = [
        str(database.db.execute_sql(f'SELECT * FROM "{table}"').fetchall()) for table in tables if "search" not in table
    ]
    return hashlib.sha256("".join(found).encode()).hexdigest()


def test_every_staff_route_is_closed_from_elsewhere_and_none_of_the_publics(app, client_of, olivia, thandi):
    ids = plant(olivia).ids
    browser = client_of(olivia)
    before = rows()
    tried = 0
    for rule in rules(app):
        policy = policy_of(app, rule.endpoint)
        if rule.rule == "/sign-out":
            continue  # open to everybody; it would end what this test walks with
        for url in urls(rule, ids):
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                for headers in ({}, HX):
                    answer = at(browser, "8.8.8.8", url, method, headers=headers)
                    tried += 1
                    if policy.geo:
                        assert answer.status_code == (401 if headers else 403), (method, url)
                        assert "CNRY" not in answer.text
                    elif policy.who == "link":
                        assert answer.status_code == 404, (method, url)  # the token here is none
    assert tried > 300
    assert rows() == before


def test_a_session_that_travels_is_refused_and_works_again_at_home(client_of, olivia):
    browser = client_of(olivia)

    away = at(browser, "203.0.113.7", "/contacts")
    for _ in range(5):
        at(browser, "203.0.113.7", "/contacts")

    assert away.status_code == 403
    assert "Portugal" in away.text
    assert [row.outcome for row in SignInAttempt.select()] == ["moved"]
    with acting_as(system(actor_of(olivia).org_id)):
        assert LogEntry.select().where(LogEntry.action == "user.refused_abroad").count() == 1
    assert at(browser, "196.25.1.1", "/contacts").status_code == 200


def test_a_right_password_from_elsewhere_does_not_let_in(app, olivia, other_org, charlie):
    with acting_as(system(other_org.id)):
        places.set_countries(["PT"], confirmed=False)  # the door of the installation is open to Portugal now

    answer = at(
        app.test_client(), "203.0.113.7", method="POST",
        data={"email": olivia.email, "password": "seven green buses"},
    )  # fmt: skip

    assert answer.status_code == 403
    assert SignInAttempt.select().order_by(SignInAttempt.id.desc()).get().outcome == "place"
    assert mails("device") == []


def test_the_data_may_vanish_while_the_portal_runs(browser, client_of, olivia, data, made):
    signed_in = client_of(olivia)
    assert at(signed_in, "196.25.1.1", "/").status_code == 200

    data.unlink()

    assert at(browser, "196.25.1.1").status_code == 403
    assert at(signed_in, "196.25.1.1", "/").status_code == 403
    assert at(signed_in, "127.0.0.1", "/").status_code == 200
    assert [mail.recipient for mail in mails("geo_alarm")] == ["support@example.org"]
    assert "portal geo update" in text_of(mails("geo_alarm")[0])
    places.open_door(now() + timedelta(minutes=5))
    assert at(signed_in, "196.25.1.1", "/").status_code == 200
    places.close_door()
    assert at(signed_in, "196.25.1.1", "/").status_code == 403
    shutil.copy(made, data)
    assert at(signed_in, "196.25.1.1", "/").status_code == 200


def test_data_that_is_damaged_closes_the_door_too(browser, olivia, data):
    data.write_bytes(b"nonsense" * 100)

    assert at(browser, "196.25.1.1").status_code == 403
    assert "cannot tell at the moment where you are" in at(browser, "196.25.1.1").text


def test_a_private_network_is_open_only_when_it_is_listed(browser, settings, olivia):
    closed = at(browser, "192.168.1.7")
    places.use(replace(settings, allowed_networks=("192.168.0.0/16",)))
    listed = at(browser, "192.168.1.7")

    assert (closed.status_code, listed.status_code) == (403, 200)
    assert "PORTAL_ALLOWED_NETWORKS" in closed.text


def test_the_countries_of_organisations_open_the_door_and_each_its_own_only(client_of, olivia, other_org, charlie):
    with acting_as(system(other_org.id)):
        places.set_countries(["NA"], confirmed=False)

    assert at(client_of(charlie), "197.234.1.1", "/").status_code == 200
    assert at(client_of(olivia), "197.234.1.1", "/").status_code == 403
    assert at(client_of(charlie), "196.25.1.1", "/").status_code == 403


def test_what_the_host_allows_is_the_most_an_organisation_can(settings, client_of, org, olivia):
    with acting_as(system(org.id)):
        places.set_countries(["ZA", "PT"], confirmed=False)
    places.use(replace(settings, allowed_countries=frozenset({"ZA"})))

    assert at(client_of(olivia), "203.0.113.7", "/").status_code == 403


@pytest.mark.parametrize(
    ("allowed", "confirmed", "words"),
    [({"ZA", "RU"}, set(), "PORTAL_CONFIRMED_COUNTRIES=RU"), ({"ZA", "RU", "GB"}, {"GB"}, "RU"), ({"QQ"}, set(), "QQ")],
)
def test_the_host_names_one_of_the_ten_twice_or_does_not_start(settings, allowed, confirmed, words):
    with pytest.raises(BadSettings, match=words):
        places.use(replace(settings, allowed_countries=frozenset(allowed), confirmed_countries=frozenset(confirmed)))


def test_the_host_may_allow_one_of_the_ten_by_naming_it_twice(settings, app):
    places.use(replace(settings, allowed_countries=frozenset({"ZA", "GB"}), confirmed_countries=frozenset({"GB"})))

    assert places.of_installation() == {"ZA", "GB"}


SIGN_IN = "/settings/sign-in"


def test_an_owner_sets_the_countries_and_it_is_logged(client_of, olivia, org):
    browser = client_of(olivia)

    assert browser.post(f"{SIGN_IN}/countries", data={"country": ["ZA", "NA"]}).status_code == 303

    assert "Namibia" in browser.get(SIGN_IN).text
    with acting_as(system(org.id)):
        entry = LogEntry.get(LogEntry.action == "organisation.countries_changed")
    assert entry.detail["changes"] == {"countries": [["ZA"], ["NA", "ZA"]]}


def test_one_of_the_ten_needs_a_second_confirmation_which_is_logged(client_of, olivia, org):
    browser = client_of(olivia)
    once = browser.post(f"{SIGN_IN}/countries", data={"country": ["ZA", "US"]})

    assert (once.status_code, "United States" in once.text, 'name="confirmed"' in once.text) == (422, True, True)
    assert accounts.find_org(org.slug).countries == ["ZA"]
    browser.post(f"{SIGN_IN}/countries", data={"country": ["ZA", "US"], "confirmed": "1"})
    assert accounts.find_org(org.slug).countries == ["US", "ZA"]
    with acting_as(system(org.id)):
        assert LogEntry.get(LogEntry.action == "organisation.risky_country_confirmed").detail["countries"] == ["US"]


def test_without_any_country_nothing_is_saved(client_of, olivia, org):
    answer = client_of(olivia).post(f"{SIGN_IN}/countries", data={"country": ["XX"]})

    assert (answer.status_code, "at least one country" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"member": "", "abroad": "PT"}, "Choose a person."),
        ({"member": "999999", "abroad": "PT"}, "Choose a person."),
        ({"abroad": ""}, "Choose a country."),
        ({"abroad": "XX"}, "Choose a country."),
        ({"abroad": "PT", "until": "yesterday"}, "Enter a day"),
        ({"abroad": "PT", "until": "2020-01-01"}, "within a year"),
        ({"abroad": "PT", "until": "9999-12-31"}, "within a year"),
        ({"abroad": "US"}, "one of the ten"),
    ],
)
def test_an_exception_that_cannot_be_is_said(client_of, olivia, bob, typed, words):
    member = str(Membership.get(Membership.user == bob).id)

    answer = client_of(olivia).post(f"{SIGN_IN}/exceptions", data={"member": member, "until": ""} | typed)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert PlaceException.select().count() == 0


def test_a_colleague_abroad_is_let_in_until_a_day_and_no_longer(client_of, olivia, bob):
    his = client_of(bob)
    member = Membership.get(Membership.user == bob).id
    until = (now() + timedelta(days=5)).date().isoformat()
    assert at(his, "203.0.113.7", "/").status_code == 403

    client_of(olivia).post(f"{SIGN_IN}/exceptions", data={"member": member, "abroad": "PT", "until": until})

    assert at(his, "203.0.113.7", "/").status_code == 200
    assert at(his, "5.9.1.1", "/").status_code == 403
    assert at(client_of(olivia), "203.0.113.7", "/").status_code == 403
    PlaceException.update(until=now() - timedelta(minutes=1)).execute()
    assert at(his, "203.0.113.7", "/").status_code == 403


def test_an_exception_can_be_ended(client_of, olivia, bob):
    member = Membership.get(Membership.user == bob).id
    browser = client_of(olivia)
    browser.post(f"{SIGN_IN}/exceptions", data={"member": member, "abroad": "PT", "until": ""})

    browser.post(f"{SIGN_IN}/exceptions/{PlaceException.get().id}/end")

    assert at(client_of(bob), "203.0.113.7", "/").status_code == 403


def test_an_exception_of_one_organisation_is_none_in_another(client_of, olivia, bob, other_org, charlie):
    with acting_as(system(other_org.id)):
        accounts.create_user(bob.email, "Bob", Role.READER, "")
        places.allow(Membership.get(Membership.user == bob, Membership.org == other_org), "PT", None, confirmed=False)
    his = client_of(bob)
    hope = Membership.get(Membership.user == bob, Membership.org != other_org)

    his.post(f"/organisations/{hope.id}")
    assert at(his, "203.0.113.7", "/").status_code == 403


def test_a_traveller_asks_the_owner_and_hears_the_answer(app, client_of, olivia, bob):
    away = app.test_client()
    until = (now() + timedelta(days=9)).date().isoformat()
    page = at(away, "203.0.113.7")
    assert "Are you travelling?" in page.text

    asked = at(away, "203.0.113.7", "/abroad", "POST", data={"email": bob.email, "country": "PT", "until": until})
    again = at(away, "203.0.113.7", "/abroad", "POST", data={"email": bob.email, "country": "PT", "until": until})

    assert (asked.status_code, asked.text) == (200, again.text)
    assert [mail.recipient for mail in mails("abroad")] == [olivia.email]
    assert link_in("abroad") == SIGN_IN
    owner = client_of(olivia)
    assert "Bob</a> asks to sign in from Portugal." in owner.get("/").text
    assert "Bob: Portugal" in owner.get(SIGN_IN).text
    owner.post(f"{SIGN_IN}/exceptions/{PlaceException.get().id}/answer", data={"granted": "1"})
    assert "you may sign in from Portugal" in text_of(mails("abroad_answer")[0])
    assert at(client_of(bob), "203.0.113.7", "/").status_code == 200


def test_a_wish_that_is_refused_lets_nobody_in(app, client_of, olivia, bob):
    with acting_as(actor_of(olivia)):
        places.ask(bob, Membership.get(Membership.user == bob), "PT", now() + timedelta(days=3))
    assert at(client_of(bob), "203.0.113.7", "/").status_code == 403

    client_of(olivia).post(f"{SIGN_IN}/exceptions/{PlaceException.get().id}/answer", data={"granted": "0"})

    assert "was not allowed" in text_of(mails("abroad_answer")[0])
    assert at(client_of(bob), "203.0.113.7", "/").status_code == 403


def test_asking_tells_nobody_whether_there_is_an_account(app, olivia):
    until = (now() + timedelta(days=9)).date().isoformat()
    answers = [
        at(app.test_client(), "203.0.113.7", "/abroad", "POST", data={"email": e, "country": "PT", "until": until}).text
        for e in (olivia.email, "nobody@example.org")
    ]

    assert answers[0] == answers[1]


@pytest.mark.parametrize("until", ["", "x", "2020-01-01", "9999-01-01"])
def test_a_traveller_who_names_no_day_is_told(browser, olivia, until):
    answer = browser.post("/abroad", data={"email": olivia.email, "country": "PT", "until": until})

    assert (answer.status_code, 'id="until-error"' in answer.text) == (422, True)
    assert PlaceException.select().count() == 0


def test_another_organisations_exceptions_are_not_there(client_of, olivia, bob, charlie):
    with acting_as(actor_of(olivia)):
        places.allow(Membership.get(Membership.user == bob), "PT", None, confirmed=False)
    stranger, found = client_of(charlie), PlaceException.get().id

    assert stranger.post(f"{SIGN_IN}/exceptions/{found}/end").status_code == 404
    assert stranger.post(f"{SIGN_IN}/exceptions/{found}/answer", data={"granted": "1"}).status_code == 404
    assert "Bob" not in stranger.get(SIGN_IN).text


def test_a_device_mail_names_the_place(app, olivia):
    at(app.test_client(), "196.25.1.1", method="POST", data={"email": olivia.email, "password": "seven green buses"})

    assert "Where:   South Africa" in text_of(mails("device")[0])
    assert sign_in(app.test_client(), olivia).status_code == 303

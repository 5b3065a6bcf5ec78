"""Looking as a colleague: the same pages as hers, nothing changed, nothing taken along, both ends in the record."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.accounts import service as accounts
from portal.accounts.models import Membership, Session, User
from portal.accounts.rules import sees_no_more
from portal.activity.models import LogEntry
from portal.contacts import photos
from portal.contacts import service as contacts
from portal.core.actor import Actor, acting_as
from portal.core.permissions import PERMISSIONS_OF, DataSet, Permission, Role
from portal.documents import service as documents
from portal.signin import service as signin
from portal.web.access import needs, policy_of
from tests.conftest import HX, actor_of, member
from tests.documents import files
from tests.planting import plant
from tests.users.conftest import limited, membership_of
from tests.walking import READING_MAY_WRITE, changed, digest, rules, urls

pytestmark = pytest.mark.one_database  # its queries are those of contacts, asked on both elsewhere

NOT_ALONE = "You are looking as Zola. Nothing can be changed or taken along."


def entries(user, action):
    with acting_as(actor_of(user)):
        return list(LogEntry.select().where(LogEntry.action == action).order_by(LogEntry.seq))


@pytest.fixture
def zola(org, world):
    return limited(org, "Zola", Role.EDITOR, ["telephone"], world.donors.id)


@pytest.fixture
def looking(client_of, olivia, zola):
    """Olivia's browser, looking as Zola."""
    browser = client_of(olivia)
    answer = browser.post(f"/settings/users/{membership_of(zola).id}/looking")
    assert (answer.status_code, answer.location) == (303, "/")
    return browser


def test_each_page_is_what_the_colleague_sees(looking, world):
    donor, other = world.people[0].id, world.people[4].id

    listed = looking.get("/contacts").text

    assert "2 contacts" in listed
    assert "082 555" not in listed
    assert looking.get(f"/contacts/{donor}").status_code == 200
    assert looking.get(f"/contacts/{other}").status_code == 404
    assert "Zola sees 2 contacts" in looking.get("/account/what-i-may-see").text
    assert looking.get("/settings/users").status_code == 403


def test_a_banner_stands_on_each_page_until_one_leaves(looking, world):
    for page in ("/", "/contacts", f"/contacts/{world.people[0].id}", "/account", "/organisations"):
        assert "You are looking as Zola. Nothing can be changed." in looking.get(page).text, page

    answer = looking.post("/account/looking/end")

    assert answer.location == "/"
    assert "You are looking as" not in looking.get("/").text
    assert "5 contacts" in looking.get("/contacts").text


def test_nothing_can_be_changed_on_any_route(app, looking, olivia):
    ids = plant(olivia).ids
    before = digest()
    for rule in rules(app):
        if policy_of(app, rule.endpoint).who != "user" or rule.endpoint == "signin.stop_looking":
            continue
        for url in urls(rule, ids):
            for method in rule.methods - {"OPTIONS", "HEAD", "GET"}:
                answer = looking.open(url, method=method, headers=HX)
                assert (answer.status_code, NOT_ALONE in answer.text) == (403, True), (method, url)

    assert changed(before, digest()) <= READING_MAY_WRITE


def test_no_file_is_handed_out_by_any_page(app, looking, olivia):
    ids = plant(olivia).ids
    for rule in rules(app):
        policy = policy_of(app, rule.endpoint)
        if policy.who != "user" or "GET" not in rule.methods:
            continue
        for url in urls(rule, ids):
            answer = looking.get(url)
            assert "Content-Disposition" not in answer.headers, url
            assert answer.status_code != 200 or answer.mimetype == "text/html", url
            assert not policy.hands_out or answer.status_code == 403, url


def test_what_is_not_a_page_says_that_it_hands_out_a_file(app, client_of, olivia):
    """Asked for with one's own eyes, so that each file is really there. Else a new one is open to who looks."""
    ids = with_files(plant(olivia).ids, olivia)
    browser, found = client_of(olivia), set()
    for rule in rules(app):
        policy = policy_of(app, rule.endpoint)
        if policy.who != "user" or "GET" not in rule.methods:
            continue
        for url in urls(rule, ids):
            answer = browser.get(url)
            is_page = answer.mimetype == "text/html" and "Content-Disposition" not in answer.headers
            if answer.status_code == 200 and not is_page:
                assert policy.hands_out, url
                found.add(rule.endpoint)

    reading = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert found == {endpoint for endpoint in reading if policy_of(app, endpoint).hands_out}


def with_files(ids, user):
    """The ids with a photo of the contact, and a document of which there is a picture."""
    with acting_as(actor_of(user)):
        photos.change(contacts.find(ids["contact_id"]), io.BytesIO(files.picture()), "face.png")
        made = documents.add(io.BytesIO(files.pdf()), "letter.pdf", contact_id=ids["contact_id"])
    return ids | {"document_id": made.id}


def test_no_document_is_opened_and_none_is_asked_for(client_of, olivia, bob):
    ids = with_files(plant(olivia).ids, olivia)
    pages = [f"/contacts/{ids['contact_id']}", f"/documents/{ids['document_id']}", "/documents"]
    files_of = [f"/contacts/{ids['contact_id']}/photo", *(f"{pages[1]}/{part}" for part in ("content", "preview"))]
    own, browser = client_of(bob), client_of(olivia)
    browser.post(f"/settings/users/{membership_of(bob).id}/looking")

    def asked(client):
        text = "".join(client.get(page).text for page in pages)
        return [url for url in files_of if url in text]

    assert (asked(own), asked(browser)) == (files_of, [])
    assert [own.get(url).status_code for url in files_of] == [200] * 3
    assert [browser.get(url).status_code for url in files_of] == [403] * 3


def test_a_page_that_says_it_hands_out_a_file_is_refused(app, looking):
    app.view_functions["rogue"] = needs(Permission.SIGNED_IN, hands_out=True)(lambda: "the file")
    app.url_map.add(app.url_rule_class("/rogue", endpoint="rogue"))

    answer = looking.get("/rogue")
    assert (answer.status_code, NOT_ALONE in answer.text) == (403, True)
    looking.post("/account/looking/end")
    assert looking.get("/rogue").text == "the file"


def test_pages_that_only_serve_changing_are_not_there(looking, world):
    for page in ("/contacts/new", "/imports/new", f"/contacts/{world.people[0].id}/emails/edit", "/settings"):
        assert looking.get(page).status_code == 403, page


def test_who_looks_stands_for_himself_and_reads_at_most(org, olivia, adam):
    own = actor_of(olivia)

    seen = accounts.looking_as(own, membership_of(adam))

    assert (seen.user_id, seen.name) == (olivia.id, "Olivia")
    assert seen.permissions == PERMISSIONS_OF[Role.READER]


def test_what_support_may_is_not_there_while_looking(client_of, olivia, bob):
    User.update(is_support=1).where(User.id == olivia.id).execute()
    browser = client_of(olivia)
    assert browser.get("/support").status_code == 200

    browser.post(f"/settings/users/{membership_of(bob).id}/looking")

    assert browser.get("/support").status_code == 403
    assert "/support" not in browser.get("/").text


def test_it_ends_by_itself_after_half_an_hour(looking, olivia, zola):
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31), tick=False):
        assert "5 contacts" in looking.get("/contacts").text
        signin.tidy()

    began, ended = entries(olivia, "user.seen_as")[0], entries(olivia, "user.seen_as_ended")[0]
    assert ended.detail["ended"][:16] == began.detail["until"][:16]


def test_both_ends_stand_in_the_record_with_both_names(looking, client_of, olivia, zola):
    looking.post("/account/looking/end")

    for action in ("user.seen_as", "user.seen_as_ended"):
        (entry,) = entries(olivia, action)
        assert (entry.user_id, entry.subject_id) == (olivia.id, zola.id)
        assert (entry.detail["actor"], entry.detail["name"]) == ("Olivia", "Zola")
    page = looking.get(f"/settings/users/{membership_of(zola).id}").text
    assert "Olivia began to look as Zola." in page
    assert "Olivia stopped looking as Zola." in page


def test_signing_out_is_always_possible_and_ends_it_in_the_record(looking, olivia):
    assert looking.post("/sign-out").status_code == 303

    assert len(entries(olivia, "user.seen_as_ended")) == 1


def test_leaving_twice_writes_one_end(looking, olivia):
    looking.post("/account/looking/end")
    looking.post("/account/looking/end")

    assert len(entries(olivia, "user.seen_as_ended")) == 1


def test_nobody_looks_upward_or_at_himself(client_of, org, olivia, adam, alice):
    browser = client_of(adam)

    for target in (olivia, adam):
        answer = browser.post(f"/settings/users/{membership_of(target).id}/looking")
        assert (answer.status_code, "sees no more than you do" in answer.text) == (422, True)
    assert client_of(alice).post(f"/settings/users/{membership_of(adam).id}/looking").status_code == 403
    assert Session.select().where(Session.looking_as.is_null(False)).count() == 0


def test_the_proof_of_who_one_is_must_be_fresh(client_of, olivia, bob):
    browser = client_of(olivia)
    Session.update(confirmed_at=datetime(2020, 1, 1, tzinfo=UTC)).execute()

    answer = browser.post(f"/settings/users/{membership_of(bob).id}/looking")

    assert answer.location.startswith("/account/confirmation")
    assert Session.select().where(Session.looking_as.is_null(False)).count() == 0


def test_a_right_that_is_gone_ends_it_at_the_next_click(client_of, org, olivia, world):
    adam, zola = member(org, "Adam", Role.ADMINISTRATOR), member(org, "Zola", Role.READER)
    browser, mine, hers = client_of(adam), membership_of(adam), membership_of(zola)
    browser.post(f"/settings/users/{hers.id}/looking")

    def is_looking() -> bool:
        return "looking as Zola" in browser.get("/").text

    assert is_looking()
    for membership, change, back in (
        (mine, {"denied": ["export"]}, {"denied": []}),  # who looks may no longer
        (hers, {"role": Role.OWNER}, {"role": Role.READER}),  # who is seen sees more now
    ):
        Membership.update(**change).where(Membership.id == membership.id).execute()
        assert not is_looking()
        Membership.update(**back).where(Membership.id == membership.id).execute()
        assert is_looking()
    with acting_as(actor_of(olivia)):
        accounts.remove_member(hers.id)
    assert not is_looking()


def actor(**more):
    return Actor(**{"org_id": 1, "name": "x", "permissions": PERMISSIONS_OF[Role.READER]} | more)


MORE = {
    "another organisation": {"org_id": 2},
    "a permission": {"permissions": PERMISSIONS_OF[Role.EDITOR]},
    "a set": {"hidden": frozenset()},
    "a page": {"hidden_pages": frozenset()},
}


@pytest.mark.parametrize("what", MORE)
def test_seeing_more_is_seeing_any_one_thing_more(what):
    by = actor(hidden=frozenset({DataSet.EMAIL}), hidden_pages=frozenset({7}))
    alike = {"hidden": by.hidden, "hidden_pages": by.hidden_pages}

    assert sees_no_more(actor(**alike), by)
    assert sees_no_more(actor(**alike, only_group=3), by)
    assert not sees_no_more(actor(**alike | MORE[what]), by)
    assert not sees_no_more(actor(**alike), actor(**alike, denied_groups=frozenset({3})))

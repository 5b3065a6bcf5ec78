"""The review of who may see what: every user decided, signed with a name, kept as a paper, reminded of in time."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.accounts import service as accounts
from portal.accounts.models import Membership, Session
from portal.activity import log
from portal.activity.models import LogEntry
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied, Permission, Role
from portal.core.tenancy import Org
from portal.delivery.models import PortalMail
from portal.documents import service as documents
from portal.documents.rules import DocumentNotFound
from portal.users import reminding, service
from portal.users.models import AccessDecision, AccessReview
from tests.conftest import HX, actor_of, member
from tests.signin.stage import text_of
from tests.users.conftest import membership_of
from workers import tidying

pytestmark = pytest.mark.one_database  # what it asks of a database is asked on both by the services' tests

HOME = "/settings/users/review"
FORM = {"role": "reader", "scope": "all"}


def decide(browser, user, decision, note="", **more):
    data = {"decision": decision, "note": note}
    return browser.post(f"{HOME}/{membership_of(user).id}", data=data, **more)


@pytest.fixture
def hers(client_of, olivia, adam, alice, bob):
    """Olivia's browser, with a review begun."""
    browser = client_of(olivia)
    browser.post(HOME)
    return browser


def test_it_is_signed_when_all_are_decided_and_does_what_it_says(hers, olivia, adam, alice, bob, org):
    decide(hers, olivia, "keep")
    decide(hers, adam, "keep", "Looks after everything")
    back = decide(hers, bob, "change")
    assert back.location == f"/settings/users/{membership_of(bob).id}/rights?back=review"
    saved = hers.post(back.location, data=FORM | {"set-telephone": "hide", "back": "review"})
    assert saved.location == f"{HOME}#user-{membership_of(bob).id}"
    decide(hers, alice, "remove", "Left in March")
    assert Membership.select().where(Membership.user == alice).exists()

    answer = hers.post(f"{HOME}/signature", data={"name": " olivia "})

    assert answer.location == f"{HOME}?signed=1"
    assert not Membership.select().where(Membership.user == alice).exists()
    with acting_as(actor_of(olivia)):
        review = AccessReview.get()
        entry = LogEntry.get(LogEntry.action == "review.signed")
        assert log.verify().ok
    paper = hers.get(f"/settings/users/reviews/{review.id}/paper")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert paper.headers["Content-Disposition"].startswith("attachment; ")
    assert entry.detail["sha256"] == hashlib.sha256(paper.data).hexdigest() == review.sha256
    assert (entry.detail["keep"], entry.detail["change"], entry.detail["remove"]) == (2, 1, 1)
    with acting_as(actor_of(olivia)):
        document = documents.find(review.document_id)
        assert b"".join(documents.open_(document)) == paper.data
    assert (document.contact_id, document.kind, document.folder) == (None, "minutes", "Reviews of users")
    assert document.title.startswith("Review of users, ")
    assert "Only colleagues who look after users" in hers.get(f"/documents/{document.id}").text
    page = hers.get(HOME).text
    assert "signed by Olivia" in page
    assert "changed: Bob; removed: Alice" in page


def test_the_paper_is_not_among_the_documents_of_who_does_not_look_after_users(client_of, olivia, adam, bob):
    review = signed(client_of, olivia, adam, bob)
    url = f"/documents/{review.document_id}"

    def sees(user):
        browser = client_of(user)
        pages = [url, *(f"{url}/{part}" for part in ("content", "preview"))]
        listed = "Review" in browser.get("/documents?show=own").text.split("<h1", 1)[1]
        return [browser.get(page).status_code for page in pages], listed

    assert sees(adam) == ([200] * 3, True)
    assert sees(bob) == ([404] * 3, False)
    with acting_as(actor_of(bob)), pytest.raises(DocumentNotFound):
        documents.find(review.document_id)


def test_it_is_signed_and_read_without_the_right_to_documents(client_of, org, olivia, adam, bob):
    actor = actor_of(olivia)
    bare = replace(actor, permissions=actor.permissions - {Permission.DOCUMENT_READ, Permission.DOCUMENT_EDIT})
    with acting_as(bare):
        service.start_review()
        for user in (olivia, adam, bob):
            service.decide(membership_of(user).id, "keep", "")
        paper = service.paper_of(service.sign("Olivia"))
        opened = LogEntry.select().where(LogEntry.action == "document.opened").get()

    assert paper.startswith(b"%PDF-")
    assert opened.user_id == olivia.id
    with acting_as(actor_of(bob)), pytest.raises(Denied):
        service.paper_of(AccessReview.get())


def test_a_paper_without_room_is_not_signed(client_of, org, olivia):
    Org.update(document_quota=10).where(Org.id == org.id).execute()
    browser = client_of(olivia)
    browser.post(HOME)
    decide(browser, olivia, "keep")

    answer = browser.post(f"{HOME}/signature", data={"name": "Olivia"})

    assert (answer.status_code, "There is no room for this file" in answer.text) == (422, True)
    with acting_as(actor_of(olivia)):
        assert service.open_review() is not None


def test_a_paper_that_was_removed_is_said_to_be(client_of, olivia, adam, bob):
    review = signed(client_of, olivia, adam, bob)
    with acting_as(actor_of(olivia)):
        documents.remove(documents.find(review.document_id))

    answer = client_of(olivia).get(f"/settings/users/reviews/{review.id}/paper")

    assert (answer.status_code, "was removed from the documents" in answer.text) == (404, True)


def signed(client_of, olivia, *others):
    with acting_as(actor_of(olivia)):
        service.start_review()
        for user in (olivia, *others):
            service.decide(membership_of(user).id, "keep", "")
        return service.sign("Olivia")


def test_it_is_not_signed_while_something_is_open(hers, olivia, adam, alice, bob):
    def refused():
        answer = hers.post(f"{HOME}/signature", data={"name": "Olivia"})
        assert answer.status_code == 422
        return answer.text

    for user in (olivia, adam, alice):
        decide(hers, user, "keep")
    assert "Bob is not decided yet." in refused()
    decide(hers, bob, "change")
    assert "The rights of Bob are to be changed, and are still as they were." in refused()
    decide(hers, bob, "keep")
    hers.post(f"/settings/users/{membership_of(bob).id}/rights", data=FORM | {"set-email": "hide"})
    assert "The rights of Bob were changed since; decide once more." in refused()
    with acting_as(actor_of(olivia)):
        assert service.open_review() is not None


def test_only_ones_own_name_signs(client_of, olivia):
    browser = client_of(olivia)
    browser.post(HOME)
    decide(browser, olivia, "keep")

    for name in ("", "Adam", "Olivia X", "\u202eaivilO"):
        answer = browser.post(f"{HOME}/signature", data={"name": name})
        assert (answer.status_code, 'id="name-error"' in answer.text) == (422, True), name


def test_who_came_meanwhile_must_be_decided_too(client_of, olivia, org):
    browser = client_of(olivia)
    browser.post(HOME)
    decide(browser, olivia, "keep")
    member(org, "Zola", Role.READER)

    answer = browser.post(f"{HOME}/signature", data={"name": "Olivia"})

    assert (answer.status_code, "Zola is not decided yet." in answer.text) == (422, True)


WRONG = {
    "no answer": ("bob", "", "Choose whether"),
    "another answer": ("bob", "perhaps", "Choose whether"),
    "removing oneself": ("olivia", "remove", "Nobody changes or removes himself"),
    "changing oneself": ("olivia", "change", "Nobody changes or removes himself"),
}


def test_what_cannot_be_decided_is_said_at_the_user(hers, olivia, bob):
    for who, decision, sentence in WRONG.values():
        answer = decide(hers, {"bob": bob, "olivia": olivia}[who], decision, "typed", headers=HX)
        assert (answer.status_code, sentence in answer.text, 'value="typed"' in answer.text) == (422, True, True)
    with acting_as(actor_of(olivia)):
        assert AccessDecision.select().count() == 0


def test_an_administrator_does_not_remove_an_owner_by_a_review(client_of, olivia, adam):
    browser = client_of(adam)
    browser.post(HOME)

    answer = decide(browser, olivia, "remove")

    assert (answer.status_code, "Only an owner" in answer.text) == (422, True)


def test_nobody_signs_his_own_removal(client_of, org, olivia):
    other = member(org, "Zola", Role.OWNER)
    client_of(other).post(HOME)
    decide(client_of(other), other, "keep")
    decide(client_of(other), olivia, "remove")

    answer = client_of(olivia).post(f"{HOME}/signature", data={"name": "Olivia"})

    assert (answer.status_code, "Nobody signs his own removal" in answer.text) == (422, True)


def test_two_who_begin_at_once_have_one_review(olivia, adam):
    for user in (olivia, adam):
        with acting_as(actor_of(user)):
            service.start_review()

    with acting_as(actor_of(olivia)):
        assert AccessReview.select().count() == 1
        assert LogEntry.select().where(LogEntry.action == "review.started").count() == 1


def test_signing_asks_for_a_fresh_proof(hers):
    Session.update(confirmed_at=datetime(2020, 1, 1, tzinfo=UTC)).execute()

    answer = hers.post(f"{HOME}/signature", data={"name": "Olivia"})

    assert answer.location.startswith("/account/confirmation")


def test_services_ask_for_the_right_themselves(alice):
    with acting_as(actor_of(alice)):
        for act in (service.start_review, lambda: service.decide(1, "keep", ""), lambda: service.sign("Alice")):
            with pytest.raises(Denied):
                act()


def mails() -> list[PortalMail]:
    return list(PortalMail.select().where(PortalMail.kind == "review").order_by(PortalMail.id))


def at(days, act):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days, minutes=1), tick=False):
        return act()


def test_the_owners_and_who_answers_for_privacy_are_reminded_once_a_period(org, olivia, bob):
    with acting_as(actor_of(olivia)):
        accounts.set_details(complaints_email="Privacy@hopehouse.example")

    with acting_as(system(org.id)):
        assert [at(days, reminding.remind) for days in (0, 89, 90, 90, 91, 179, 180, 181)] == [0, 0, 2, 0, 0, 0, 2, 0]

    assert [mail.recipient for mail in mails()][:2] == [olivia.email, "privacy@hopehouse.example"]
    text = text_of(mails()[0])
    assert "was never looked through" in text
    assert "/settings/users/review" in text


def test_the_clock_reminds(org, olivia, bob):
    at(91, tidying.tidy)

    assert [mail.recipient for mail in mails()] == [olivia.email]


def test_a_signed_review_begins_the_days_anew(hers, org, olivia, adam, alice, bob):
    for user in (olivia, adam, alice, bob):
        decide(hers, user, "keep")
    with acting_as(actor_of(olivia)):
        at(50, lambda: service.sign("Olivia"))

    with acting_as(system(org.id)):
        assert [at(days, reminding.remind) for days in (91, 139, 141)] == [0, 0, 1]
        assert AccessReview.get().finished_at > datetime.now(UTC) + timedelta(days=49)


def test_who_works_alone_is_not_reminded(org, olivia):
    with acting_as(system(org.id)):
        assert at(400, reminding.remind) == 0
        assert not at(400, reminding.is_due)


def test_home_says_that_a_review_is_due_to_who_can_do_it(client_of, org, olivia, alice, bob):
    Membership.update(created_at=datetime(2020, 1, 1, tzinfo=UTC)).execute()

    assert "Look through who may see what" in client_of(olivia).get("/").text
    assert "Look through who may see what" not in client_of(alice).get("/").text
    assert "A review of who may see what is due" in client_of(olivia).get("/settings/users").text

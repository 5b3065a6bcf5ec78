"""Finding one's own page by an address: who reads its mail learns everything, nobody else anything."""

import re

import pytest

from portal.consent.suppressing import suppress
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Email
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.profile import rules
from portal.profile.models import ProfileLink
from portal.web import evening
from tests.profile.test_profile import form, link, mails

pytestmark = pytest.mark.one_database

HERE = "/me/hope-house"


def ask(client, address):
    return form(client, HERE, HERE, address=address)


def path_in(mail):
    return re.findall(r"/p/[\w-]{20,}", mail.message.replace("=\n", ""))[0]


def test_who_is_known_gets_one_message_with_the_link(app, org, sent):
    answer = ask(app.test_client(), " P0@Example.org ")

    assert answer.status_code == 303
    mail = mails(org, "profile_found")[0]
    assert mail.recipient == "p0@example.org"
    assert "Hello P0" in app.test_client().get(path_in(mail)).text
    assert "P0" not in mail.message.partition("\n\n")[0]


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(app, org, sent):
    answers, marks = set(), []
    inner = app.wsgi_app
    app.wsgi_app = lambda environ, start: (list(inner(environ, start)), marks.append(environ.get(evening._MARK)))[0]
    for address in ("p0@example.org", "nobody@example.org"):
        client = app.test_client()
        answer = ask(client, address)
        answers.add((answer.status_code, answer.data, answer.headers["Location"]))

    assert len(answers) == 1
    assert marks == [None, True] * 2  # the page, and its answer at a whole quarter of a second
    assert len(mails(org, "profile_found")) == 1


def test_nothing_that_a_visitor_typed_stands_in_the_message(app, org, sent):
    form(app.test_client(), HERE, HERE, address="P0@example.org", name="CNRYvisitor", text="CNRYvisitor")

    mail = mails(org, "profile_found")[0]
    assert mail.recipient == "p0@example.org"
    assert "CNRY" not in mail.message


@pytest.mark.parametrize("typed", ["", "thandi", "a@b", "a@example.org\nBcc: x@example.org"])
def test_what_is_no_address_is_said_at_its_field(app, org, sent, typed):
    page = ask(app.test_client(), typed)

    assert page.status_code == 422
    assert 'id="address-error"' in page.text


def test_an_address_gets_three_a_day_whoever_asks_and_another_one_its_own(app, org, sent):
    for _ in range(rules.MOST_LINKS + 2):
        assert ask(app.test_client(), "p0@example.org").status_code == 303
    ask(app.test_client(), "p1@example.org")

    assert [m.recipient for m in mails(org, "profile_found")] == ["p0@example.org"] * rules.MOST_LINKS + [
        "p1@example.org"
    ]


def test_who_share_an_address_get_one_message_with_both_links(app, org, sent):
    with acting_as(system(org.id)):
        contacts.add(first_name="Sipho", email="p0@example.org")
        gone = contacts.add(first_name="Gone", email="p0@example.org")
        record.erase([gone.id])
    ask(app.test_client(), "p0@example.org")

    assert len(mails(org, "profile_found")) == 1
    message = mails(org, "profile_found")[0].message
    assert "Sipho: http" in message
    with acting_as(system(org.id)):
        assert ProfileLink.select().count() == 2


def test_a_removed_address_and_an_unknown_organisation_get_nothing(app, org, sent):
    with acting_as(system(org.id)), transaction():
        suppress("email", "gone@example.org", "erased", "everything")
    ask(app.test_client(), "gone@example.org")

    assert mails(org, "profile_found") == []
    assert app.test_client().get("/me/nowhere").status_code == 404


def test_a_link_to_an_address_that_is_old_offers_a_new_one_by_one_button(app, org, sent):
    with acting_as(system(org.id)), transaction():
        part = Email.get(Email.contact_id == sent.contact_id)
        record.change_part(part, "contact.email_changed", address="new@example.org", normal="new@example.org")
    client = app.test_client()
    assert "Send me a new link" in client.get(link(sent)).text

    answer = form(client, link(sent), link(sent) + "/renewal")

    assert answer.status_code == 303
    assert "a new link is on its way" in client.get(answer.headers["Location"]).text
    assert "new@example.org" not in client.get(answer.headers["Location"]).text
    mail = mails(org, "profile_found")[0]
    assert mail.recipient == "new@example.org"
    assert "Show and change my details" in client.get(path_in(mail)).text


def test_a_link_that_is_good_sends_no_other(app, org, sent):
    form(app.test_client(), link(sent), link(sent) + "/renewal")

    assert mails(org, "profile_found") == []

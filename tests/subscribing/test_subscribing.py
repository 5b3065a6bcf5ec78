"""A form by which people sign up: one confirmation a day to an address, and a contact once it was pressed."""

from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from portal.activity.models import LogEntry
from portal.consent import purposes
from portal.consent.models import ConsentEvent, Suppression, Wording
from portal.consent.queries import states, suppression_reasons
from portal.consent.suppressing import suppress
from portal.contacts import queries
from portal.contacts import service as contacts
from portal.contacts import states as states_of_people
from portal.contacts.children import as_the_gate_sees
from portal.contacts.models import Contact, Email, GroupMember
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import make_token
from portal.privacy import erasing
from portal.subscribing import counting, entering, rules, service, signing_up
from portal.subscribing.models import FormCount, Subscription
from portal.subscribing.signing_up import Origin, Tried
from portal.transfers import service as transfers
from tests.subscribing.stage import NEW, URL, confirm, fill_in, link_in, mails, press, publish, rows


@pytest.fixture
def form(org):
    with acting_as(system(org.id)):
        group = contacts.add_group("Readers")
    return publish(org, group_ids=(group.id,), thanks="Welcome aboard.", has_welcome=True,
                   welcome_subject="Hello from us", welcome="The next letter comes soon.")  # fmt: skip


def standing(org, contact_id):
    with acting_as(system(org.id)):
        held = states([contact_id]).get(contact_id, {})
        return held[purposes.first().id, "email"].standing if held else "missing"


def people(org):
    with acting_as(system(org.id)):
        return list(Contact.select().where(Contact.erased_at.is_null()).order_by(Contact.id))


def test_nobody_is_kept_until_the_button_in_the_mail_was_pressed(app, org, form):
    answer = fill_in(app, org)
    assert answer.status_code == 200
    assert "Press the button in it" in answer.text
    assert people(org) == []
    link = link_in(mails(org)[0])
    for _ in range(3):
        assert "News and appeals" in app.test_client().get(link).text
    assert people(org) == []

    pressed = press(app, link)

    assert "You are signed up." in pressed.text
    assert "Welcome aboard." in pressed.text
    with acting_as(system(org.id)):
        made = Contact.get()
        email = Email.get(Email.contact_id == made.id)
        assert (made.first_name, made.source, email.address) == ("Sipho", "signed_up", "new@example.org")
        assert GroupMember.select().where(GroupMember.contact_id == made.id).count() == 1
    assert standing(org, made.id) == "proven"


def test_what_was_ticked_is_kept_word_for_word_with_its_evidence(app, org, form):
    fill_in(app, org)
    confirm(app, org)

    with acting_as(system(org.id)):
        event, row = ConsentEvent.get(), Subscription.get()
        words = Wording.get_by_id(event.wording_id).text
        assert words.startswith("Hope House may write to me by email about: News and appeals. To tell people")
        assert "I may object to direct marketing, at any time and free of charge" in words
        assert (event.proof, event.method) == ("proven", "web")
        assert "version 1, of" in event.detail
        assert (row.state, row.address, row.agent) == ("confirmed", "127.0.0.1", "Firefox")
        assert (row.contact_id, row.typed, row.confirmed_address) == (event.contact_id, {}, "127.0.0.1")
        assert row.confirmed_at >= row.at
        told = [entry.action for entry in LogEntry.select().where(LogEntry.contact_id == event.contact_id)]
    assert {"contact.added", "contact.subscribed", "contact.consent_granted", "contact.grouped"} <= set(told)


def test_pressing_twice_is_pressing_once(app, org, form):
    fill_in(app, org)
    assert "You are signed up." in confirm(app, org).text
    assert "You are signed up." in confirm(app, org).text

    assert len(people(org)) == len(mails(org, "subscribe_welcome")) == 1
    with acting_as(system(org.id)):
        assert ConsentEvent.select().count() == 1


def test_the_welcome_is_in_the_organisations_words_and_leads_to_the_own_page(app, org, form):
    fill_in(app, org)
    confirm(app, org)

    welcome = mails(org, "subscribe_welcome")[0]
    assert welcome.recipient == "new@example.org"
    assert "Subject: Hello from us" in welcome.message
    assert "The next letter comes soon." in welcome.message
    assert "http://localhost/p/" in welcome.message
    assert "Sipho" not in welcome.message


def test_no_word_of_a_visitor_stands_in_a_mail_to_a_stranger(app, org, form):
    fill_in(app, org, first_name="Visit evil.example now", last_name="http://evil.example")

    message = mails(org)[0].message
    assert "evil" not in message
    assert "To: new@example.org" in message


@pytest.mark.parametrize("known", ["nobody", "somebody", "unsubscribed", "erased", "complained", "objected"])
def test_the_answer_is_the_same_whoever_has_the_address(app, org, form, thandi, known):
    address = "thandi@example.org"
    if known == "nobody":
        address = "nobody@example.org"
    elif known != "somebody":
        with acting_as(system(org.id)), transaction():
            suppress("email", address, known, "everything" if known == "erased" else "marketing")

    answer = fill_in(app, org, email=address)

    plain = fill_in(app, org, email="other.one@example.org")
    assert answer.status_code == plain.status_code
    assert answer.text.replace(address, "x") == plain.text.replace("other.one@example.org", "x")
    assert [mail.recipient for mail in mails(org)] == [address, "other.one@example.org"]


def test_who_wants_nothing_at_all_is_sent_nothing_and_the_answer_does_not_tell(app, org, form):
    with acting_as(system(org.id)), transaction():
        suppress("email", NEW["email"], "complained", "everything")

    assert "Press the button in it" in fill_in(app, org).text

    assert mails(org) == rows(org) == []


def test_what_is_known_of_somebody_is_not_overwritten_and_nobody_is_added(app, org, form, thandi):
    with acting_as(system(org.id)):
        before = contacts.find(thandi.id)
    fill_in(app, org, email="Thandi@Example.org", first_name="Somebody", last_name="Else")
    confirm(app, org)

    assert [one.id for one in people(org)] == [thandi.id]
    with acting_as(system(org.id)):
        after = contacts.find(thandi.id)
        event = ConsentEvent.select().order_by(ConsentEvent.id.desc()).first()
        assert [email.address for email in Email.select()] == ["thandi@example.org"]
    assert (after.first_name, after.last_name) == (before.first_name, before.last_name)
    assert "Signed up as Somebody Else" in event.detail
    assert event.proof == "proven"


def test_of_a_household_who_has_the_name_is_meant_and_the_dead_sign_nothing(app, org, form, thandi):
    with acting_as(system(org.id)):
        husband = contacts.add(first_name="Sipho", last_name="Dube", email="thandi@example.org")
    fill_in(app, org, email="thandi@example.org")
    confirm(app, org)
    assert (standing(org, husband.id), standing(org, thandi.id)) == ("proven", "asserted")

    with acting_as(system(org.id)):
        for one in (husband, thandi):
            states_of_people.mark_deceased(contacts.find(one.id), now().date(), "his sister")
        Subscription.update(at=now() - timedelta(days=2), day=(now() - timedelta(days=2)).date()).execute()
    fill_in(app, org, email="thandi@example.org")
    confirm(app, org)
    assert len(people(org)) == 3


def test_who_was_put_away_and_signs_up_is_brought_back(app, org, form, thandi):
    with acting_as(system(org.id)):
        states_of_people.archive(contacts.find(thandi.id), "moved away")
    fill_in(app, org, email="thandi@example.org")
    confirm(app, org)

    with acting_as(system(org.id)):
        assert contacts.find(thandi.id).archived_at is None


@pytest.mark.parametrize(
    ("reason", "is_lifted"), [("unsubscribed", True), ("objected", True), ("staff", True), ("complained", False)]
)
def test_ones_own_proven_act_lifts_what_the_law_lets_it_lift(app, org, form, thandi, reason, is_lifted):
    with acting_as(system(org.id)), transaction():
        suppress("email", "thandi@example.org", reason)
    fill_in(app, org, email="thandi@example.org")
    with acting_as(system(org.id)):
        assert suppression_reasons(["thandi@example.org"])

    page = confirm(app, org).text

    with acting_as(system(org.id)):
        assert bool(suppression_reasons(["thandi@example.org"])) is not is_lifted
    assert ("Something keeps us from writing" in page) is not is_lifted
    assert ("You are signed up." in page) is is_lifted


def test_who_was_removed_comes_back_by_confirming_and_not_before(app, org, form, thandi):
    with acting_as(system(org.id)):
        erasing.erase([thandi.id])
    fill_in(app, org, email="thandi@example.org")
    assert people(org) == []

    confirm(app, org)

    assert len(people(org)) == 1
    with acting_as(system(org.id)):
        assert Suppression.select().where(Suppression.channel == "email").count() == 0


def test_one_confirmation_a_day_to_one_mailbox(app, org, form):
    for address in ("new@example.org", "NEW@example.org", "a.b@gmail.com", "ab+x@gmail.com"):
        assert fill_in(app, org, email=address).status_code == 200
    assert [mail.recipient for mail in mails(org)] == ["new@example.org", "a.b@gmail.com"]

    with acting_as(system(org.id)):
        other = service.add("Open day")
        service.publish(other)
    assert fill_in(app, org, "/s/hope-house/open-day").status_code == 200
    assert len(mails(org)) == 2


def later(org, days: int) -> None:
    with acting_as(system(org.id)):
        for row in Subscription.select():
            past = {"at": row.at - timedelta(days=days), "day": row.day - timedelta(days=days)}
            Subscription.update(**past).where(Subscription.id == row.id).execute()


def test_after_some_that_nobody_answered_no_more_are_sent_for_a_month(app, org, form):
    for _ in range(5):
        fill_in(app, org)
        later(org, 2)
    assert len(mails(org)) == rules.MOST_UNANSWERED

    later(org, 30)
    fill_in(app, org)
    assert len(mails(org)) == rules.MOST_UNANSWERED + 1


def test_a_link_counts_for_a_week_and_then_what_was_typed_is_forgotten(app, org, form):
    fill_in(app, org)
    link = link_in(mails(org)[0])
    with acting_as(system(org.id)):
        signing_up.tidy()
    assert rows(org)[0].email == "new@example.org"
    later(org, 8)
    assert "This link is too old" in app.test_client().get(link).text
    assert press(app, link).status_code in (200, 422)
    assert people(org) == []

    with acting_as(system(org.id)):
        signing_up.tidy()
    row = rows(org)[0]
    assert (row.state, row.email, row.typed, row.address) == ("over", "", {}, "")
    assert "This link is too old" in app.test_client().get(link).text
    later(org, 30)
    with acting_as(system(org.id)):
        signing_up.tidy()
    assert rows(org) == []
    assert app.test_client().get(link).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "nonsense"}, "Enter an email address"),
        ({"email": "x@\0example.org"}, "Enter an email address"),
        ({"purpose": ""}, "Tick at least one"),
        ({"purpose": "987654"}, "Tick at least one"),
        ({"first_name": "A\0b"}, "cannot be shown"),
        ({"first_name": "x" * 101}, "at most 100 characters"),
        ({"telephone": "12"}, "Enter a number such as"),
        ({"telephone": ""}, "please fill it in"),
        ({"birth_date": "never"}, "Enter a date"),
        ({"birth_date": "2999-01-01"}, "in the past"),
    ],
)
@pytest.mark.one_database
def test_what_is_wrong_is_said_at_its_place_and_nothing_typed_is_lost(app, org, typed, sentence):
    fields = {"first_name": "shown", "telephone": "must", "birth_date": "shown", "language": "shown"}
    publish(org, fields=fields)

    page = fill_in(app, org, **{"first_name": "Keep me", "telephone": "082 555 0134", **typed})

    assert page.status_code == 422
    assert sentence in page.text
    assert "Keep me" in page.text or "first_name" in typed
    assert mails(org) == []


def test_all_that_a_form_may_ask_is_kept_with_the_new_contact(app, org):
    publish(org, fields=dict.fromkeys(rules.FIELDS, "must"))
    typed = {"organisation": "A school", "telephone": "082 555 0134", "town": "Durban",
             "birth_date": "14 March 1986", "language": "zu"}  # fmt: skip
    fill_in(app, org, **typed)
    confirm(app, org)

    with acting_as(system(org.id)):
        made = Contact.get()
        parts = queries.parts_of(contacts.Telephone, [made.id])[made.id]
        places = queries.parts_of(contacts.Address, [made.id])[made.id]
    assert (made.organisation, made.language, str(made.birth_date)) == ("A school", "zu", "1986-03-14")
    assert (parts[0].number, places[0].city) == ("+27825550134", "Durban")


def test_a_child_is_told_that_a_parent_must_agree_and_is_kept_without_being_written_to(app, org):
    publish(org, fields={"birth_date": "must"}, has_welcome=True, welcome_subject="x", welcome="x")
    born = (now().date() - timedelta(days=10 * 365)).isoformat()
    page = fill_in(app, org, birth_date=born)
    assert "a guardian agrees first" in page.text
    assert "office@hopehouse.example" in page.text

    page = confirm(app, org)

    assert "a guardian agrees first" in page.text
    made = people(org)[0]
    with acting_as(system(org.id)):
        assert str(as_the_gate_sees([made.id])[made.id]) == "pending"
        assert ConsentEvent.select().count() == 0
    assert mails(org, "subscribe_welcome") == []


def test_a_child_that_uses_a_parents_address_agrees_to_nothing_for_the_parent(app, org, thandi):
    publish(org, fields={"birth_date": "must"})
    born = (now().date() - timedelta(days=10 * 365)).isoformat()
    fill_in(app, org, email="thandi@example.org", birth_date=born)

    assert "a guardian agrees first" in confirm(app, org).text

    assert standing(org, thandi.id) == "asserted"
    assert len(people(org)) == 1


def test_details_abroad_are_agreed_to_by_a_box_of_their_own(app, org, form):
    with acting_as(system(org.id)):
        transfers.add(transfers.Line("Mailer", "mail", "US", host="smtp.example.net", ground="consent"))
    assert "keeps or passes on your details also in" in app.test_client().get(URL).text
    fill_in(app, org, abroad="1")
    confirm(app, org)

    with acting_as(system(org.id)):
        held = states([people(org)[0].id])[people(org)[0].id]
        assert held[transfers.purpose_abroad().id, "email"].standing == "proven"


@pytest.mark.parametrize("why", ["closed", "suspended", "incomplete"])
def test_a_form_by_which_nothing_could_be_sent_takes_nobody_in(app, org, form, why):
    with acting_as(system(org.id)):
        if why == "closed":
            service.close(form)
    if why == "incomplete":
        type(org).update(address="").where(type(org).id == org.id).execute()
    if why == "suspended":
        type(org).update(suspended_at=now()).where(type(org).id == org.id).execute()
    page = app.test_client().get(URL)
    assert (page.status_code, "Nobody can sign up here" in page.text) == (200, True)

    assert fill_in(app, org).status_code == 403
    assert rows(org) == []


def test_a_link_of_another_kind_or_organisation_and_a_form_nobody_published_are_not_there(app, org, other_org, form):
    fill_in(app, org)
    row, client = rows(org)[0], app.test_client()
    for token in (make_token("p", org.id, row.id), make_token("s", other_org.id, row.id), "nonsense"):
        assert client.get(f"/s/{token}").status_code == 404
    with acting_as(system(org.id)):
        service.add("Draft")
    for path in ("/s/hope-house/draft", "/s/hope-house/nothing", "/s/second-chance/newsletter", "/s/nobody/newsletter"):
        assert client.get(path).status_code == client.post(path).status_code == 404


def test_who_is_removed_is_forgotten_here_too(app, org, form, thandi):
    fill_in(app, org)
    confirm(app, org)
    fill_in(app, org, email="thandi@example.org")
    made = people(org)[-1]

    with acting_as(system(org.id)):
        erasing.erase([made.id, thandi.id])

    assert rows(org) == []


@pytest.mark.one_database
def test_a_flood_sends_one_confirmation_to_an_address_and_a_captcha_stands_up(app, org, form):
    client = app.test_client()
    answers = [fill_in(app, org, client=client) for _ in range(rules.FREE_FROM_HERE)]
    assert {answer.status_code for answer in answers} == {200}

    for number in range(20):
        answer = fill_in(app, org, client=client, email=f"victim{number % 7}@example.org")
        assert answer.status_code == 422
    assert "Type the six digits" in answer.text
    with acting_as(system(org.id)):
        version, here = service.newest(form.id), Origin("127.0.0.1", "curl")
        typed = entering.read(
            MultiDict([*NEW.items(), ("purpose", "1")]), rules.design_of(version.design), needs_abroad=False
        )
        for _ in range(970):  # as the page does it, without drawing a page each time
            with pytest.raises(signing_up.CaptchaMissing):
                signing_up.take_in(form, version, typed, here, Tried())

    assert [mail.recipient for mail in mails(org)] == ["new@example.org"]
    assert len(rows(org)) == 1
    with acting_as(system(org.id)):
        assert FormCount.select().count() <= 4  # at most two hours, of anybody and from here


def test_who_reads_the_digits_gets_through_once(app, org, form, monkeypatch):
    monkeypatch.setattr(rules, "FREE_FROM_HERE", 0)
    page = app.test_client().get(URL).text
    name = page.split('name="captcha_name" value="')[1].split('"')[0]
    digits = signing_up.captchas.digits_of(name)
    picture = app.test_client().get(f"/s/hope-house/captcha/{name}.png")
    assert (picture.status_code, picture.content_type) == (200, "image/png")
    wrong = fill_in(app, org, captcha_name=name, captcha="000000")
    assert (wrong.status_code, mails(org)) == (422, [])

    name = wrong.text.split('name="captcha_name" value="')[1].split('"')[0]
    digits = signing_up.captchas.digits_of(name)
    assert fill_in(app, org, captcha_name=name, captcha=digits).status_code == 200
    again = fill_in(app, org, captcha_name=name, captcha=digits, email="other@example.org")

    assert again.status_code == 422
    assert [mail.recipient for mail in mails(org)] == ["new@example.org"]


def test_the_count_of_posts_is_forgotten(app, org, form):
    fill_in(app, org)
    with acting_as(system(org.id)):
        FormCount.update(hour=now() - timedelta(hours=3)).execute()
        counting.tidy()
        assert FormCount.select().count() == 0


@pytest.mark.parametrize(
    ("hours", "unanswered", "expected"),
    [(None, 0, True), (23, 1, False), (24, 1, True), (48, 2, True), (48, 3, False), (999, 0, True)],
)
@pytest.mark.one_database
def test_when_a_confirmation_is_due(hours, unanswered, expected):
    last = None if hours is None else now() - timedelta(hours=hours)
    assert rules.is_due(last, unanswered, now()) is expected


@pytest.mark.parametrize(
    ("name", "address"),
    [("Open day 2026", "open-day-2026"), ("  Ünser Fest! ", "nser-fest"), ("!!!", "form"), ("x" * 99, "x" * 40)],
)
def test_the_address_of_a_form_is_made_from_its_name(name, address):
    assert rules.address_of(name) == address
    assert rules.is_address(address)

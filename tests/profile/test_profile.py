"""A person's own page: a link shows a first name, a code shows the rest, and what is changed is told."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.activity.models import LogEntry
from portal.consent import purposes, restricting
from portal.consent.models import Suppression
from portal.consent.queries import states
from portal.consent.suppressing import suppress
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts import states as states_of_people
from portal.contacts.models import Address, Contact, Email, Telephone
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import make_token
from portal.core.permissions import Permission
from portal.delivery import own_page
from portal.delivery.kinds import kind_of
from portal.delivery.models import Delivery, SystemMail
from portal.profile import links, pages, rules
from portal.profile import sending as sending_of_links
from portal.profile.models import KnownBrowser, ProfileCode, ProfileLink
from portal.support import suspending
from tests.conftest import HX
from tests.profile.conftest import SECRET


def link(row):
    return f"/p/{make_token('p', row.org_id, own_page.of_delivery(row.id))}"


def form(client, page, path, **data):
    """Posts as a browser does, with the token of the page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    return client.post(path, data={"csrf_token": token[1] if token else "", **data})


def mails(org, kind):
    with acting_as(system(org.id)):
        return list(SystemMail.select().where(SystemMail.kind == kind).order_by(SystemMail.id))


def code_in(mail):
    return re.search(r"Subject: (\d{6}) ", mail.message)[1]


def enter(app, org, row, **more):
    """A browser in which the person typed the code."""
    client = app.test_client()
    assert form(client, link(row), link(row) + "/codes").status_code == 303
    code = code_in(mails(org, "profile_code")[-1])
    assert form(client, link(row) + "/code", link(row) + "/code", code=code, **more).status_code == 303
    return client


def test_the_newsletter_leads_there(org, sent):
    with acting_as(system(org.id)):
        ready = kind_of("email").render(sent.campaign_id, [sent])[sent.id]
    text = ready.message.decode().replace("=\r\n", "").replace("=3D", "=")
    assert link(sent) in text


def test_a_link_shows_a_first_name_and_what_its_owner_receives_and_nothing_more(app, sent):
    page = app.test_client().get(link(sent))
    assert page.status_code == 200
    assert "Hello P0" in page.text
    for hidden in ("Dube", "p0@example.org", "082", SECRET):
        assert hidden not in page.text


@pytest.mark.parametrize("block", ["names", "emails", "telephones", "addresses"])
def test_without_a_code_no_block_is_there(app, sent, block):
    client = app.test_client()
    assert client.get(f"{link(sent)}/{block}").status_code == 404
    data = {"first_name": "Changed", "lines": "1", "text-0": "082 555 0199", "address": "x@example.org", "seen": ""}
    assert form(client, link(sent), f"{link(sent)}/{block}", **data).status_code == 404


def test_looking_changes_nothing(app, org, sent):
    client = app.test_client()
    for _ in range(20):
        client.get(link(sent))
        client.head(link(sent))
        client.get(link(sent) + "/code")
    with acting_as(system(org.id)):
        assert ProfileCode.select().count() == KnownBrowser.select().count() == SystemMail.select().count() == 0


def test_a_code_shows_the_details_in_this_browser_and_in_no_other(app, org, sent):
    client = enter(app, org, sent)
    page = client.get(link(sent)).text
    assert "p0@example.org" in page
    assert SECRET in page
    assert SECRET not in app.test_client().get(link(sent)).text
    assert [m.recipient for m in mails(org, "profile_code")] == ["p0@example.org"]


@pytest.mark.parametrize(("remember", "expected"), [("", timedelta(hours=1)), ("1", timedelta(days=90))])
def test_how_long_a_browser_is_known(app, org, sent, remember, expected):
    enter(app, org, sent, remember=remember)
    with acting_as(system(org.id)):
        left = KnownBrowser.get().until - now()
    assert expected - timedelta(minutes=1) < left <= expected


def test_a_browser_that_was_known_long_ago_shows_nothing(app, org, sent):
    client = enter(app, org, sent)
    with acting_as(system(org.id)):
        KnownBrowser.update(until=now() - timedelta(seconds=1)).execute()
    assert SECRET not in client.get(link(sent)).text


def test_forgetting_the_browser_hides_the_details(app, org, sent):
    client = enter(app, org, sent)
    form(client, link(sent), link(sent) + "/forgetting")
    assert SECRET not in client.get(link(sent)).text


def test_a_code_counts_only_in_the_browser_that_asked(app, org, sent):
    asking, other = app.test_client(), app.test_client()
    form(asking, link(sent), link(sent) + "/codes")
    code = code_in(mails(org, "profile_code")[-1])
    answer = form(other, link(sent) + "/code", link(sent) + "/code", code=code)
    assert answer.status_code == 422
    assert SECRET not in other.get(link(sent)).text


def test_the_button_of_the_mail_counts_in_the_browser_that_asked_and_is_pressed_by_nobody_else(app, org, sent):
    asking, other = app.test_client(), app.test_client()
    form(asking, link(sent), link(sent) + "/codes")
    there = re.search(r"(/p/code/\S+)", mails(org, "profile_code")[-1].message.replace("=\n", ""))[1]
    assert other.get(there).status_code == 200
    assert form(other, link(sent), there).status_code == 422
    assert SECRET not in other.get(link(sent)).text
    assert form(asking, there, there).status_code == 303
    assert SECRET in asking.get(link(sent)).text


def test_wrong_codes_are_counted_before_they_are_judged_and_a_right_one_comes_too_late(app, org, sent):
    client = app.test_client()
    form(client, link(sent), link(sent) + "/codes")
    code = code_in(mails(org, "profile_code")[-1])
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(rules.MOST_TRIES):
        assert form(client, link(sent) + "/code", link(sent) + "/code", code=wrong).status_code == 422
    page = form(client, link(sent) + "/code", link(sent) + "/code", code=code)
    assert "Too many wrong codes" in page.text
    assert SECRET not in client.get(link(sent)).text


def test_a_code_works_once(app, org, sent):
    client = enter(app, org, sent)
    code = code_in(mails(org, "profile_code")[-1])
    assert form(client, link(sent) + "/code", link(sent) + "/code", code=code).status_code == 422


def test_after_five_codes_no_more_are_sent_today(app, org, sent):
    client = app.test_client()
    for _ in range(rules.MOST_CODES):
        assert form(client, link(sent), link(sent) + "/codes").status_code == 303
    page = form(client, link(sent), link(sent) + "/codes")
    assert page.status_code == 429
    assert "Try again tomorrow" in page.text
    assert len(mails(org, "profile_code")) == rules.MOST_CODES


def test_a_link_whose_address_is_another_ones_now_sends_no_code(app, org, sent):
    with acting_as(system(org.id)), transaction():
        part = Email.get(Email.contact_id == sent.contact_id)
        record.change_part(part, "contact.email_changed", address="new@example.org", normal="new@example.org")
    client = app.test_client()
    page = form(client, link(sent), link(sent) + "/codes")
    assert page.status_code == 422
    assert "not one of yours any more" in page.text
    assert mails(org, "profile_code") == []


def test_a_link_of_another_purpose_person_or_organisation_is_the_one_404(app, org, other_org, sent):
    client = app.test_client()
    subject = own_page.of_delivery(sent.id)
    wrong = [
        make_token("u", org.id, subject), make_token("p", other_org.id, subject), make_token("p", org.id, 999_998),
        make_token("p", org.id, 999_999), make_token("me", org.id, subject), "nonsense",
    ]  # fmt: skip
    answers = {(client.get(f"/p/{token}").status_code, client.get(f"/p/{token}").data) for token in wrong}
    assert len(answers) == 1
    assert answers.pop()[0] == 404


def test_a_removed_person_has_no_page(app, org, sent):
    with acting_as(system(org.id)), transaction():
        record.erase([sent.contact_id])
    assert app.test_client().get(link(sent)).status_code == 404


def test_names_are_changed_by_the_person_and_told_to_the_sender(app, org, sent):
    client = enter(app, org, sent)
    page = client.get(link(sent) + "/names").text
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    answer = form(
        client, link(sent) + "/names", link(sent) + "/names", seen=seen, first_name="Thandi", last_name="Dube"
    )
    assert answer.status_code == 303
    with acting_as(system(org.id)):
        assert Contact.get_by_id(sent.contact_id).first_name == "Thandi"
        entry = LogEntry.select().where(LogEntry.action == "contact.details_changed").get()
        assert (entry.detail["actor"], entry.contact_id, entry.user_id) == ("The contact", sent.contact_id, None)
    told = mails(org, "profile_changed")
    assert [m.recipient for m in told] == [org.email]
    assert "First name: P0  ->  Thandi" in told[0].message.replace("=20\n", " ")


def test_nothing_changed_is_nothing_told(app, org, sent):
    client = enter(app, org, sent)
    page = client.get(link(sent) + "/names").text
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    form(client, link(sent) + "/names", link(sent) + "/names", seen=seen, first_name="P0", last_name="Dube")
    assert mails(org, "profile_changed") == []


def test_a_name_that_is_taken_away_altogether_is_asked_for(app, org, sent):
    client = enter(app, org, sent)
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(link(sent) + "/names").text)[1]
    page = form(client, link(sent) + "/names", link(sent) + "/names", seen=seen, first_name="", last_name="")
    assert page.status_code == 422
    assert "Enter a first name or a last name." in page.text


def test_telephones_are_changed_and_a_wrong_number_is_said_where_it_is(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/telephones"
    page = client.get(path).text
    fields = dict(re.findall(r'name="(seen|lines|id-\d)" value="([^"]*)"', page))
    bad = form(client, path, path, **fields, **{"text-0": "12", "text-1": ""})
    assert bad.status_code == 422
    assert 'id="error-0"' in bad.text
    good = form(client, path, path, **fields, **{"text-0": "082 555 0199", "text-1": ""})
    assert good.status_code == 303
    with acting_as(system(org.id)):
        assert [t.number for t in Telephone.select()] == ["+27825550199"]


def test_addresses_are_changed(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/addresses"
    fields = dict(re.findall(r'name="(seen|lines|id-\d)" value="([^"]*)"', client.get(path).text))
    values = {"line1-0": "2 Street", "suburb-0": "Glenashley", "postal_code-0": "4051", "country-0": "ZA"}
    assert form(client, path, path, **fields, **values).status_code == 303
    with acting_as(system(org.id)):
        assert [a.line1 for a in Address.select()] == ["2 Street"]


def test_what_a_colleague_changed_meanwhile_is_not_written_over(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/names"
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(path).text)[1]
    with acting_as(system(org.id)), transaction():
        record.change(Contact.get_by_id(sent.contact_id), "contact.details_changed", first_name="Colleague")
    page = form(client, path, path, seen=seen, first_name="Mine")
    assert page.status_code == 422
    assert "Somebody changed this meanwhile" in page.text
    with acting_as(system(org.id)):
        assert Contact.get_by_id(sent.contact_id).first_name == "Colleague"


def test_a_new_address_is_added_only_once_it_is_proven(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/emails"
    assert form(client, path, path, address="New@Example.org").status_code == 303
    with acting_as(system(org.id)):
        assert [e.address for e in Email.select().where(Email.contact_id == sent.contact_id)] == ["p0@example.org"]
    mail = mails(org, "profile_code")[-1]
    assert mail.recipient == "New@example.org"
    assert form(client, path, path + "/code", code="000000").status_code == 422
    assert form(client, path, path + "/code", code=code_in(mail)).status_code == 303
    with acting_as(system(org.id)):
        mine = Email.select().where(Email.contact_id == sent.contact_id).order_by(Email.id)
        assert [(e.address, e.is_primary) for e in mine] == [("p0@example.org", 0), ("New@example.org", 1)]
    assert "New@example.org" in mails(org, "profile_changed")[-1].message


def test_an_address_that_asked_not_to_be_contacted_is_not_added(app, org, sent):
    with acting_as(system(org.id)), transaction():
        suppress("email", "gone@example.org", "objected", "everything")
    client, path = enter(app, org, sent), link(sent) + "/emails"
    page = form(client, path, path, address="gone@example.org")
    assert page.status_code == 422
    assert "asked not to be contacted" in page.text


def test_an_address_that_was_removed_comes_back_once_its_owner_proves_it_and_no_sooner(app, org, sent):
    with acting_as(system(org.id)), transaction():
        suppress("email", "gone@example.org", "erased", "everything")
        suppress("email", "gone@example.org", "unsubscribed")
    client, path = enter(app, org, sent), link(sent) + "/emails"

    form(client, path, path, address="gone@example.org")
    assert form(client, path, path + "/code", code="000000").status_code == 422
    assert reasons(org) == ["erased", "unsubscribed"]
    form(client, path, path + "/code", code=code_in(mails(org, "profile_code")[-1]))

    assert reasons(org) == ["unsubscribed"]
    with acting_as(system(org.id)):
        assert Email.select().where(Email.contact_id == sent.contact_id, Email.normal == "gone@example.org").exists()
        assert LogEntry.select().where(LogEntry.action == "contact.address_brought_back").count() == 1


def test_an_address_that_is_stopped_between_code_and_proof_is_refused_in_words(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/emails"
    form(client, path, path, address="new@example.org")
    with acting_as(system(org.id)), transaction():
        suppress("email", "new@example.org", "objected", "everything")

    page = form(client, path, path + "/code", code=code_in(mails(org, "profile_code")[-1]))

    assert page.status_code == 422
    assert "asked not to be contacted" in page.text


def reasons(org):
    with acting_as(system(org.id)):
        return sorted(row.reason for row in Suppression.select())


def test_the_only_address_stays_and_anothers_cannot_be_taken_away(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/emails"
    with acting_as(system(org.id)):
        own = Email.get(Email.contact_id == sent.contact_id)
        anothers = Email.get(Email.contact_id != sent.contact_id)
    assert form(client, path, f"{path}/{own.id}/removal").status_code == 422
    assert form(client, path, f"{path}/{anothers.id}/removal").status_code == 404
    with acting_as(system(org.id)):
        assert Email.select().count() == 2


@pytest.mark.parametrize("headers", [{}, HX], ids=["page", "part"])
@pytest.mark.parametrize(
    ("kind", "block", "typed"),
    [
        (Telephone, "telephones", {"text": "082 555 0199"}),
        (Address, "addresses", {"line1": "2 Street", "suburb": "Glenashley", "postal_code": "4051", "country": "ZA"}),
    ],
)
def test_what_is_anothers_is_neither_changed_nor_taken_by_its_number(app, org, sent, kind, block, typed, headers):
    facts = (
        {"number": "+27825550162"} if kind is Telephone else {"line1": "9 Road", "postal_code": "4051", "country": "ZA"}
    )
    with acting_as(system(org.id)), transaction():
        other = Contact.get(Contact.id != sent.contact_id)
        action = f"contact.{kind.__name__.lower()}_added"
        record.add_part(kind, other.id, action, is_primary=1, **facts)
    with acting_as(system(org.id)):
        anothers = kind.get(kind.contact_id == other.id)
        before = dict(anothers.__data__)
    client, path = enter(app, org, sent), f"{link(sent)}/{block}"
    page = client.get(path).text
    fields = dict(re.findall(r'name="(seen|lines)" value="([^"]*)"', page))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    data = {"csrf_token": token, **fields, "id-0": anothers.id, **{f"{name}-0": value for name, value in typed.items()}}

    answer = client.post(path, data=data, headers=headers)

    assert answer.status_code < 500
    with acting_as(system(org.id)):
        assert kind.get_by_id(anothers.id).__data__ == before


def standing(org, row, purpose):
    with acting_as(system(org.id)):
        return states([row.contact_id])[row.contact_id][purpose.id, "email"].standing


def test_what_is_unticked_is_taken_back_and_ticked_again_is_proven(app, org, sent):
    client = app.test_client()
    with acting_as(system(org.id)):
        news = purposes.first()
    form(client, link(sent), link(sent) + "/preferences")
    assert standing(org, sent, news) == "withdrawn"
    form(client, link(sent), link(sent) + "/preferences", purpose=str(news.id))
    assert standing(org, sent, news) == "proven"


def test_unsubscribing_from_everything_and_coming_back(app, org, sent):
    client = app.test_client()
    form(client, link(sent), link(sent) + "/leaving", what="leave")
    with acting_as(system(org.id)):
        news = purposes.first()
        assert [s.reason for s in Suppression.select()] == ["unsubscribed"]
        assert Delivery.get_by_id(sent.id).state == "suppressed"
    assert "You unsubscribed" in client.get(link(sent)).text
    form(client, link(sent), link(sent) + "/preferences", purpose=str(news.id))
    with acting_as(system(org.id)):
        assert Suppression.select().count() == 0
    assert standing(org, sent, news) == "proven"


def test_a_graver_wish_stays(app, org, sent):
    with acting_as(system(org.id)), transaction():
        suppress("email", "p0@example.org", "complained")
        news = purposes.first()
    form(app.test_client(), link(sent), link(sent) + "/preferences", purpose=str(news.id))
    with acting_as(system(org.id)):
        assert [s.reason for s in Suppression.select()] == ["complained"]


def test_staff_send_the_link_and_it_leads_there(app, client_of, alice, org, sent):
    client = client_of(alice)
    with acting_as(system(org.id)):
        email = Email.get(Email.contact_id == sent.contact_id)
    answer = client.post(f"/contacts/{sent.contact_id}/own-page", data={"email_id": email.id})
    assert answer.status_code == 303
    mail = mails(org, "profile_link")[-1]
    assert mail.recipient == "p0@example.org"
    path = re.search(r"(/p/[\w-]{20,})", mail.message.replace("=\n", ""))[1]
    assert "Hello P0" in app.test_client().get(path).text
    assert "Email the link to it" in client.get(f"/contacts/{sent.contact_id}").text


def test_who_may_only_read_sends_no_link_and_neither_goes_one_to_an_address_of_another(
    client_of, bob, alice, org, sent
):
    with acting_as(system(org.id)):
        own = Email.get(Email.contact_id == sent.contact_id)
        anothers = Email.get(Email.contact_id != sent.contact_id)
    path = f"/contacts/{sent.contact_id}/own-page"
    assert client_of(bob).post(path, data={"email_id": own.id}).status_code == 403
    assert client_of(alice).post(path, data={"email_id": anothers.id}).status_code == 422
    assert mails(org, "profile_link") == []


def test_a_link_that_staff_sent_unsubscribes_too(app, org, sent):
    with acting_as(system(org.id)), transaction():
        contact = contacts.find(sent.contact_id)
        url = links.make(contact, Email.get(Email.contact_id == contact.id), None)
        assert ProfileLink.select().count() == 1
    path = "/p/" + url.rpartition("/")[2]
    form(app.test_client(), path, path + "/leaving", what="leave")
    with acting_as(system(org.id)):
        assert [s.reason for s in Suppression.select()] == ["unsubscribed"]
        assert Delivery.get_by_id(sent.id).state == "suppressed"


@pytest.mark.parametrize(
    ("minutes", "tries", "is_used", "is_right", "counts"),
    [
        (0, 1, False, True, True),
        (30, 5, False, True, True),
        (31, 1, False, True, False),
        (0, 6, False, True, False),
        (0, 1, True, True, False),
        (0, 1, False, False, False),
    ],
)
def test_when_a_code_counts(minutes, tries, is_used, is_right, counts):
    at = now()
    later = at + timedelta(minutes=minutes)
    assert (rules.refusal_of_code(at, tries, is_used, is_right, later) == "") is counts


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("123456", "123456"), (" 123 456\n", "123456"), ("Your code: 123-456", "123456"), ("12345", ""), ("١٢٣٤٥٦", "")],
)
def test_a_code_as_it_is_pasted(typed, expected):
    assert rules.digits(typed) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("thandi@example.org", "t•••@example.org"), ("t@example.org", "t•••@example.org"), ("", "")],
)
def test_where_a_code_went_is_hinted_at(address, expected):
    assert rules.hint_of(address) == expected


def test_the_contacts_own_actor_can_do_nothing_else(org, sent, as_alice):
    mine = replace(actor_of_contact(org, sent), permissions=frozenset({Permission.CONTACT_READ}))
    with acting_as(mine):
        assert [c.id for c in Contact.select()] == [sent.contact_id]
        assert {e.contact_id for e in Email.select()} == {sent.contact_id}


def actor_of_contact(org, row):
    with acting_as(system(org.id)):
        return pages._actor(org.id, Contact.get_by_id(row.contact_id), is_known=False)


@pytest.mark.parametrize("path", ["preferences", "leaving", "codes"])
def test_who_is_restricted_still_says_what_he_wants(app, org, sent, path):
    """What he asks for himself is no processing that the restriction forbids (POPIA s 14(6))."""
    with acting_as(system(org.id)), transaction():
        restricting.restrict(sent.contact_id, "contested")
    client = app.test_client()
    assert client.get(link(sent)).status_code == 200
    assert form(client, link(sent), f"{link(sent)}/{path}").status_code == 303


def dead(contact, email):
    states_of_people.mark_deceased(contact, now().date(), "Her daughter telephoned.")


def complained(contact, email):
    record.mark_email(email.normal, "complained", "It was called spam.")


def stopped(contact, email):
    suppress("email", email.normal, "objected", "everything")


def restricted(contact, email):
    restricting.restrict(contact.id, "contested")


def suspended(contact, email):
    suspending.suspend("Too many complaints.")


@pytest.mark.parametrize("happen", [dead, complained, stopped, restricted, suspended])
def test_no_link_is_sent_to_whom_the_gate_refuses(org, sent, happen):
    """A message to a person leaves through the gate, also one that a colleague means well with (L02)."""
    with acting_as(system(org.id)):
        contact, email = contacts.find(sent.contact_id), Email.get(Email.contact_id == sent.contact_id)
        with transaction():
            happen(contact, email)
        with pytest.raises(sending_of_links.NotSent):
            sending_of_links.send_link(contact, email.id, None)
        assert SystemMail.select().where(SystemMail.kind == "profile_link").count() == 0


def test_who_died_meanwhile_is_sent_no_code(app, org, sent):
    with acting_as(system(org.id)), transaction():
        dead(contacts.find(sent.contact_id), None)
    assert form(app.test_client(), link(sent), link(sent) + "/codes").status_code == 422
    assert mails(org, "profile_code") == []

"""What is hidden from a user is not seen, not guessed and not wiped: by list, search, order, count, history or file."""

import io

import pytest

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.campaigns import sending, service
from portal.consent import purposes, telling
from portal.consent.models import Justification
from portal.contacts import history, queries, record
from portal.contacts import service as contacts
from portal.contacts.models import Address, Contact, Email, Group, Note, Telephone, recording
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied
from portal.documents import service as documents
from portal.imports import running
from portal.imports import service as imports
from tests import designed
from tests.conftest import HX, actor_of
from tests.taken import file_of
from tests.walking import masked


def give(user, denied=(), only_group=None):
    Membership.update(denied=list(denied), only_group=only_group).where(Membership.user == user).execute()


@pytest.fixture
def known(org, thandi):
    """Thandi with an address, a note and a group of her own."""
    with acting_as(system(org.id)):
        line = contacts.AddressLine(None, "", True, {"line1": "1 Long Street", "city": "Durban", "country": "ZA"})
        contacts.change_addresses(thandi, contacts.stamp(thandi, "addresses"), [line])
        contacts.add_note(thandi, "Prefers mornings")
        group = contacts.add_group("Donors")
        contacts.group_contacts([thandi.id], group.id)
    return thandi


@pytest.mark.parametrize(
    ("denied", "words"),
    [("notes", "note"), ("telephone", "telephone"), ("email", "email"), ("address", "address")],
)
def test_history_does_not_tell_what_was_done_to_what_is_hidden(known, adam, denied, words):
    with acting_as(system(known.org_id)):
        contacts.change_emails(known, contacts.stamp(known, "emails"), [])
        record.mark_email("thandi@example.org", "undeliverable", "No such mailbox.")
    give(adam, denied=[denied])
    with acting_as(actor_of(adam)):
        told, total = history.of_contact(known.id, 0, 100)
    assert total == len(told)
    assert total > 0
    assert not [s for s in told if s.entry.action.startswith(f"contact.{words}")]
    assert not [c for s in told for c in s.changes if c.field.startswith(words)]


def test_a_ground_for_special_information_tells_nothing_to_whom_it_is_hidden(client_of, known, adam):
    with acting_as(system(known.org_id)):
        purpose = purposes.first().id
        telling.ground(known, purpose, "special_health", "CNRY in our care")
        justification = Justification.get(Justification.basis == "special_health")
    page = f"/contacts/{known.id}"
    assert "CNRY in our care" in client_of(adam).get(page).text
    give(adam, denied=["special"])
    client = client_of(adam)
    seen = client.get(page).text
    assert "CNRY" not in seen
    assert "health must be known" not in seen
    assert "No ground" not in seen
    assert "special_health" not in client.get(f"{page}/grounds/new").text
    with acting_as(actor_of(adam)):
        assert not [s for s in history.of_contact(known.id, 0, 100)[0] if "special" in s.entry.action]
        with pytest.raises(telling.BadWord):
            telling.ground(known, purpose, "special_health", "again")
        with pytest.raises(purposes.PurposeNotFound):
            telling.end_ground(known, justification.id)


def test_history_names_no_group_that_is_hidden(known, alice, org):
    with acting_as(system(org.id)):
        secret = contacts.add_group("Living with HIV")
        Group.update(sensitivity="special").where(Group.id == secret.id).execute()
        contacts.group_contacts([known.id], secret.id)
    with acting_as(actor_of(alice)):
        told, _ = history.of_contact(known.id, 0, 100)
    assert [c.new for s in told for c in s.changes if c.field == "group"] == ["Donors"]


def test_nobody_is_found_by_a_group_that_is_hidden(client_of, known, alice, org):
    with acting_as(system(org.id)):
        secret = contacts.add_group("Living with HIV")
        Group.update(sensitivity="special").where(Group.id == secret.id).execute()
        contacts.group_contacts([known.id], secret.id)
    browser = client_of(alice)
    assert "Thandi" not in browser.get(f"/contacts?group={secret.id}").text
    assert "Thandi" in browser.get(f"/contacts?not_group={secret.id}").text


def test_notes_denied_cannot_be_read_written_or_removed(client_of, known, adam):
    give(adam, denied=["notes"])
    note = _note(known)
    browser = client_of(adam)
    page = browser.get(f"/contacts/{known.id}").text
    assert ("Prefers mornings" in page, 'id="notes"' in page) == (False, False)
    assert browser.post(f"/contacts/{known.id}/notes", data={"text": "x"}).status_code == 403
    assert browser.post(f"/contacts/{known.id}/notes/{note.id}/removal").status_code == 404
    assert _note(known).text == "Prefers mornings"


def _note(contact):
    with acting_as(system(contact.org_id)):
        return Note.get(Note.contact_id == contact.id)


def test_a_contact_is_added_without_what_is_hidden(client_of, adam):
    give(adam, denied=["email", "telephone"])
    browser = client_of(adam)
    page = browser.get("/contacts/new").text
    assert ('name="email"' in page, 'name="telephone"' in page) == (False, False)
    answer = browser.post("/contacts", data={"kind": "person", "first_name": "New", "language": "", "email": "a@b.org"})
    assert answer.status_code == 303
    with acting_as(system(actor_of(adam).org_id)):
        assert Email.select().count() == 0


def test_somebody_without_a_name_is_not_called_by_what_is_hidden(org, as_olivia, olivia, tmp_path):
    made = imports.take_in(tmp_path, "list.csv", io.BytesIO(b"Email\nnobody@example.org\n"))
    imports.declare(made, made.mapping, "own", "", [])
    imports.start(imports.find(made.id), "add", [])
    running.run(made.id)
    contact = Contact.get()
    assert queries.name_of(contact) == "nobody@example.org"
    assert (contact.preferred_name, contact.sort_name) == ("", "")
    give(olivia, denied=["email"])
    with acting_as(actor_of(olivia)):
        assert queries.name_of(contact) == "Unnamed"


def test_reports_denied_are_not_read_by_way_of_a_correction(client_of, known, adam, org):
    with acting_as(system(org.id)):
        record.mark_email("thandi@example.org", "undeliverable", "No such mailbox.")
        email = Email.get()
    give(adam, denied=["reports"])
    browser = client_of(adam)
    for answer in (
        browser.get(f"/reports/undeliverable/{email.id}/edit"),
        browser.post(f"/reports/undeliverable/{email.id}", data={"address": "x"}),
        browser.post("/reports/undeliverable/export"),
    ):
        assert (answer.status_code, "thandi@" in answer.text) == (403, False)


def outputs(browser, campaign_id, contact_id) -> dict:
    """All that somebody can read of lists, counts, orders and files."""
    found = {}
    for url in (
        "/", "/contacts", "/contacts?sort=name&down=1", "/contacts?sort=updated", "/contacts?q=555",
        "/contacts?q=example", "/contacts?q=durban",
        "/contacts?town=Durban", "/contacts?state=undeliverable", "/contacts?state=no_email",
        "/groups", "/find?q=thandi", "/find?q=0825550134", "/find?q=thandi@example.org",
        "/reports", "/reports/undeliverable",
        f"/contacts/{contact_id}", f"/contacts/{contact_id}/history", f"/campaigns/{campaign_id}/audience",
        f"/campaigns/{campaign_id}/audience/people?figure=all", f"/campaigns/{campaign_id}/history",
        f"/campaigns/{campaign_id}/people", f"/campaigns/{campaign_id}/people?at=example.org",
        f"/campaigns/{campaign_id}/people?q=example",
    ):  # fmt: skip
        found[url] = masked(browser.get(url).data)
        found["part " + url] = masked(browser.get(url, headers=HX).data)
    found["/contacts/export"] = file_of(browser)
    url = f"/campaigns/{campaign_id}/people/export"
    found[url] = browser.post(url, data={"format": "csv"}).data
    return found


@pytest.mark.parametrize("hidden", ["email", "telephone", "address", "notes"])
def test_two_sets_of_data_that_differ_in_what_is_hidden_look_the_same(client_of, known, olivia, org, hidden):
    """Byte for byte: lists, orders, searches, counts, figures and files (B06)."""
    with acting_as(system(org.id)):
        other = contacts.add(first_name="Anna", last_name="Botha", email="anna@example.net", telephone="083 222 3333")
        contacts.group_contacts([other.id], Group.get().id)
        campaign = service.create("Spring")
        service.change(campaign, 1, subject="Spring", body="<p>Welcome</p>")
        sending.choose_audience(campaign, [Group.get().id], [])
        sending.start(service.find(campaign.id))
    give(olivia, denied=[hidden])
    browser = client_of(olivia)
    before = outputs(browser, campaign.id, known.id)
    differently(org, hidden, known, other)
    after = outputs(browser, campaign.id, known.id)
    assert [url for url in before if before[url] != after[url]] == []


def differently(org, hidden, known, other) -> None:
    """Other values of what is hidden, and the traces of them; nothing else is touched."""
    with acting_as(system(org.id)), recording():
        if hidden == "email":
            for contact, address in ((known, "zz@gmail.com"), (other, "aa@gmail.com")):
                Email.update(address=address, normal=address).where(Email.contact_id == contact.id).execute()
                Contact.update(search_emails=address).where(Contact.id == contact.id).execute()
        if hidden == "telephone":
            Telephone.update(number="+27845556666").execute()
            Contact.update(search_numbers="+27845556666 0845556666").execute()
        if hidden == "address":
            Address.update(city="Paarl", line1="2 Short Street").execute()
        if hidden == "notes":
            Note.update(text="Prefers evenings").execute()
        for entry in LogEntry.select().where(LogEntry.contact_id.is_null(False)):
            name = {"notes": "note"}.get(hidden, hidden)
            if name in ((entry.detail or {}).get("changes") or {}):
                entry.detail["changes"][name] = [None, "another one"]
                LogEntry.update(detail=entry.detail).where(LogEntry.id == entry.id).execute()


def test_a_merge_field_that_is_hidden_cannot_be_written_seen_or_sent_in_any_part(known, adam, org):
    """Also where it is written so that only one of the two ways of reading finds it."""
    give(adam, denied=["email"])
    with acting_as(actor_of(adam)):
        campaign = service.create("Spring")
        for values in (
            {"subject": "[[email]]"}, {"preheader": "[[email|you]]"}, {"body": "<p>[[e&#109;ail]]</p>"},
            {"body": '<a href="https://example.org/?m=[[email]]">x</a>'}, {"subject": "[[email|&#91;]]"},
            {"name": "[[email]]"},
        ):  # fmt: skip
            with pytest.raises(Denied):
                service.change(campaign, 1, **values)
    with acting_as(system(org.id)):
        service.change(campaign, 1, subject="[[email]]", body="<p>Hello</p>")
        sending.choose_audience(campaign, [Group.get().id], [])
    with acting_as(actor_of(adam)):
        for act in (
            sending.start,
            lambda one: service.as_seen_by(one, known),
            lambda one: service.send_test(one, None),
        ):
            with pytest.raises(Denied):
                act(service.find(campaign.id))


def test_ids_that_are_not_ones_own_are_not_counted_among_the_chosen(client_of, olivia, charlie, known):
    with acting_as(actor_of(charlie)):
        theirs = contacts.add(first_name="Stranger")
    browser = client_of(olivia)
    why = {"reason": "asked"}
    asked = browser.post("/contacts/chosen/removal/ask", data={"chosen": [known.id, theirs.id]}).text
    assert ("Thandi" in asked, "Stranger" in asked) == (True, False)
    both = {"chosen": [known.id, theirs.id], "word": "2", **why}
    assert browser.post("/contacts/chosen/removal", data=both).status_code == 422
    assert browser.post("/contacts/chosen/removal/ask", data={"chosen": [theirs.id]}).status_code == 404
    assert browser.post("/contacts/chosen/removal", data={"chosen": [theirs.id], "word": "1", **why}).status_code == 404
    with acting_as(actor_of(charlie)):
        assert Contact.get_by_id(theirs.id).erased_at is None


def test_who_sees_some_contacts_removes_no_group_of_all(client_of, known, adam, org):
    with acting_as(system(org.id)):
        away = contacts.add_group("Away")
        contacts.group_contacts([known.id], away.id)
    give(adam, denied=[f"group:{away.id}"])
    with acting_as(actor_of(adam)):
        donors = contacts.find_group_by_name("Donors").id
    answer = client_of(adam).post(f"/groups/{donors}/removal")
    assert (answer.status_code, "Somebody who sees all of them" in answer.text) == (403, True)


def test_a_change_by_which_a_contact_leaves_ones_sight_ends_on_the_list(client_of, known, alice, org):
    with acting_as(system(org.id)):
        donors = contacts.find_group_by_name("Donors").id
        seen = contacts.stamp(known, "groups")
    give(alice, only_group=donors)
    answer = client_of(alice).post(f"/contacts/{known.id}/groups", data={"seen": seen})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/contacts")


def test_history_does_not_tell_that_there_are_documents(client_of, known, adam):
    with acting_as(system(known.org_id)):
        documents.add(io.BytesIO(b"x"), "x.txt", contact_id=known.id, title="CNRY")
    give(adam, denied=["documents"])
    with acting_as(actor_of(adam)):
        told, total = history.of_contact(known.id, 0, 100)
    assert len(told) == total
    assert not [s for s in told if s.entry.action.startswith("document.")]


def test_history_does_not_tell_that_a_hidden_field_was_filled_in(known, alice):
    with acting_as(system(known.org_id)):
        secret, shown = designed.field("Illness", sensitivity="special"), designed.field("Shirt")
        designed.put(known, secret, "Flu")
        designed.put(known, shown, "Large")
    with acting_as(actor_of(alice)):
        told, total = history.of_contact(known.id, 0, 100)
    assert len(told) == total
    assert [[c.field for c in s.changes] for s in told if s.entry.action == "contact.fields_changed"] == [["Shirt"]]

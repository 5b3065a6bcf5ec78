"""Files in fields of designed pages: brought, kept as documents of the contact, replaced, taken away, hidden."""

import io
from dataclasses import replace

import pytest

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import designing, filling, history, removing_fields
from portal.contacts.design_rules import Design
from portal.contacts.models import Field, Value
from portal.contacts.page_blocks import GONE, HELD, block_of
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied, Permission
from portal.documents import service as documents
from portal.documents.models import Document
from portal.privacy import erasing
from tests.conftest import HX, actor_of
from tests.documents import files

SVG = b"<svg><script>1</script></svg>"


@pytest.fixture
def page(org):
    with acting_as(system(org.id)):
        return designing.add_page("Agreements")


@pytest.fixture
def agreement(page):
    return field_of(page, "file", "Signed agreement")


@pytest.fixture
def nick(page):
    return field_of(page, "text", "Nick")


@pytest.fixture
def url(thandi, page):
    return f"/contacts/{thandi.id}/pages/{page.id}"


@pytest.fixture
def send(client_of, alice, thandi, page, url):
    """Alice sends the form as her browser does: what stands there stays, unless other words are given."""

    def send(*words, user=alice, **more):
        with acting_as(actor_of(user)):
            block = block_of(thandi.id, page.id)
        data = {"field": [cell.field.id for cell in block.cells]}
        with acting_as(actor_of(user)):
            data["seen"] = filling.stamp(block)
        for cell in block.cells:
            if cell.field.kind == "file":
                data[f"field-{cell.field.id}"] = [*(["same"] if cell.values else []), *words]
        return client_of(user).post(url, data=data | more, headers=HX)

    return send


def field_of(page, kind, name, **more):
    with acting_as(system(page.org_id)):
        return designing.add_field(page, Design(kind, name, "A purpose", "ordinary", **more))


def file_for(field, body=None, name="paper.pdf"):
    return {f"file-{field.id}": (io.BytesIO(files.pdf() if body is None else body), name)}


def standing(org, field):
    """The document in a field, and how many documents there are."""
    with acting_as(system(org.id)):
        value = Value.get_or_none(Value.field_id == field.id)
        found = Document.get_or_none(Document.id == value.document_id) if value else None
        return found, Document.select().count()


def test_a_file_becomes_a_document_of_the_contact(client_of, alice, org, thandi, agreement, send, url):
    empty = client_of(alice).get(url + "/edit", headers=HX).text
    answer = send(**file_for(agreement))

    found, _ = standing(org, agreement)
    assert 'enctype="multipart/form-data"' in empty
    assert f'type="file" id="field-{agreement.id}" name="file-{agreement.id}"' in empty
    assert (answer.status_code, "Saved" in answer.headers["HX-Trigger"]) == (200, True)
    assert f'href="/documents/{found.id}">Signed agreement</a>' in answer.text
    facts = (found.contact_id, found.title, found.folder, found.kind, found.filename)
    assert facts == (thandi.id, "Signed agreement", "Agreements", "other", "paper.pdf")
    with acting_as(system(org.id)):
        assert Value.get().key == str(found.id)


def test_it_stays_is_replaced_and_taken_away_and_its_document_stays(org, agreement, nick, send):
    send(**file_for(agreement))
    first, _ = standing(org, agreement)

    send(**{f"field-{nick.id}": "Gogo"})
    assert standing(org, agreement) == (first, 1)
    assert "not there" not in send(**file_for(agreement, files.picture(), "face.png")).text
    second, count = standing(org, agreement)
    assert (second.media_type, second.id != first.id, count) == ("image/png", True, 2)
    taken = send("none")
    assert (taken.status_code, standing(org, agreement)) == (200, (None, 2))


def test_a_bad_file_is_told_at_its_field_and_what_was_typed_is_kept(org, agreement, nick, send):
    answer = send(**file_for(agreement, SVG, "x.svg"), **{f"field-{nick.id}": "Gogo"})

    assert answer.status_code == 422
    assert f'id="field-{agreement.id}-error">Web pages and SVG drawings are not taken in' in answer.text
    assert 'value="Gogo"' in answer.text
    assert standing(org, agreement) == (None, 0)


def test_of_several_files_none_is_kept_when_one_is_bad(org, page, agreement, send):
    other = field_of(page, "file", "Second")

    answer = send(**file_for(agreement), **file_for(other, SVG, "x.svg"))

    assert (answer.status_code, "Nothing is saved yet. Choose the file again." in answer.text) == (422, True)
    assert standing(org, agreement) == (None, 0)


def test_nothing_is_kept_when_another_field_is_wrong_or_somebody_was_faster(org, page, agreement, send):
    number = field_of(page, "number", "Hours")

    wrong = send(**file_for(agreement), **{f"field-{number.id}": "many"})
    stale = send(**file_for(agreement), seen="0")

    for answer, words in ((wrong, "Enter a number"), (stale, "Somebody changed this")):
        assert (answer.status_code, words in answer.text) == (422, True)
        assert "Choose the file again." in answer.text
    assert standing(org, agreement) == (None, 0)


def test_a_file_that_is_always_needed(org, page, send):
    needed = field_of(page, "file", "Proof", is_required=True)

    first = send()
    send(**file_for(needed))
    again, taken = send(), send("none")

    assert (first.status_code, "Fill in Proof; it is always needed." in first.text) == (422, True)
    assert (again.status_code, taken.status_code) == (200, 422)
    assert standing(org, needed)[0] is not None


def test_no_other_document_is_named_by_its_number(org, alice, agreement, send):
    with acting_as(actor_of(alice)):
        other = documents.add(io.BytesIO(b"hello"), "x.txt")

    answer = send(str(other.id))

    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)
    assert standing(org, agreement) == (None, 1)


def test_a_document_removed_elsewhere_is_said_to_be_gone_and_stays_so(
    client_of, alice, org, agreement, nick, send, url
):
    send(**file_for(agreement))
    with acting_as(actor_of(alice)):
        documents.remove(standing(org, agreement)[0])

    assert GONE in client_of(alice).get(url, headers=HX).text
    assert GONE in client_of(alice).get(url + "/edit", headers=HX).text
    assert send(**{f"field-{nick.id}": "Gogo"}).status_code == 200
    assert send("none", **{f"field-{nick.id}": "Gogo"}).status_code == 200
    with acting_as(system(org.id)):
        assert [value.field_id for value in Value.select()] == [nick.id]


def test_what_is_held_back_is_not_linked(client_of, alice, org, agreement, send, url):
    send(**file_for(agreement))
    with acting_as(system(org.id)):
        Document.update(state="quarantined").execute()

    text = client_of(alice).get(url, headers=HX).text

    assert (HELD in text, "/documents/" in text) == (True, False)


def test_who_may_not_read_documents_neither_sees_nor_wipes_a_file(
    client_of, alice, adam, org, thandi, agreement, nick, send, url
):
    send(**file_for(agreement))
    before = standing(org, agreement)
    Membership.update(denied=["documents"]).where(Membership.user == adam).execute()
    browser = client_of(adam)

    for page in (f"/contacts/{thandi.id}", url, url + "/edit", "/settings/pages", f"/contacts/{thandi.id}/history"):
        assert "Signed agreement" not in browser.get(page).text, page
    assert browser.get(f"/settings/pages/fields/{agreement.id}").status_code == 404
    answer = send(
        "none", user=adam, **{f"field-{nick.id}": "Gogo", f"field-{agreement.id}": ["none"]}, **file_for(agreement)
    )

    assert (answer.status_code, standing(org, agreement)) == (200, before)
    with acting_as(actor_of(adam)):
        assert [value.field_id for value in Value.select()] == [nick.id]


def test_who_may_read_documents_and_not_add_any_changes_none(org, alice, thandi, page, agreement, nick, send):
    send(**file_for(agreement))
    before = standing(org, agreement)
    actor = actor_of(alice)
    with acting_as(replace(actor, permissions=actor.permissions - {Permission.DOCUMENT_EDIT})):
        block = block_of(thandi.id, page.id)
        filling.fill(
            thandi, block, filling.stamp(block), {agreement.id: [filling.SAME, filling.NONE], nick.id: ["Gogo"]}
        )
        assert standing(org, agreement) == before
        block = block_of(thandi.id, page.id)
        brought = filling.Brought(io.BytesIO(b"x"), "x.txt")
        with pytest.raises(Denied):
            filling.fill(thandi, block, filling.stamp(block), {}, {agreement.id: brought})
    assert standing(org, agreement) == before


def test_the_document_in_a_field_is_hidden_with_its_page_and_with_its_class(
    client_of, alice, org, thandi, page, agreement, send
):
    send(**file_for(agreement))
    document = standing(org, agreement)[0]

    def is_met():
        told = client_of(alice).get(f"/contacts/{thandi.id}").text
        return "Signed agreement" in told, client_of(alice).get(f"/documents/{document.id}").status_code

    before = is_met()
    Membership.update(denied=[f"page:{page.id}"]).where(Membership.user == alice).execute()
    without_page = is_met()
    Membership.update(denied=[]).where(Membership.user == alice).execute()
    with acting_as(system(org.id)):
        special = Design(
            "file", "Signed agreement", "A purpose", "special", authorisation="consent", authorisation_note="On paper"
        )
        designing.change_field(agreement, special, page)
    without_special = is_met()

    assert (before, without_page, without_special) == ((True, 200), (False, 404), (False, 404))


def test_the_history_names_the_document_to_who_may_read_documents(org, alice, adam, thandi, agreement, send):
    send(**file_for(agreement))
    Membership.update(denied=["documents"]).where(Membership.user == adam).execute()

    def told(user):
        with acting_as(actor_of(user)):
            sentences, _ = history.of_contact(thandi.id, 0, 20)
            return {c.field: c.new for one in sentences for c in one.changes if c.field == "Signed agreement"}

    assert told(alice) == {"Signed agreement": "Signed agreement"}
    with acting_as(actor_of(alice)):
        documents.change(standing(org, agreement)[0], title="Lease")
    assert (told(alice), told(adam)) == ({"Signed agreement": "Lease"}, {})
    with acting_as(system(org.id)):
        entry = LogEntry.get(LogEntry.action == "contact.fields_changed")
    assert "agreement" not in str(entry.detail)


def test_erasing_the_contact_destroys_file_and_value(org, thandi, agreement, send):
    send(**file_for(agreement))

    with acting_as(system(org.id)):
        erasing.erase([thandi.id])
        assert (Document.select().count(), Value.select().count()) == (0, 0)


def test_a_field_that_goes_takes_the_titles_along(org, thandi, agreement, send):
    send(**file_for(agreement))

    with acting_as(system(org.id)):
        lines = "".join(removing_fields.as_csv(Field.get_by_id(agreement.id)))

    assert lines.splitlines()[1].endswith(",Signed agreement")


def test_a_designer_offers_files(client_of, olivia, page):
    browser = client_of(olivia)

    assert "Signed agreement: a PDF" in browser.get(f"/settings/pages/{page.id}/fields/new").text
    form = browser.get(f"/settings/pages/{page.id}/fields/new?kind=file").text
    assert ('name="is_required"' in form, 'name="is_listed"' in form, 'name="is_searched"' in form) == (
        True,
        False,
        False,
    )

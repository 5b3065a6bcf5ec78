"""Services ask for the right themselves: a command, a job or a new page cannot forget it."""

import io
from datetime import date

import pytest

from portal.accounts import service as accounts
from portal.campaigns import attachments, pictures, senders, sending
from portal.campaigns import service as campaigns
from portal.consent import purposes, recording_many, restricting, telling
from portal.consent.models import Purpose
from portal.consent.purposes import Line
from portal.consent.recording_many import What
from portal.consent.telling import Word
from portal.contacts import designing, identities, photos, relations, removing_fields, states
from portal.contacts import service as contacts
from portal.contacts.design_rules import Design
from portal.contacts.identity_rules import tax_number
from portal.contacts.models import Contact, Field, Page
from portal.contacts.more_models import Relation
from portal.contacts.queries import Filter
from portal.contacts.relation_rules import Entered
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied, Role
from portal.documents import service as documents
from portal.documents.models import Document
from portal.exports import service as exports
from portal.exports.service import Wish
from portal.imports import mappings, undoing
from portal.imports import service as imports
from portal.imports.models import Import, Mapping
from portal.privacy import erasing
from tests.conftest import actor_of

# What a reader, and what an editor may not do.
READER = {
    "write a campaign": lambda c, _: campaigns.create("x"),
    "change a campaign": lambda c, _: campaigns.change(c, 1, subject="x"),
    "throw a draft away": lambda c, _: campaigns.remove(c),
    "test a campaign": lambda c, _: campaigns.send_test(c, None),
    "choose an audience": lambda c, _: sending.choose_audience(c, [], []),
    "attach a file": lambda c, _: attachments.add(c, "x.txt", b"x"),
    "put in a picture": lambda c, _: pictures.add(b"x", "x.png", c.id),
    "record what was said": lambda *_: telling.tell(Contact(), Word(1, "granted")),
    "record another ground": lambda *_: telling.ground(Contact(), 1, "contract", "x"),
    "end a ground": lambda *_: telling.end_ground(Contact(), 1),
    "record a ground for many": lambda *_: recording_many.start(What(1, "consent"), None),
    "restrict a contact": lambda *_: restricting.restrict(1, "contested"),
    "lift a restriction": lambda *_: restricting.lift(1, "told"),
    "add a purpose": lambda *_: purposes.add(Line("x")),
    "change a purpose": lambda *_: purposes.change(Purpose(), Line("x")),
    "put a purpose away": lambda *_: purposes.archive(Purpose()),
    "take a purpose out again": lambda *_: purposes.restore(Purpose()),
    "say what a campaign is for": lambda c, _: campaigns.set_purpose(c, 1),
    "add a contact": lambda *_: contacts.add(first_name="x"),
    "add a group": lambda *_: contacts.add_group("x"),
    "note a death": lambda *_: states.mark_deceased(Contact(), None, ""),
    "take a death back": lambda *_: states.unmark_deceased(Contact()),
    "archive a contact": lambda *_: states.archive(Contact(), ""),
    "bring a contact back": lambda *_: states.unarchive(Contact()),
    "relate contacts": lambda *_: relations.add(Contact(), "spouse", 1, Entered()),
    "change a relation": lambda *_: relations.change(Contact(), Relation(), "", Entered()),
    "remove a relation": lambda *_: relations.remove(Relation()),
    "keep a number": lambda *_: identities.keep(Contact(), tax_number("0001339050")),
    "change numbers": lambda *_: identities.change(Contact(), "", []),
    "put into a group": lambda *_: contacts.group_contacts([1], 1),
    "take out of a group": lambda *_: contacts.ungroup_contacts([1], 1),
    "add a document": lambda *_: documents.add(io.BytesIO(b"x"), "x.txt"),
    "change a document": lambda *_: documents.change(Document(), title="x"),
    "replace a document": lambda *_: documents.replace(Document(), io.BytesIO(b"x"), "x.txt"),
    "remove a document": lambda *_: documents.remove(Document()),
    "change a photo": lambda *_: photos.change(Contact(), io.BytesIO(b"x"), "x.png"),
    "remove a photo": lambda *_: photos.remove(Contact()),
    "name columns": lambda *_: mappings.rename(Mapping(), "x"),
    "forget columns": lambda *_: mappings.forget(Mapping()),
    "import": lambda _, folder: imports.take_in(folder, "x.csv", io.BytesIO(b"Email\na@example.org\n")),
}
EDITOR = {
    "send": lambda c, _: sending.start(c),
    "pause": lambda c, _: sending.pause(c),
    "resume": lambda c, _: sending.resume(c),
    "cancel": lambda c, _: sending.cancel(c),
    "change the organisation": lambda *_: accounts.set_details(legal_name="x"),
    "add a user": lambda *_: accounts.create_user("x@example.org", "X", Role.READER, "seven green buses"),
    "give rights": lambda *_: accounts.set_rights(1, [], None),
    "add a sender": lambda *_: senders.add("x", "x@example.org"),
    "see a number": lambda *_: identities.opened([1], "id_number"),
    "keep a hidden number": lambda *_: identities.keep(Contact(), tax_number("0001339050")),
    "bring hidden numbers in": lambda *_: identities.take_in([(1, tax_number("0001339050"))]),
    "undo an import": lambda *_: undoing.begin(Import(state="finished")),
    "stop an undo": lambda *_: undoing.stop(Import()),
    "go on with an undo": lambda *_: undoing.go_on(Import()),
    "take contacts along": lambda *_: exports.ask(Filter(), Wish("x", "x", date(2030, 1, 1))),
    "delete a contact": lambda *_: erasing.erase([1]),
    "delete a group": lambda *_: contacts.remove_group(1),
    "add a page of fields": lambda *_: designing.add_page("x"),
    "order the pages": lambda *_: designing.order_pages([]),
    "put a page away": lambda *_: designing.archive_page(Page(id=1)),
    "delete a page": lambda *_: designing.remove_page(Page(id=1)),
    "add a field": lambda *_: designing.add_field(Page(id=1), Design("text", "x", "x", "ordinary")),
    "put a field away": lambda *_: designing.archive_field(Field(id=1, page_id=1)),
    "take a field along": lambda *_: removing_fields.note_export(Field(id=1, page_id=1)),
    "delete a field": lambda *_: removing_fields.remove_field(Field(id=1, page_id=1)),
    "set the logo": lambda *_: pictures.add(b"x", "x.png", None),
}


@pytest.fixture
def draft(org):
    with acting_as(system(org.id)):
        return campaigns.create("Spring")


@pytest.mark.parametrize("name", READER)
def test_a_reader_is_refused(name, draft, bob, tmp_path):
    with acting_as(actor_of(bob)), pytest.raises(Denied):
        READER[name](draft, tmp_path)


@pytest.mark.parametrize("name", EDITOR)
def test_an_editor_is_refused(name, draft, alice, tmp_path):
    with acting_as(actor_of(alice)), pytest.raises(Denied):
        EDITOR[name](draft, tmp_path)

"""The pages on which an import is undone: what will happen, and what has."""

from collections.abc import Sequence

from flask import Response, url_for

from portal.activity.sentences import WORDS
from portal.contacts import fields
from portal.contacts import queries as contacts
from portal.core.permissions import Permission
from portal.imports import service, undoing, untouched
from portal.imports.models import Import, ImportedContact
from portal.imports.pages import bp as bp
from portal.web.access import needs
from portal.web.htmx import done, page_or_part


@bp.get("/<int:import_id>/undo")
@needs(Permission.CONTACT_DELETE, fresh=True)
def ask_undo(import_id: int) -> Response:
    """What undoing would do, in numbers."""
    return _ask(service.find(import_id))


@bp.post("/<int:import_id>/undo")
@needs(Permission.CONTACT_DELETE, fresh=True)
def undo(import_id: int) -> Response:
    the_import = service.find(import_id)
    try:
        undoing.begin(the_import)
    except undoing.CannotUndo as error:
        return _ask(the_import, 422, str(error))
    return done(url_for("imports.show", import_id=import_id))


@bp.post("/<int:import_id>/undo/stop")
@needs(Permission.CONTACT_DELETE)
def stop_undo(import_id: int) -> Response:
    undoing.stop(service.find(import_id))
    return done(url_for("imports.show", import_id=import_id))


@bp.post("/<int:import_id>/undo/resume")
@needs(Permission.CONTACT_DELETE)
def resume_undo(import_id: int) -> Response:
    undoing.go_on(service.find(import_id))
    return done(url_for("imports.show", import_id=import_id))


def names_of(rows: Sequence[ImportedContact]) -> dict[int, str]:
    """The names of those whom the reader may see."""
    found = contacts.by_ids([row.contact_id for row in rows])
    return {contact.id: contacts.name_of(contact) for contact in found if contact.erased_at is None}


def reason_words(row: ImportedContact) -> str:
    """Why somebody stays as he is, or what of him does."""
    names = (row.reason or "").split(",")
    if names[0] in untouched.REASONS:
        return untouched.REASONS[names[0]]
    named = {f"field:{field.id}": field.name for field in fields.in_use_among(_designed(names))}
    words = [named.get(name) or WORDS.get(name, name.replace("_", " ")) for name in names]
    plain = ["a field that is not there any more" if word.startswith("field:") else word for word in words]
    return f"changed since: {', '.join(plain)}"


def _designed(names: Sequence[str]) -> list[int]:
    return [int(name.partition(":")[2]) for name in names if name.startswith("field:")]


def _ask(the_import: Import, status: int = 200, sentence: str = "") -> Response:
    if not sentence:
        try:
            undoing.check(the_import)
        except undoing.CannotUndo as error:
            sentence = str(error)
    plan = None if sentence else untouched.plan(the_import)
    return page_or_part(
        "imports/undo.html", "imports/_undo.html", status, the_import=the_import, plan=plan, sentence=sentence
    )

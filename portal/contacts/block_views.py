"""One contact's page: blocks that are read, edited in place and saved, each by itself."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, redirect, request, url_for

from portal.contacts import forms, page_blocks, queries, service, time_line
from portal.contacts.address_guards import AddressRefused
from portal.contacts.addresses import PROVINCES
from portal.contacts.emails import normalise_email
from portal.contacts.identity_rules import BODY_KINDS, REGISTRATION_HINTS
from portal.contacts.merged import kept_of
from portal.contacts.models import Address, Contact, ContactPart, Email, Telephone
from portal.contacts.pages import bp as bp
from portal.contacts.panels import chips_for, panels
from portal.contacts.person_forms import StateForms
from portal.contacts.rules import ADDRESS_FIELDS, LANGUAGES, ROLES, SOURCES
from portal.contacts.telephones import normalise_telephone
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.htmx import done, page_or_part, wants_part

SHORT = 20
LONG = 100
PARTS: dict[str, type[ContactPart]] = {"emails": Email, "telephones": Telephone, "addresses": Address}


def _show(contact: Contact, block: str = "", status: int = 200, **editing: Any) -> Response:
    """The contact's page, one block of it open for editing; or that block alone for htmx."""
    part = f"contacts/_{block}{'_form' if editing else ''}.html" if block else "contacts/_details.html"
    return page_or_part(
        "contacts/show.html", part, status, **context_of(contact), open_block=block if editing else "", **editing
    )


def context_of(contact: Contact) -> dict[str, Any]:
    """What a block of a contact's page needs; with everything around it, unless htmx asks for the block alone."""
    found = {
        "contact": contact,
        "name": queries.name_of(contact),
        "familiar": queries.familiar_name(contact),
        "emails": queries.parts_of(Email, [contact.id]).get(contact.id, []),
        "telephones": queries.parts_of(Telephone, [contact.id]).get(contact.id, []),
        "addresses": queries.parts_of(Address, [contact.id]).get(contact.id, []),
        "sees": {block: kind.is_shown() for block, kind in PARTS.items()},
        "groups": queries.groups_of(contact.id),
        "notes": queries.notes_of(contact.id),
        "languages": LANGUAGES,
        "provinces": PROVINCES,
        "sources": SOURCES,
        "body_kinds": BODY_KINDS,
        "registration_hints": REGISTRATION_HINTS,
        "note_form": forms.NoteForm(formdata=None),
        "state_forms": StateForms(),
    }
    return found if wants_part() else found | _around(contact.id)


def _around(contact_id: int) -> dict[str, Any]:
    """What only the whole page shows, and what costs most of it."""
    line = time_line.of_contact(contact_id, None, SHORT)
    actor = current_actor()
    return {
        "blocks": page_blocks.blocks_of(contact_id),
        "chips": chips_for([contact_id]).get(contact_id, []),
        "panels": [(p, p.load([contact_id]).get(contact_id)) for p in panels() if actor.may(p.permission)],
        "history": line.events,
        "has_more_history": line.next is not None,
    }


@bp.get("/<int:contact_id>")
@needs(Permission.CONTACT_READ)
def show(contact_id: int) -> Response:
    try:
        return _show(service.find(contact_id))
    except service.ContactNotFound:
        if (kept := kept_of(contact_id)) is None:
            raise
        return redirect(url_for("contacts.show", contact_id=kept.id))  # type: ignore[return-value]


@bp.get("/<int:contact_id>/history")
@needs(Permission.CONTACT_READ)
def all_history(contact_id: int) -> Response:
    contact = service.find(contact_id)
    line = time_line.of_contact(contact.id, time_line.Place.read(request.args.get("before", "")), LONG)
    return page_or_part(
        "contacts/history.html", "contacts/_history.html",
        contact=contact, name=queries.name_of(contact), history=line.events, has_more_history=False, next=line.next,
        is_first="before" not in request.args,
    )  # fmt: skip


@bp.get("/<int:contact_id>/<any(details, emails, telephones, addresses, roles, groups):block>")
@needs(Permission.CONTACT_READ)
def read(contact_id: int, block: str) -> Response:
    """A block as it is read: what Cancel brings back."""
    contact = service.find(contact_id)
    _require_sight(block)
    return _show(contact, block)


@bp.get("/<int:contact_id>/<any(details, emails, telephones, addresses, roles, groups):block>/edit")
@needs(Permission.CONTACT_EDIT)
def edit(contact_id: int, block: str) -> Response:
    contact = service.find(contact_id)
    _require_sight(block)
    return _show(contact, block, **_editing(contact, block))


@bp.post("/<int:contact_id>/details")
@needs(Permission.CONTACT_EDIT)
def save_details(contact_id: int) -> Response:
    contact = service.find(contact_id)
    form = forms.DetailsForm()
    if not form.validate():
        return _show(contact, "details", 422, form=form, seen=form.seen.data)
    try:
        service.change_details(contact, form.seen.data or "", **form.values())
    except service.Nameless as error:
        (form.organisation if form.kind.data == "body" else form.first_name).errors = [str(error)]
        return _show(contact, "details", 422, form=form, seen=form.seen.data)
    except service.Stale:
        return _stale(contact, "details", form=form)
    return _saved(contact, "details")


@bp.post("/<int:contact_id>/roles")
@needs(Permission.CONTACT_EDIT)
def save_roles(contact_id: int) -> Response:
    contact = service.find(contact_id)
    chosen = [role for role in request.form.getlist("role") if role in ROLES]
    try:
        service.change_roles(contact, request.form.get("seen", ""), chosen)
    except service.Stale:
        return _stale(contact, "roles", all_roles=ROLES, chosen_roles=chosen)
    return _saved(contact, "roles")


@bp.post("/<int:contact_id>/groups")
@needs(Permission.CONTACT_EDIT)
def save_groups(contact_id: int) -> Response:
    contact = service.find(contact_id)
    chosen = [
        int(text) for text in request.form.getlist("group") if text.isascii() and text.isdigit() and len(text) < 12
    ]
    try:
        service.change_groups(contact, request.form.get("seen", ""), chosen)
    except service.Stale:
        return _stale(contact, "groups", all_groups=queries.groups_by_hand(), chosen_groups=chosen)
    return _saved(contact, "groups")


@bp.post("/<int:contact_id>/emails")
@needs(Permission.CONTACT_EDIT)
def save_emails(contact_id: int) -> Response:
    lines = forms.read_lines(request.form, normalise_email)
    return _save_lines(contact_id, "emails", lines, forms.as_lines, service.change_emails)


@bp.post("/<int:contact_id>/telephones")
@needs(Permission.CONTACT_EDIT)
def save_telephones(contact_id: int) -> Response:
    lines = forms.read_lines(request.form, normalise_telephone)
    return _save_lines(contact_id, "telephones", lines, forms.as_lines, service.change_telephones)


@bp.post("/<int:contact_id>/addresses")
@needs(Permission.CONTACT_EDIT)
def save_addresses(contact_id: int) -> Response:
    lines = forms.read_addresses(request.form)
    return _save_lines(contact_id, "addresses", lines, forms.as_addresses, service.change_addresses)


@bp.post("/<int:contact_id>/notes")
@needs(Permission.CONTACT_EDIT)
def add_note(contact_id: int) -> Response:
    contact = service.find(contact_id)
    form = forms.NoteForm()
    if not form.validate():
        return page_or_part(
            "contacts/show.html", "contacts/_notes.html", 422,
            **(context_of(contact) | {"note_form": form}), open_block="",
        )  # fmt: skip
    service.add_note(contact, form.text.data or "")
    return _saved(contact, "notes")


@bp.post("/<int:contact_id>/notes/<int:note_id>/removal")
@needs(Permission.CONTACT_EDIT)
def remove_note(contact_id: int, note_id: int) -> Response:
    contact = service.find(contact_id)
    service.remove_note(contact, note_id)
    return _saved(contact, "notes")


def _save_lines(
    contact_id: int,
    block: str,
    lines: list[forms.TypedLine],
    typed: Callable[[list[forms.TypedLine]], Sequence[Any]],
    change: Callable[[Contact, str, Any], None],
) -> Response:
    contact = service.find(contact_id)
    _require_sight(block)
    seen = request.form.get("seen", "")
    if any(line.error for line in lines):
        return _show(contact, block, 422, lines=_with_blank(lines), seen=seen, labels=forms.LABELS)
    try:
        change(contact, seen, typed(lines))
    except service.Stale:
        return _stale(contact, block, lines=_with_blank(lines), labels=forms.LABELS)
    except AddressRefused as error:
        lines[-1].error = str(error)
        return _show(contact, block, 422, lines=_with_blank(lines), seen=seen, labels=forms.LABELS)
    return _saved(contact, block)


def _editing(contact: Contact, block: str) -> dict[str, Any]:
    """What the form of a block is filled with at first."""
    seen = service.stamp(contact, block)
    if block == "details":
        form = forms.DetailsForm(obj=contact)
        form.birth_date.data = contact.birth_date.isoformat() if contact.birth_date else ""
        return {"form": form, "seen": seen}
    if block == "roles":
        return {"seen": seen, "all_roles": ROLES, "chosen_roles": contact.roles.split(",")}
    if block == "groups":
        inside = [group.id for group in queries.groups_of(contact.id)]
        return {"seen": seen, "all_groups": queries.groups_by_hand(), "chosen_groups": inside}
    parts = queries.parts_of(PARTS[block], [contact.id]).get(contact.id, [])
    return {"seen": seen, "lines": _with_blank([_line(part) for part in parts]), "labels": forms.LABELS}


def _line(part: Any) -> forms.TypedLine:
    text = getattr(part, "address", "") or getattr(part, "number", "")
    values = {name: getattr(part, name) for name in ADDRESS_FIELDS} if isinstance(part, Address) else {}
    return forms.TypedLine(part.id, part.label, text, bool(part.is_primary), values=values)


def _with_blank(lines: list[forms.TypedLine]) -> list[forms.TypedLine]:
    """The lines, and an empty one to type another into."""
    return [*lines, forms.TypedLine(None, "", "", not lines, values={"country": "ZA"})]


def _stale(contact: Contact, block: str, **editing: Any) -> Response:
    """Both versions: what stands now, and what was typed, which a second Save puts over it knowingly."""
    fresh = service.find(contact.id)
    return _show(fresh, block, 422, **editing, seen=service.stamp(fresh, block), stale=True)


def _saved(contact: Contact, block: str) -> Response:
    try:
        fresh = service.find(contact.id)
    except service.ContactNotFound:  # by this change the contact has left the groups that the user may see
        return done(url_for("contacts.index"))
    url = url_for("contacts.show", contact_id=contact.id)
    if not wants_part():
        return done(url)
    return done(url, part=f"contacts/_{block}.html", say="Saved.", **context_of(fresh), open_block="")


def _require_sight(block: str) -> None:
    kind = PARTS.get(block)
    if kind is not None and not kind.is_shown():
        raise service.ContactNotFound("There is no such part.")

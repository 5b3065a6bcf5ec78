"""Numbers, relations and states on a contact's page. What changes how the contact stands brings the whole page back."""

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from portal.contacts import identities, person, queries, relations, service, states
from portal.contacts.block_views import context_of
from portal.contacts.models import Contact
from portal.contacts.pages import bp as bp
from portal.contacts.panels import Load
from portal.contacts.person_forms import (
    ArchiveForm,
    DeathForm,
    NewRelationForm,
    NumbersForm,
    RelationForm,
    StateForms,
    day_of,
)
from portal.contacts.queries import Filter
from portal.contacts.relation_rules import Unrelated
from portal.core.actor import require_sight
from portal.core.permissions import DataSet, Permission
from portal.web.access import needs
from portal.web.htmx import done, page_or_part

FOUND = 8
LOADS: dict[str, Load] = {"numbers": person.numbers, "relations": person.related, "standing": person.no_more}


def _show(contact: Contact, panel: str, status: int = 200, **more: Any) -> Response:
    """The contact's page with one panel of it open, or that panel alone for htmx."""
    data = LOADS[panel]([contact.id]).get(contact.id)
    context = context_of(contact) | {"open_block": "", "panel_data": data} | more
    return page_or_part("contacts/show.html", f"contacts/_{panel}.html", status, **context)


def _done(contact: Contact) -> Response:
    return done(url_for("contacts.show", contact_id=contact.id))


@bp.get("/<int:contact_id>/<any(numbers, relations, standing):panel>")
@needs(Permission.CONTACT_READ)
def read_panel(contact_id: int, panel: str) -> Response:
    """A panel as it is read: what Cancel brings back."""
    return _show(service.find(contact_id), panel)


@bp.get("/<int:contact_id>/numbers/edit")
@needs(Permission.CONTACT_EDIT)
def edit_numbers(contact_id: int) -> Response:
    contact = service.find(contact_id)
    require_sight(DataSet.IDENTITY)
    return _show(contact, "numbers", numbers_form=NumbersForm(formdata=None), seen=identities.stamp(contact.id))


@bp.post("/<int:contact_id>/numbers")
@needs(Permission.CONTACT_EDIT)
def save_numbers(contact_id: int) -> Response:
    contact = service.find(contact_id)
    require_sight(DataSet.IDENTITY)
    form = NumbersForm()
    is_valid = form.validate()
    numbers = form.numbers(contact) if is_valid else []
    removed = [kind for kind in request.form.getlist("remove") if kind not in {n.kind for n in numbers}]
    if not is_valid or not form.is_right:
        return _show(contact, "numbers", 422, numbers_form=form, seen=form.seen.data, removed=removed)
    try:
        identities.change(contact, form.seen.data or "", numbers, removed)
    except service.Stale:
        return _show(contact, "numbers", 422, numbers_form=form, seen=identities.stamp(contact.id), stale=True)
    return _done(contact)


@bp.post("/<int:contact_id>/numbers/<int:identity_id>/showing")
@needs(Permission.CONTACT_READ)
def show_number(contact_id: int, identity_id: int) -> Response:
    """A POST, because it is written into the log that the whole number was shown."""
    contact = service.find(contact_id)
    row, number = identities.show(contact, identity_id)
    return _show(contact, "numbers", shown=(row.id, number))


@bp.get("/<int:contact_id>/relations/new")
@needs(Permission.CONTACT_EDIT)
def new_relation(contact_id: int) -> Response:
    """The form, with the contacts found by what is typed into its search."""
    contact = service.find(contact_id)
    form = NewRelationForm(formdata=None)
    form.offer(contact.kind)
    return _show(contact, "relations", new_form=form, **_found(contact))


@bp.post("/<int:contact_id>/relations")
@needs(Permission.CONTACT_EDIT)
def add_relation(contact_id: int) -> Response:
    contact = service.find(contact_id)
    form = NewRelationForm()
    form.offer(contact.kind)
    if form.validate():
        try:
            relations.add(contact, form.choice.data or "", form.other_id, form.entered())
        except Unrelated as error:
            form.choice.errors = [str(error)]
        except service.ContactNotFound:
            form.choice.errors = ["Find the other contact by name, and choose it."]
        else:
            return _done(contact)
    chosen = queries.rows(queries.by_ids([form.other_id]))
    return _show(contact, "relations", 422, new_form=form, found=chosen, q=request.form.get("q", ""))


@bp.get("/<int:contact_id>/relations/<int:relation_id>/edit")
@needs(Permission.CONTACT_EDIT)
def edit_relation(contact_id: int, relation_id: int) -> Response:
    contact = service.find(contact_id)
    relation = relations.find_relation(contact, relation_id)
    form = RelationForm(formdata=None, obj=relation)
    for name in ("since", "until", "consented_on"):
        day = getattr(relation, name)
        form[name].data = day.isoformat() if day else ""
    return _show(contact, "relations", relation_form=form, editing=relation, seen=relations.stamp(relation))


@bp.post("/<int:contact_id>/relations/<int:relation_id>")
@needs(Permission.CONTACT_EDIT)
def save_relation(contact_id: int, relation_id: int) -> Response:
    contact = service.find(contact_id)
    relation = relations.find_relation(contact, relation_id)
    form = RelationForm()
    seen, is_stale = form.seen.data or "", False
    if form.validate():
        try:
            relations.change(contact, relation, seen, form.entered())
        except Unrelated as error:
            form.since.errors = [str(error)]
        except service.Stale:
            seen, is_stale = relations.stamp(relations.find_relation(contact, relation_id)), True
        else:
            return _done(contact)
    return _show(contact, "relations", 422, relation_form=form, editing=relation, seen=seen, stale=is_stale)


@bp.post("/<int:contact_id>/relations/<int:relation_id>/removal")
@needs(Permission.CONTACT_EDIT)
def remove_relation(contact_id: int, relation_id: int) -> Response:
    contact = service.find(contact_id)
    relations.remove(relations.find_relation(contact, relation_id))
    return _done(contact)


@bp.post("/<int:contact_id>/death")
@needs(Permission.CONTACT_EDIT)
def mark_deceased(contact_id: int) -> Response:
    contact = service.find(contact_id)
    form = DeathForm()
    if form.validate():
        try:
            states.mark_deceased(contact, day_of(form.deceased_on), form.deceased_note.data or "")
        except states.Impossible as error:
            (form.deceased_note if error.is_about_note else form.deceased_on).errors = [str(error)]
        else:
            return _done(contact)
    return _show(contact, "standing", 422, state_forms=StateForms(death=form))


@bp.post("/<int:contact_id>/death/undo")
@needs(Permission.CONTACT_EDIT)
def unmark_deceased(contact_id: int) -> Response:
    contact = service.find(contact_id)
    states.unmark_deceased(contact)
    return _done(contact)


@bp.post("/<int:contact_id>/archive")
@needs(Permission.CONTACT_EDIT)
def archive(contact_id: int) -> Response:
    contact = service.find(contact_id)
    form = ArchiveForm()
    if form.validate():
        try:
            states.archive(contact, form.archived_note.data or "")
        except states.Impossible as error:
            form.archived_note.errors = [str(error)]
        else:
            return _done(contact)
    return _show(contact, "standing", 422, state_forms=StateForms(archive=form))


@bp.post("/<int:contact_id>/archive/undo")
@needs(Permission.CONTACT_EDIT)
def unarchive(contact_id: int) -> Response:
    contact = service.find(contact_id)
    states.unarchive(contact)
    return _done(contact)


@bp.get("/addresses/suggestions")
@needs(Permission.CONTACT_EDIT)
def suggest_places() -> Response:
    """Suburbs or towns of the organisation's own addresses that begin with what is typed into a line's field."""
    name, text = next(((n, t) for n, t in request.args.items() if n.startswith(("suburb-", "city-"))), ("city-", ""))
    field = name.partition("-")[0]
    found = queries.places(field, text.strip()[:100])
    return make_response(render_template("contacts/_places.html", field=field, found=found))


def _found(contact: Contact) -> dict[str, Any]:
    q = request.args.get("q", "").strip()[:200]
    rows = queries.page(Filter(text=q), 1, FOUND + 1) if q else []
    return {"q": q, "found": [row for row in rows if row.contact.id != contact.id][:FOUND]}

"""The list of contacts, adding one, and what can be done with many at once."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request, url_for

from portal.contacts import (
    acts,
    design_views,
    document_views,
    field_columns,
    field_controls,
    field_filters,
    fields,
    group_views,
    look_alikes,
    page_views,
    person_views,
    queries,
    service,
)
from portal.contacts.address_guards import AddressRefused
from portal.contacts.addresses import show_country
from portal.contacts.design_rules import Unfit
from portal.contacts.fields import FieldNotFound, PageNotFound
from portal.contacts.forms import NewContactForm
from portal.contacts.group_rules import ByRule
from portal.contacts.list_rules import fields_of
from portal.contacts.pages import bp
from portal.contacts.panels import chips_for
from portal.contacts.queries import PAGE, Filter
from portal.contacts.rules import ROLES
from portal.contacts.telephones import show_telephone
from portal.core.actor import current_actor
from portal.core.permissions import DataSet, Permission
from portal.web.access import needs
from portal.web.bodies import refuse_nul
from portal.web.errors import register_error
from portal.web.frame import Place, add_place
from portal.web.htmx import done, page_or_part
from portal.web.languages import register_language
from portal.web.paging import paging

STATES = {
    "undeliverable": "could not be reached", "no_email": "without an email address", "children": "children",
    "deceased": "deceased", "archived": "archived",
}  # fmt: skip
OF_EMAIL = frozenset({"undeliverable", "no_email"})
MOST_AT_ONCE = 20_000


@dataclass(frozen=True)
class Sentence:
    """A filter in words, with the address of the list without it."""

    words: str
    href: str


@bp.get("")
@needs(Permission.CONTACT_READ)
def index() -> Response:
    wanted = read_filter()
    total = queries.count(wanted)
    page = paging(total, PAGE)
    rows = queries.page(wanted, page.number)
    outlines, groups = fields.outlines(), queries.visible_groups()
    columns = field_columns.listed(outlines)
    controls = field_controls.controls(outlines, wanted.fields, request.args.get("by", ""))
    return page_or_part(
        "contacts/index.html",
        "contacts/_list.html",
        filter=wanted,
        rows=rows,
        page=page,
        chips=chips_for([row.contact.id for row in rows]),
        columns=columns,
        cells=field_columns.cells(columns, [row.contact.id for row in rows]),
        controls=controls,
        sentences=_sentences(wanted, controls),
        groups=groups,
        groups_by_hand=queries.groups_by_hand(),
        towns=queries.towns(),
        roles=ROLES,
        states=_states(),
        acts=acts.allowed(),
        as_group=fields_of(wanted),
        sort_href=_sort_href,
        sees_email=current_actor().sees(DataSet.EMAIL),
        sees_telephone=current_actor().sees(DataSet.TELEPHONE),
        words=request.args.to_dict(flat=False),
    )


@bp.get("/new")
@needs(Permission.CONTACT_EDIT)
def new() -> Response:
    return page_or_part("contacts/new.html", "contacts/_new.html", form=NewContactForm())


@bp.post("")
@needs(Permission.CONTACT_EDIT)
def add() -> Response:
    form = NewContactForm()
    if form.validate():
        if alike := _alike(form):
            return page_or_part("contacts/new.html", "contacts/_new.html", 422, form=form, alike=alike)
        try:
            contact = service.add(
                email=form.typed("email"),
                telephone=form.typed("telephone"),
                obtained=form.obtained.data or "",
                **form.values(),
            )
        except service.Nameless as error:
            named = form.organisation if form.kind.data == "body" else form.first_name
            named.errors = [str(error)]
        except service.NotYours as error:
            form.first_name.errors = [str(error)]
        except AddressRefused as error:
            (form.telephone if error.channel == "sms" else form.email).errors = [str(error)]
        else:
            return done(url_for("contacts.show", contact_id=contact.id))
    return page_or_part("contacts/new.html", "contacts/_new.html", 422, form=form)


def _alike(form: NewContactForm) -> list[look_alikes.LookAlike]:
    """Whom the new contact looks like, until somebody says that it is another one."""
    if "anyway" in request.form:
        return []
    return look_alikes.look(form.values(), form.typed("email"), form.typed("telephone"))


@bp.post("/chosen/groups")
@needs(Permission.CONTACT_EDIT)
def group_chosen() -> Response:
    """Put the chosen contacts into a group, or take them out of it."""
    ids = chosen()
    group_id = request.form.get("into", type=int) or 0
    if request.form.get("what") == "out":
        service.ungroup_contacts(ids, group_id)
    else:
        service.group_contacts(ids, group_id)
    return done(request.form.get("back", "") if _is_list(request.form.get("back", "")) else url_for("contacts.index"))


def chosen() -> list[int]:
    """The contacts chosen on the list: those ticked, or all that the list's filter finds. Who is out of the user's
    sight is not among them, and is not counted.
    """
    if request.form.get("all") == "1":
        return queries.ids(read_filter(request.form))[:MOST_AT_ONCE]
    return queries.visible_ids(_numbers(request.form.getlist("chosen")))


def read_filter(source: Any = None) -> Filter:
    """The filter in the page's address."""
    args = request.args if source is None else source
    refuse_nul(args)
    return Filter(
        text=args.get("q", "").strip()[:200],
        group_ids=_numbers(args.getlist("group")),
        not_group_ids=_numbers(args.getlist("not_group")),
        role=args.get("role", "") if args.get("role") in ROLES else "",
        kind=args.get("kind", "") if args.get("kind") in ("person", "body") else "",
        town=args.get("town", "")[:100] if g.actor.sees(DataSet.ADDRESS) else "",
        state=args.get("state", "") if args.get("state") in _states() else "",
        fields=field_filters.read_wishes(args),
        sort=args.get("sort", "name") if queries.is_sort(args.get("sort", "")) else "name",
        descending=args.get("down") == "1",
    )


def _states() -> dict[str, str]:
    """The states one may ask for; what an address is like only where one may know of addresses."""
    return {name: words for name, words in STATES.items() if name not in OF_EMAIL or g.actor.sees(DataSet.EMAIL)}


def _numbers(texts: list[str]) -> tuple[int, ...]:
    return tuple(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 12)


def _sentences(wanted: Filter, controls: field_controls.Controls) -> list[Sentence]:
    names = {group.id: group.name for group in queries.visible_groups()}
    found = []
    if wanted.text:
        found.append(Sentence(f"with “{wanted.text}”", _href("q")))
    if wanted.group_ids:
        found.append(
            Sentence("in " + " or ".join(names.get(i, "another group") for i in wanted.group_ids), _href("group"))
        )
    if wanted.not_group_ids:
        words = " or ".join(names.get(i, "another group") for i in wanted.not_group_ids)
        found.append(Sentence(f"not in {words}", _href("not_group")))
    if wanted.role:
        found.append(Sentence(f"{wanted.role}s", _href("role")))
    if wanted.kind:
        found.append(Sentence("people" if wanted.kind == "person" else "organisations", _href("kind")))
    if wanted.town:
        found.append(Sentence(f"town is {wanted.town}", _href("town")))
    if wanted.state:
        found.append(Sentence(STATES[wanted.state], _href("state")))
    return found + [Sentence(asked.words, _href(*asked.names)) for asked in controls.asked]


def _href(*without: str, **more: str) -> str:
    """The list's address without some words of it and the page, and with others."""
    words: dict[str, Any] = request.args.to_dict(flat=False)
    kept = {name: values for name, values in words.items() if name not in (*without, "page", "by", *more)}
    return url_for("contacts.index", **{**kept, **more})


def _sort_href(column: str) -> str:
    is_down = request.args.get("sort", "name") == column and request.args.get("down") != "1"
    return _href("down", sort=column, **({"down": "1"} if is_down else {}))


def _is_list(path: str) -> bool:
    return path.startswith("/contacts?") or path == "/contacts"


def register(app: Flask) -> None:
    # page_views, block_views, person_views and document_views put their routes on the same blueprint as this module
    document_views.register(app)
    register_language(queries.language_of)
    for blueprint in dict.fromkeys((page_views.bp, person_views.bp, group_views.bp, design_views.bp)):
        app.register_blueprint(blueprint)
    register_error(app, PageNotFound, 404)
    register_error(app, FieldNotFound, 404)
    register_error(app, Unfit, 422)
    register_error(app, service.ContactNotFound, 404)
    register_error(app, service.GroupNotFound, 404)
    register_error(app, ByRule, 422)
    app.jinja_env.filters["telephone"] = show_telephone
    app.jinja_env.filters["country"] = show_country
    add_place(Place("Contacts", "users", "contacts.index", "contacts", Permission.CONTACT_READ))
    add_place(Place("Groups", "layers", "groups.index", "groups", Permission.CONTACT_READ, wide=True))

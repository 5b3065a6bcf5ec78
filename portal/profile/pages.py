"""What the views of a person's own page share: the link behind the address, and the browser that asks."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template,
    request,
)

from portal.contacts import queries
from portal.contacts.models import Contact
from portal.core.actor import Actor, acting_as, system, the_person
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.profile import codes, links
from portal.profile.links import Link
from portal.profile.models import ProfileCode
from portal.profile.rules import REMOVE
from portal.web.htmx import page_or_part, wants_part

bp = Blueprint("profile", __name__, url_prefix="/p")
_DAYS = 90
Load = Callable[[Link], Any]
_blocks: dict[str, Load] = {}


def register_block(template: str, load: Load) -> None:
    """Let a higher feature show a block of its own on the page: a part that shows `block_data`, and asks `is_known`
    before it tells anything.
    """
    _blocks[template] = load


def blocks() -> list[tuple[str, Any]]:
    return [(template, load(link())) for template, load in _blocks.items()]


def browser() -> str:
    """The secret of this browser; "" while it has none."""
    return request.cookies.get(_cookie(), "")[:100]


def keep_browser(response: Response, secret: str) -> None:
    """Let the browser keep a secret, by which a code counts in it and in no other."""
    response.set_cookie(
        _cookie(), secret, max_age=_DAYS * 86_400, path="/", secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True, samesite="Lax",
    )  # fmt: skip


def new_browser() -> str:
    return browser() or secrets.token_urlsafe(24)


def link() -> Link:
    return g.actor_subject


def is_known() -> bool:
    """Whether the person has shown in this browser that he reads the mail of his address."""
    return bool(g.actor.may(Permission.CONTACT_EDIT))


def require_known() -> None:
    """Details stand only in a browser that is known; elsewhere the page is not there."""
    if not is_known():
        abort(404)


def page(template: str, status: int = 200, **context: Any) -> Response:
    return make_response(render_template(template, **_around(), **context), status)


def page_or_block(page: str, part: str, status: int = 200, **context: Any) -> Response:
    """A page, or for htmx the part of it that stands where the block stood."""
    return page_or_part(page, part, status, is_part=wants_part(), **_around(), **context)


def block(part: str, **context: Any) -> Response:
    """A part alone, for htmx."""
    return page_or_part(part, part, **_around(), **context)


def _around() -> dict[str, Any]:
    mine = link()
    return {
        "token": request.view_args["token"] if request.view_args else "", "link": mine, "is_known": is_known(),
        "name": queries.familiar_name(mine.contact),
    }  # fmt: skip


def resolve(org_id: int, subject: int) -> Actor | None:
    """The person whom the link was for. He may change his details in a browser that is known; elsewhere nothing."""
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        found = links.read(subject)
        if found is None:
            return None
        known = codes.is_known(found.contact, browser())
    g.actor_subject = found
    return _actor(org_id, found.contact, known)


def resolve_code(org_id: int, code_id: int) -> Actor | None:
    """The person to whom a code was sent. One that removes is typed, and no button stands for it."""
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        row = ProfileCode.get_or_none(ProfileCode.id == code_id)
        found = links.read(row.link) if row else None
    if row is None or row.kind == REMOVE or found is None or found.contact.id != row.contact_id:
        return None
    g.actor_subject, g.code = found, row
    return _actor(org_id, found.contact, is_known=True)


def _actor(org_id: int, contact: Contact, is_known: bool) -> Actor:
    mine = replace(the_person(org_id), contact_id=contact.id)
    more = {Permission.CONTACT_READ, Permission.CONTACT_EDIT}
    return replace(mine, permissions=mine.permissions | more) if is_known else mine


def _cookie() -> str:
    return "__Host-me" if current_app.config["SESSION_COOKIE_SECURE"] else "me"

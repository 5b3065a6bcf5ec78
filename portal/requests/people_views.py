"""What people ask themselves: on their own page, behind its code; and complaints, by the link at the foot of each
message, which shows a first name and nothing that is kept.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, redirect, request, url_for

from portal.core.actor import Actor, acting_as, current_actor, system, the_person
from portal.core.clock import now
from portal.core.tenancy import Org
from portal.core.text import InvalidText, clean_text
from portal.core.words import _
from portal.delivery import complaint_page, transport
from portal.privacy_notice.rules import REGULATOR
from portal.profile import links, pages
from portal.profile.links import Link
from portal.profile.pages import link, page
from portal.requests import desk, mails, queries, service
from portal.requests.forms import LONGEST
from portal.requests.models import Request
from portal.requests.rules import ASKED, BY_THEMSELVES, COMPLAINTS, KINDS, MOST_OWN
from portal.requests.service import Asked
from portal.web.access import linked, register_link
from portal.web.limits import limiter

own = Blueprint("own_requests", __name__, url_prefix="/p")
complaints = Blueprint("complaints", __name__, url_prefix="/complaints")
NEEDING_WORDS = ("correct", "object", "complaint")
SHORTLY = timedelta(hours=1)


@own.get("/<token>/requests")
@linked(links.PURPOSE)
def show(token: str) -> Response:
    _require_known()
    return _own()


@own.post("/<token>/requests")
@linked(links.PURPOSE)
@limiter.limit("30 per hour")
def ask(token: str) -> Response:
    _require_known()
    made = _receive("page", ASKED, service.BY_CODE)
    if isinstance(made, Request):
        return _to("own_requests.show", token, made)
    return _own(made[1], errors=made[0])


@complaints.get("/<token>")
@linked(complaint_page.PURPOSE)
def write(token: str) -> Response:
    return _complaint()


@complaints.post("/<token>")
@linked(complaint_page.PURPOSE)
@limiter.limit("30 per hour")
def complain(token: str) -> Response:
    """The button says so, not the form: a program that sends forms as they stand complains of nobody (G01)."""
    if request.form.get("what") != "complain":
        return _complaint(422, {"text": _("Nothing was sent yet. Press the button to send it.")})
    made = _receive("link", COMPLAINTS, "")
    if isinstance(made, Request):
        return _to("complaints.write", token, made)
    return _complaint(made[1], errors=made[0])


def _receive(channel: str, kinds: tuple[str, ...], verified_how: str) -> Request | tuple[dict[str, str], int]:
    """Keep what was written, or say what is amiss, by the field, with the status."""
    mine, kind = link(), request.form.get("kind", "")
    errors: dict[str, str] = {}
    text = ""
    if kind not in kinds:
        errors["kind"] = _("Choose what it is about.")
    try:
        text = clean_text(request.form.get("text", ""), max_length=LONGEST, lines=True)
    except InvalidText as error:
        errors["text"] = _(str(error))
    if kind in NEEDING_WORDS and not text and "text" not in errors:
        errors["text"] = _("Write what it is about, so that we can answer.")
    if errors:
        return errors, 422
    if queries.own_today(mine.contact.id) >= MOST_OWN:
        return {"text": _("You wrote to us several times today already. Try again tomorrow, or telephone us.")}, 429
    made = service.receive(
        Asked(
            kind, channel, text, contact_id=mine.contact.id, mac=mine.mac, delivery=mine.delivery,
            verified_how=verified_how,
        )
    )  # fmt: skip
    mails.send_receipt(made)
    return made


def _own(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return _page("requests/own.html", status, errors, kinds=ASKED, asked=queries.own(link().contact.id))


def _complaint(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return _page("requests/complaint.html", status, errors, kinds=COMPLAINTS, taken_by=desk.recipient_name())


def _page(template: str, status: int, errors: dict[str, str] | None, **more: Any) -> Response:
    return page(
        template, status, errors=errors or {}, typed=request.form, words=KINDS, made=_just_made(), regulator=REGULATOR,
        **more,
    )  # fmt: skip


def _just_made() -> Request | None:
    """The request that was written a moment ago; its number is shown to whoever wrote it, and not to a later reader."""
    text = request.args.get("done", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    mine = (Request.id == int(text)) & (Request.contact_id == link().contact.id) & Request.channel.in_(BY_THEMSELVES)
    return Request.get_or_none(mine, Request.created_at > now() - SHORTLY)


def _to(endpoint: str, token: str, made: Request) -> Response:
    return redirect(url_for(endpoint, token=token, done=made.id), 303)  # type: ignore[return-value]


def _require_known() -> None:
    if not pages.is_known():
        abort(404)


def resolve(org_id: int, subject: int) -> Actor | None:
    """The person to whom the message went: he may complain, and sees nothing."""
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        found = links.read(subject)
    if found is None:
        return None
    g.actor_subject = found
    return replace(the_person(org_id), contact_id=found.contact.id)


def _block(mine: Link) -> dict[str, Any]:
    """What the own page shows of it: how many are open, and where one complains."""
    is_open = [one for one in queries.own(mine.contact.id) if one.is_open] if pages.is_known() else []
    org_id = current_actor().org_id
    return {"open": len(is_open), "complaint_url": complaint_page.url(transport.base_url(), org_id, mine.subject)}


def register(app: Flask) -> None:
    app.register_blueprint(own)
    app.register_blueprint(complaints)
    register_link(complaint_page.PURPOSE, resolve)
    pages.register_block("requests/_own.html", _block)

"""/ask/<token>: what a person is asked, with two buttons. Looking changes nothing, whoever looks."""

from dataclasses import dataclass, field

from flask import Blueprint, Flask, Response, abort, g, make_response, render_template, request

from portal.asking import service
from portal.asking.rules import ways
from portal.consent.grounds import CHANNELS
from portal.contacts.models import Contact
from portal.core.actor import Actor, acting_as, system, the_person
from portal.core.tenancy import Org
from portal.core.text import InvalidText, clean_text
from portal.delivery.models import Delivery
from portal.web.access import linked, register_link
from portal.web.limits import limiter
from portal.web.proxies import address

bp = Blueprint("answer", __name__)
PURPOSE = "ask"


@dataclass
class Typed:
    """What somebody filled in, with what is wrong at each place."""

    channels: list[str] = field(default_factory=list)
    name: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@bp.get("/ask/<token>")
@linked(PURPOSE)
def show(token: str) -> Response:
    return _page(token, Typed())


@bp.post("/ask/<token>")
@linked(PURPOSE, crosses_sites=True)
@limiter.limit("30 per hour")
def answer(token: str) -> Response:
    asked = _asked()
    typed = Typed(request.form.getlist("channel"), request.form.get("name", ""))
    said = request.form.get("answer")
    if said not in ("yes", "no"):
        return _page(token, typed)
    try:
        typed.name = clean_text(typed.name, max_length=200)
        service.answer(
            asked, is_yes=said == "yes", channels=typed.channels, name=typed.name, address=address(),
            agent=request.user_agent.string,
        )  # fmt: skip
    except InvalidText as error:
        typed.errors["name"] = str(error)
    except service.BadAnswer as error:
        typed.errors[error.field] = str(error)
    return _page(token, typed, 422) if typed.errors else _page(token, Typed())


def _asked() -> service.Question:
    asked = service.question(g.actor_subject)
    if asked is None:
        abort(404)
    return asked


def _page(token: str, typed: Typed, status: int = 200) -> Response:
    asked = _asked()
    contact = Contact.get_or_none(Contact.id == asked.delivery.contact_id)
    kept = asked.answer.channels if asked.answer and asked.is_held else []
    ticked = typed.channels if typed.errors else kept  # once answered, what holds now
    html = render_template(
        "asking/answer.html", token=token, asked=asked, typed=typed, ticked=ticked, channels=CHANNELS,
        agreed=ways(asked.answer.channels) if asked.answer else "",
        name=(contact.preferred_name or contact.first_name) if contact else "",
    )  # fmt: skip
    return make_response(html, status)


def _resolve(org_id: int, delivery_id: int) -> Actor | None:
    """The person whom the message was for, with no rights but the link's; nobody once he was erased."""
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        row = Delivery.get_or_none(Delivery.id == delivery_id)
        contact = Contact.get_or_none(Contact.id == row.contact_id, Contact.erased_at.is_null()) if row else None
    if contact is None:
        return None
    g.actor_subject = row
    return the_person(org_id)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_link(PURPOSE, _resolve)

"""/r/<token>: somebody has his details removed. Looking changes nothing; it takes two pages and a code, which goes to
the address that the link was sent to, so that nobody does it by accident, and no reader of a message passed on.
"""

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request, url_for

from portal.core.actor import Actor, acting_as, system, the_person
from portal.core.keys import make_token
from portal.core.tenancy import Org
from portal.delivery.removal import PURPOSE
from portal.privacy import certificate
from portal.profile import links, pages
from portal.profile.codes import BadCode, NoCode, TooMany
from portal.profile.pages import link, page
from portal.profile.rules import hint_of
from portal.removal import service
from portal.web.access import linked, register_link
from portal.web.limits import limiter

bp = Blueprint("removal", __name__, url_prefix="/r")
DONE = "gone"  # the purpose of the link to what was done: it names nobody


@bp.get("/<token>")
@linked(PURPOSE)
def show(token: str) -> Response:
    return _show()


@bp.post("/<token>/codes")
@linked(PURPOSE)
@limiter.limit("20 per hour")
def ask_code(token: str) -> Response:
    secret = pages.new_browser()
    try:
        service.ask(link(), secret)
    except NoCode as error:
        return _show(429 if isinstance(error, TooMany) else 422, said=str(error))
    response: Response = redirect(url_for("removal.enter", token=token), 303)  # type: ignore[assignment]
    pages.keep_browser(response, secret)
    return response


@bp.get("/<token>/code")
@linked(PURPOSE)
def enter(token: str) -> Response:
    return _enter()


@bp.post("/<token>/code")
@linked(PURPOSE)
@limiter.limit("60 per hour")
def remove(token: str) -> Response:
    mine, code = link(), request.form.get("code", "")
    if request.form.get("sure") != "1":
        return _enter(422, code=code, is_unsure=True)
    try:
        made = service.remove(mine, pages.browser(), code)
    except BadCode as error:
        return _enter(422, error=str(error))
    except service.Held:
        return page("removal/held.html", 409)
    done = make_token(DONE, made.org_id, made.id)
    return redirect(url_for("removal.done", token=done), 303)  # type: ignore[return-value]


@bp.get("/done/<token>")
@linked(DONE)
def done(token: str) -> Response:
    made = g.actor_subject
    return make_response(
        render_template("removal/done.html", token=token, number=certificate.number_of(made), ended_at=made.ended_at)
    )


@bp.get("/done/<token>/certificate")
@linked(DONE)
def certify(token: str) -> Response:
    """The certificate that staff have too; it names nobody."""
    made = g.actor_subject
    response = make_response(certificate.render(made))
    response.headers["Content-Type"] = "application/pdf"
    name = f"certificate-of-erasure-{certificate.number_of(made)}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _show(status: int = 200, said: str = "") -> Response:
    mine = link()
    own_page = links.token(mine.contact.org_id, mine.subject)
    return page("removal/show.html", status, said=said, own_page=own_page)


def _enter(status: int = 200, error: str = "", code: str = "", is_unsure: bool = False) -> Response:
    where = hint_of(link().address)
    return page("removal/enter.html", status, where=where, error=error, code=code, is_unsure=is_unsure)


def _resolve_done(org_id: int, erasure_id: int) -> Actor | None:
    """Whoever kept the link to what was done; nobody is named there."""
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        made = service.find(erasure_id)
    if made is None:
        return None
    g.actor_subject = made
    return the_person(org_id)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_link(PURPOSE, pages.resolve)
    register_link(DONE, _resolve_done)

"""Settings: from which countries an organisation's people sign in, who may from elsewhere for a time, and whether a
second factor is asked for.
"""

from datetime import date, datetime, timedelta

from flask import Blueprint, Flask, Response, request, url_for

from portal.accounts import places
from portal.accounts import service as accounts
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.gateways.countries import NAMES, TEN, TEN_DATED, TEN_SOURCE
from portal.signin import abroad
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part

bp = Blueprint("places", __name__, url_prefix="/settings/sign-in")


@bp.get("")
@needs(Permission.USERS, fresh=True)
def show() -> Response:
    return _page()


@bp.post("/countries")
@needs(Permission.USERS, fresh=True)
def set_countries() -> Response:
    chosen = [code for code in request.form.getlist("country") if code in NAMES]
    try:
        places.set_countries(chosen, _is_confirmed())
    except places.BadCountries as error:
        return _page(422, chosen=chosen, countries_error=str(error))
    except places.NeedsConfirming as error:
        return _page(422, chosen=chosen, risky=str(error))
    return done(url_for("places.show", saved=1))


@bp.post("/second-factor")
@needs(Permission.USERS, fresh=True)
def set_factor() -> Response:
    accounts.set_details(requires_factor=int(request.form.get("requires_factor") == "1"))
    return done(url_for("places.show", saved=1))


@bp.post("/exceptions")
@needs(Permission.USERS, fresh=True)
def allow() -> Response:
    """Let one person sign in from one country, until a day or for good."""
    typed = {name: request.form.get(name, "") for name in ("member", "abroad", "until")}
    member = typed["member"]
    try:
        membership = accounts.find_membership(int(member) if member.isdecimal() and len(member) < 16 else 0)
        places.allow(membership, typed["abroad"], _until(typed["until"]), _is_confirmed())
    except accounts.NotFound:
        return _page(422, typed=typed, allow_error="Choose a person.")
    except places.BadException as error:
        return _page(422, typed=typed, allow_error=str(error))
    except places.NeedsConfirming as error:
        return _page(422, typed=typed, risky_exception=str(error))
    return done(url_for("places.show", saved=1))


@bp.post("/exceptions/<int:exception_id>/answer")
@needs(Permission.USERS, fresh=True)
def answer(exception_id: int) -> Response:
    try:
        abroad.answer(exception_id, request.form.get("granted") == "1", _is_confirmed())
    except places.NeedsConfirming as error:
        return _page(422, asked=exception_id, risky_wish=str(error))
    return done(url_for("places.show", saved=1))


@bp.post("/exceptions/<int:exception_id>/end")
@needs(Permission.USERS, fresh=True)
def end(exception_id: int) -> Response:
    places.end(exception_id)
    return done(url_for("places.show", saved=1))


def _page(status: int = 200, **more: object) -> Response:
    org = accounts.current_org()
    context: dict[str, object] = {
        "chosen": org.countries, "effective": sorted(places.of_org(org)), "names": NAMES, "ten": TEN,
        "ten_dated": TEN_DATED, "ten_source": TEN_SOURCE, "members": accounts.members(),
        "exceptions": places.exceptions(), "requires_factor": org.requires_factor, "saved": request.args.get("saved"),
        "soon": (now() + timedelta(days=14)).date(), "typed": {}, "countries_error": "", "allow_error": "",
        "risky": "", "risky_exception": "", "risky_wish": "", "asked": None,
    }  # fmt: skip
    return page_or_part("settings/sign_in.html", "settings/_sign_in.html", status, **(context | more))


def _until(text: str) -> datetime | None:
    """The end of the day that was typed; nothing typed is for good."""
    if not text:
        return None
    try:
        return places.end_of(date.fromisoformat(text), accounts.current_org())
    except ValueError:
        raise places.BadException("Enter a day such as 2026-12-24, or leave it empty.") from None


def _is_confirmed() -> bool:
    return request.form.get("confirmed") == "1"


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_error(app, places.NoException, 404)

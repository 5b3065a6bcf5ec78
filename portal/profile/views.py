"""/p/<token>: a person's own page. Looking changes nothing, whoever looks; a link that was passed on shows a first name
and what its owner receives, and nothing more until a code was typed.
"""

from typing import Any

from flask import Flask, Response, g, redirect, request, url_for

from portal.consent.spacing import SPACINGS
from portal.contacts.address_guards import AddressRefused
from portal.contacts.rules import LANGUAGES
from portal.core.keys import make_token
from portal.delivery import removal
from portal.profile import (
    asked_views,
    block_views,
    codes,
    designed,
    designed_views,
    detail_views,
    details,
    finding,
    finding_views,
    joining,
    links,
    pacing,
    pages,
    paper,
    paper_views,
    preferences,
    settings_views,
    staff_views,
    why_views,
)
from portal.profile.codes import BadCode, NoCode, TooMany
from portal.profile.deciding import NothingAsked
from portal.profile.levels import NotOffered
from portal.profile.pages import bp, link, page
from portal.profile.rules import EMAIL, ENTER, hint_of
from portal.web.access import linked, register_link
from portal.web.errors import register_error
from portal.web.limits import limiter


@bp.get("/<token>")
@linked(links.PURPOSE)
def show(token: str) -> Response:
    return _show()


@bp.post("/<token>/preferences")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def choose(token: str) -> Response:
    preferences.choose(link(), _numbers("purpose"))
    joining.choose(link(), _numbers("offered"), _numbers("group"))
    pacing.choose(link(), request.form.get("spacing", ""))
    preferences.speak(link(), request.form.get("language", ""))
    return _to("profile.show", token, done="kept")


@bp.post("/<token>/leaving")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def leave(token: str) -> Response:
    """The button says so, not the form: a program that sends forms as they stand presses nothing (G01)."""
    if request.form.get("what") != "leave":
        return _to("profile.show", token)
    preferences.leave(link())
    return _to("profile.show", token, done="left")


@bp.post("/<token>/return")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def undo_leaving(token: str) -> Response:
    if request.form.get("what") != "stay":
        return _to("profile.show", token)
    preferences.undo(link())
    return _to("profile.show", token, done="kept")


@bp.post("/<token>/renewal")
@linked(links.PURPOSE)
@limiter.limit("10 per hour")
def renew(token: str) -> Response:
    """For a link that went to an address which is not the person's any more. Says the same whatever was done."""
    if not link().address:
        finding.renew(link())
    return _to("profile.show", token, done="renewed")


@bp.post("/<token>/codes")
@linked(links.PURPOSE)
@limiter.limit("20 per hour")
def ask_code(token: str) -> Response:
    secret = pages.new_browser()
    try:
        codes.send(link(), secret)
    except NoCode as error:
        return _show(429 if isinstance(error, TooMany) else 422, said=str(error))
    response = _to("profile.enter", token)
    pages.keep_browser(response, secret)
    return response


@bp.get("/<token>/code")
@linked(links.PURPOSE)
def enter(token: str) -> Response:
    return _enter()


@bp.post("/<token>/code")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def use_code(token: str) -> Response:
    mine, secret = link(), pages.browser()
    try:
        codes.use(codes.newest(mine.contact, ENTER, secret) if secret else None, request.form.get("code", ""))
    except BadCode as error:
        return _enter(422, error=str(error))
    codes.know(mine, secret, is_to_last=request.form.get("remember") == "1")
    return _to("profile.show", token)


@bp.post("/<token>/forgetting")
@linked(links.PURPOSE)
def forget(token: str) -> Response:
    codes.forget(link().contact, pages.browser())
    return _to("profile.show", token, done="forgotten")


@bp.get("/code/<token>")
@linked(codes.PURPOSE)
def look_at_code(token: str) -> Response:
    """What the button of the mail leads to. A mail program that follows it presses nothing."""
    return page("profile/code.html", row=g.code, is_mine=_is_mine())


@bp.post("/code/<token>")
@linked(codes.PURPOSE)
@limiter.limit("60 per hour")
def press(token: str) -> Response:
    mine, row = link(), g.code
    if not _is_mine():
        return page("profile/code.html", 422, row=row, is_mine=False)
    back = links.token(row.org_id, row.link)
    try:
        if row.kind == EMAIL:
            details.add_email(mine, row, "", is_from_mail=True)
            return _to("profile.emails", back, done="added")
        codes.use(row, "", is_from_mail=True)
    except (BadCode, AddressRefused) as error:
        return page("profile/code.html", 422, row=row, is_mine=True, error=str(error))
    codes.know(mine, pages.browser(), is_to_last=request.form.get("remember") == "1")
    return _to("profile.show", back)


def _numbers(name: str) -> set[int]:
    """The ids that were sent by this name."""
    return {int(text) for text in request.form.getlist(name) if text.isascii() and text.isdigit() and len(text) < 12}


def _is_mine() -> bool:
    """Whether the code was asked for in this browser."""
    secret = pages.browser()
    waiting = codes.newest(link().contact, g.code.kind, secret) if secret else None
    return waiting is not None and waiting.id == g.code.id


def _show(status: int = 200, said: str = "") -> Response:
    mine = link()
    known: dict[str, Any] = {"known": None}
    if pages.is_known():
        known = {
            **block_views.of_page(), "sheets": designed.sheets(mine.contact),
            "may_mail": paper.may_mail(mine, pages.browser()),
        }  # fmt: skip
    return page(
        "profile/show.html", status, choices=preferences.choices(mine), is_gone=preferences.is_gone(mine),
        may_undo=preferences.may_undo(mine),
        languages=LANGUAGES, said=said, groups=joining.choices(mine), spacings=SPACINGS, blocks=pages.blocks(),
        removal=make_token(removal.PURPOSE, mine.contact.org_id, mine.subject), **known,
    )  # fmt: skip


def _enter(status: int = 200, error: str = "") -> Response:
    return page("profile/enter.html", status, where=hint_of(link().address), error=error)


def _to(endpoint: str, token: str, done: str | None = None) -> Response:
    return redirect(url_for(endpoint, token=token, done=done), 303)  # type: ignore[return-value]


def register(app: Flask) -> None:
    # these put their routes on the same blueprint as this module
    own = (block_views.bp, detail_views.bp, designed_views.bp, paper_views.bp, why_views.bp)
    for blueprint in dict.fromkeys((*own, staff_views.bp, settings_views.bp, asked_views.bp, finding_views.bp)):
        app.register_blueprint(blueprint)
    register_error(app, NotOffered, 404)
    register_error(app, NothingAsked, 404)
    register_link(links.PURPOSE, pages.resolve)
    register_link(codes.PURPOSE, pages.resolve_code)

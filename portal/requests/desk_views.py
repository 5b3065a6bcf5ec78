"""Beside the desk: who receives what comes in, the texts of answers, and the counters of a year."""

from flask import Flask, Response, abort, request, url_for

from portal.core.permissions import Permission
from portal.requests import desk, queries, texts
from portal.requests.desk import NoRecipient
from portal.requests.forms import OwnerForm, TextForm
from portal.requests.models import Desk
from portal.requests.pages import bp
from portal.requests.rules import GROUNDS, KINDS, OUTCOMES, bounds_of
from portal.requests.texts import BadText
from portal.web.access import needs
from portal.web.htmx import done, page_or_part


@bp.get("/settings")
@needs(Permission.PRIVACY)
def settings() -> Response:
    row = Desk.select().first()
    return _settings(OwnerForm(None, formdata=None, data={"user_id": str(row.user_id or "") if row else ""}))


@bp.post("/settings/recipient")
@needs(Permission.SETTINGS)
def set_recipient() -> Response:
    form = OwnerForm(None)
    if form.validate():
        try:
            desk.set_recipient(form.chosen)
        except NoRecipient as error:
            form.user_id.errors = [str(error)]
        else:
            return done(url_for("requests.settings"))
    return _settings(form, 422)


@bp.get("/settings/text")
@needs(Permission.PRIVACY)
def edit_text() -> Response:
    key = _key(request.args.get("of", texts.KEYS[0]))
    return _text(key, TextForm(formdata=None, data={"text": texts.text_of(key)}))


@bp.post("/settings/text")
@needs(Permission.PRIVACY)
def save_text() -> Response:
    key, form = _key(request.form.get("of", "")), TextForm()
    if form.validate():
        try:
            texts.save(key, "" if request.form.get("act") == "standard" else form.text.data or "")
        except BadText as error:
            form.text.errors = [str(error)]
        else:
            return done(url_for("requests.settings"))
    return _text(key, form, 422)


@bp.get("/counters")
@needs(Permission.PRIVACY)
def counters() -> Response:
    years = queries.years()
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and int(asked) in years else years[0]
    first, last = bounds_of(year)
    return page_or_part(
        "requests/counters.html", "requests/_counters.html", years=years, year=year, first=first, last=last,
        counters=queries.counters(year), kinds=KINDS, grounds=GROUNDS,
    )  # fmt: skip


def _settings(form: OwnerForm, status: int = 200) -> Response:
    return page_or_part(
        "requests/settings.html", "requests/_settings.html", status, form=form, kinds=KINDS, outcomes=OUTCOMES,
        own=texts.own_keys(), officer=desk.recipient_name(),
    )  # fmt: skip


def _text(key: str, form: TextForm, status: int = 200) -> Response:
    kind, _, outcome = key.partition(".")
    return page_or_part(
        "requests/text.html", "requests/_text.html", status, form=form, key=key, kind=kind, outcome=outcome,
        kinds=KINDS, outcomes=OUTCOMES, fields=texts.FIELDS, is_own=key in texts.own_keys(),
    )  # fmt: skip


def _key(key: str) -> str:
    if key not in texts.KEYS:
        abort(404)
    return key


def register(_app: Flask) -> None:
    """Its routes are those of the desk's blueprint."""

"""/support: who tries to sign in, from where, and what support can do about it. For support users only."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, render_template, request, url_for
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired

from portal.accounts.models import User
from portal.contacts.forms import plain
from portal.core.permissions import Permission
from portal.core.text import InvalidText, clean_text
from portal.gateways.countries import name_of
from portal.signin import devices, login, people
from portal.signin.rules import OUTCOMES
from portal.support import acts, queries
from portal.web.access import needs
from portal.web.forms import Form
from portal.web.frame import Place, add_place
from portal.web.htmx import done
from portal.web.paging import paging

bp = Blueprint("support", __name__, url_prefix="/support")
SIZE = 25
DAYS = 30


class WriteForm(Form):
    subject = StringField("Subject", [DataRequired("Enter a subject."), plain])
    words = TextAreaField("What you want to say", [DataRequired("Write something first.")])

    def validate_words(self, control: TextAreaField) -> None:
        try:
            control.data = clean_text(control.data or "", max_length=5_000, lines=True)
        except InvalidText as error:
            raise ValidationError(str(error)) from error


@bp.get("")
@needs(Permission.SUPPORT)
def index() -> str:
    found = queries.attempts()
    page = paging(found.count(), SIZE)
    return render_template(
        "support/index.html", series=queries.series(), countries=queries.by_country(DAYS), days=DAYS, page=page,
        **_attempts(found, page.number),
    )  # fmt: skip


@bp.get("/series/<int:series_id>")
@needs(Permission.SUPPORT)
def series(series_id: int) -> str:
    one = queries.one_series(series_id)
    if one is None:
        abort(404)
    found = queries.attempts_of_series(one.row)
    page = paging(found.count(), SIZE)
    return render_template("support/series.html", one=one, page=page, **_attempts(found, page.number))


@bp.get("/users/<int:user_id>")
@needs(Permission.SUPPORT)
def user(user_id: int) -> Response:
    return _user(user_id, WriteForm(formdata=None))


@bp.post("/users/<int:user_id>/lock")
@needs(Permission.SUPPORT, fresh=True)
def lock(user_id: int) -> Response:
    if _find(user_id).id == login.person().user.id:
        return _user(user_id, WriteForm(formdata=None), 422, "You cannot lock your own account.")
    people.lock_account(user_id, _me())
    return done(url_for("support.user", user_id=user_id, said="locked"))


@bp.post("/users/<int:user_id>/unlock")
@needs(Permission.SUPPORT, fresh=True)
def unlock(user_id: int) -> Response:
    """The account is open again, and its series of wrong passwords is over."""
    people.unlock_account(_find(user_id), _me())
    return done(url_for("support.user", user_id=user_id, said="unlocked"))


@bp.post("/users/<int:user_id>/message")
@needs(Permission.SUPPORT, fresh=True)
def write(user_id: int) -> Response:
    form = WriteForm()
    if not form.validate():
        return _user(user_id, form, 422)
    acts.write_to(_find(user_id), login.person().user, form.subject.data or "", form.words.data or "")
    return done(url_for("support.user", user_id=user_id, said="written"))


def _user(user_id: int, form: WriteForm, status: int = 200, sentence: str = "") -> Response:
    found = _find(user_id)
    rows = queries.attempts_of(found)
    page = paging(rows.count(), SIZE)
    return make_response(
        render_template(
            "support/user.html", user=found, form=form, page=page, devices=devices.of(found), sentence=sentence,
            organisations=acts.organisations_of(found), standing=acts.standing_of(found),
            said=request.args.get("said"), **_attempts(rows, page.number),
        ),
        status,
    )  # fmt: skip


def _attempts(query: Any, number: int) -> dict[str, object]:
    rows = list(query.paginate(number, SIZE))
    ids = [row.user_id for row in rows if row.user_id]
    users = {one.id: one for one in User.select().where(User.id.in_(ids or [0]))}
    return {"attempts": rows, "users": users, "outcomes": OUTCOMES, "name_of": name_of}


def _find(user_id: int) -> User:
    found = User.get_or_none(User.id == user_id)
    if found is None:
        abort(404)
    return found


def _me() -> str:
    return f"{login.person().user.name} (support)"


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    add_place(Place("Sign-ins", "shield", "support.index", "support", Permission.SUPPORT, wide=True))

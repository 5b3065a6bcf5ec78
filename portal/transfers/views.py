"""Settings: through whose hands details go, and where that is."""

from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired

from portal.contacts.dates import InvalidDate, parse_date
from portal.contacts.forms import plain
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.core.text import InvalidText, clean_text
from portal.gateways.countries import NAMES, name_of
from portal.transfers import copies, service
from portal.transfers.models import Operator
from portal.transfers.rules import GROUNDS, SERVICES
from portal.transfers.service import BadOperator, Line
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.forms import Form
from portal.web.htmx import done, page_or_part

bp = Blueprint("transfers", __name__, url_prefix="/settings/transfers")


class OperatorForm(Form):
    name = StringField("Name", [DataRequired("Give its name, such as the company's."), plain])
    service = SelectField("What it does", choices=[SelectChoice(*pair) for pair in SERVICES.items()])
    host = StringField("Its server's name", [plain])
    country = SelectField(
        "Country", default="ZA",
        choices=[SelectChoice(code, name) for code, name in sorted(NAMES.items(), key=lambda pair: pair[1])],
    )  # fmt: skip
    ground = SelectField(
        "Why details may go there",
        choices=[SelectChoice("", "It is in South Africa"), *(SelectChoice(*pair) for pair in GROUNDS.items())],
    )
    contract_on = StringField("Agreement signed on", [plain])
    note = TextAreaField("Note")

    def validate_contract_on(self, control: Any) -> None:
        try:
            parse_date(control.data or "", today=now().date())
        except InvalidDate as error:
            raise ValidationError(str(error)) from error

    def validate_note(self, control: Any) -> None:
        try:
            control.data = clean_text(control.data or "", max_length=500, lines=True)
        except InvalidText as error:
            raise ValidationError(str(error)) from error

    def line(self) -> Line:
        return Line(
            self.name.data or "", self.service.data, self.country.data, (self.host.data or "").lower(),
            self.ground.data or "", parse_date(self.contract_on.data or "", today=now().date()), self.note.data or "",
        )  # fmt: skip


@bp.get("")
@needs(Permission.SETTINGS)
def index() -> Response:
    operators = service.everything()
    return page_or_part(
        "transfers/index.html", "transfers/_list.html",
        operators=operators, services=SERVICES, grounds=GROUNDS, country=name_of, clause=service.clause(),
        warnings={one.id: service.warning(one) for one in operators if not one.archived_at},
        unknown_relay=service.unnoted_relay(), copies=copies.noted(),
    )  # fmt: skip


@bp.get("/new")
@needs(Permission.SETTINGS)
def new() -> Response:
    host, does = request.args.get("host", "")[:200], request.args.get("service", "")
    data = {"host": host, "name": host, "service": does if does in SERVICES else "mail"}
    return _form(None, OperatorForm(formdata=None, data=data))


@bp.post("")
@needs(Permission.SETTINGS)
def add() -> Response:
    form = OperatorForm()
    if form.validate():
        try:
            service.add(form.line())
        except BadOperator as error:
            form[error.field].errors = [str(error)]
        else:
            return done(url_for("transfers.index"))
    return _form(None, form, 422)


@bp.get("/<int:operator_id>")
@needs(Permission.SETTINGS)
def edit(operator_id: int) -> Response:
    operator = service.find(operator_id)
    signed = operator.contract_on.isoformat() if operator.contract_on else ""
    return _form(operator, OperatorForm(formdata=None, obj=operator, data={"contract_on": signed}))


@bp.post("/<int:operator_id>")
@needs(Permission.SETTINGS)
def change(operator_id: int) -> Response:
    operator = service.find(operator_id)
    form = OperatorForm()
    if form.validate():
        try:
            service.change(operator, form.line())
        except BadOperator as error:
            form[error.field].errors = [str(error)]
        else:
            return done(url_for("transfers.index"))
    return _form(operator, form, 422)


@bp.post("/<int:operator_id>/archiving")
@needs(Permission.SETTINGS)
def archive(operator_id: int) -> Response:
    service.archive(service.find(operator_id))
    return done(url_for("transfers.index"))


def _form(operator: Operator | None, form: OperatorForm, status: int = 200) -> Response:
    return page_or_part("transfers/edit.html", "transfers/_edit.html", status, operator=operator, form=form)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_error(app, service.OperatorNotFound, 404)

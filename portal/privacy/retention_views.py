"""Settings: how long contacts are kept; and the list of those whose time is over, for a person to decide."""

from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from portal.consent import purposes
from portal.contacts import queries as contacts
from portal.contacts.service import ContactNotFound, GroupNotFound
from portal.core.permissions import Permission
from portal.privacy import retention
from portal.privacy.erasing import Kept
from portal.privacy.forms import RetentionForm
from portal.privacy.models import RetentionRule
from portal.privacy.retention_rules import ACTIONS, TRIGGERS, BadRule
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.forms import word_problem
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging

bp = Blueprint("retention", __name__, url_prefix="/settings/retention")


@bp.get("")
@needs(Permission.SETTINGS)
def index() -> Response:
    return page_or_part(
        "privacy/retention.html", "privacy/_retention.html", lines=retention.lines(), triggers=TRIGGERS,
        actions=ACTIONS,
    )  # fmt: skip


@bp.get("/new")
@needs(Permission.SETTINGS)
def new() -> Response:
    return _edit(None, RetentionForm(formdata=None, data={"months": 24}))


@bp.post("")
@needs(Permission.SETTINGS)
def add() -> Response:
    return _save(None)


@bp.get("/<int:rule_id>")
@needs(Permission.SETTINGS)
def edit(rule_id: int) -> Response:
    rule = retention.find(rule_id)
    return _edit(rule, RetentionForm(formdata=None, obj=rule))


@bp.post("/<int:rule_id>")
@needs(Permission.SETTINGS)
def change(rule_id: int) -> Response:
    return _save(retention.find(rule_id))


@bp.post("/<int:rule_id>/archiving")
@needs(Permission.SETTINGS)
def archive(rule_id: int) -> Response:
    rule = retention.find(rule_id)
    retention.archive(rule, back=rule.archived_at is not None)
    return done(url_for("retention.index"))


@bp.get("/<int:rule_id>/due")
@needs(Permission.CONTACT_DELETE)
def due(rule_id: int) -> Response:
    return _due(retention.find(rule_id))


@bp.post("/<int:rule_id>/due")
@needs(Permission.CONTACT_DELETE, fresh=True)
def confirm(rule_id: int) -> Response:
    """Do what the rule says with the chosen: how many they are is typed first."""
    rule = retention.find(rule_id)
    ids = _chosen(rule)
    if sentence := word_problem(str(len(ids))):
        return _due(rule, 422, sentence=sentence, ids=ids)
    try:
        made = retention.confirm(rule, ids)
    except (BadRule, Kept) as error:
        return _due(rule, 422, sentence=str(error), ids=ids)
    return done(url_for("erasing.show", erasure_id=made.id))


@bp.post("/<int:rule_id>/due/keeping")
@needs(Permission.CONTACT_DELETE)
def keep(rule_id: int) -> Response:
    """Keep the chosen for another year."""
    rule = retention.find(rule_id)
    ids = _chosen(rule)
    try:
        retention.keep(rule, ids, request.form.get("why", "")[:500].replace("\0", ""))
    except BadRule as error:
        return _due(rule, 422, why_problem=str(error), ids=ids)
    return done(url_for("retention.due", rule_id=rule.id))


def _save(rule: RetentionRule | None) -> Response:
    form = RetentionForm()
    if form.validate():
        try:
            if rule is None:
                retention.add(form.wish())
            else:
                retention.change(rule, form.wish())
        except BadRule as error:
            form[error.field].errors = [str(error)]
        except purposes.PurposeNotFound as error:
            form.purpose_id.errors = [str(error)]
        except GroupNotFound as error:
            form.group_id.errors = [str(error)]
        else:
            return done(url_for("retention.index"))
    return _edit(rule, form, 422)


def _edit(rule: RetentionRule | None, form: RetentionForm, status: int = 200) -> Response:
    everybody = SelectChoice("", "Everybody")
    kept_for = [SelectChoice(str(one.id), f"Those kept for {one.name}") for one in purposes.current()]
    form.purpose_id.choices = [everybody, *kept_for]
    groups = [SelectChoice(str(group.id), group.name) for group in contacts.groups_by_hand()]
    form.group_id.choices = [SelectChoice("", "None"), *groups]
    return page_or_part("privacy/retention_rule.html", "privacy/_retention_rule.html", status, form=form, rule=rule)


def _due(rule: RetentionRule, status: int = 200, **said: Any) -> Response:
    page = paging(retention.due_count(rule), retention.PAGE)
    rows = contacts.rows(contacts.by_ids(retention.due_page(rule, page.number)))
    return page_or_part(
        "privacy/due.html", "privacy/_due.html", status, rule=rule, page=page, rows=rows, actions=ACTIONS,
        triggers=TRIGGERS, **said,
    )  # fmt: skip


def _chosen(rule: RetentionRule) -> list[int]:
    if request.form.get("all") == "1":
        ids = retention.all_due(rule)
    else:
        texts = request.form.getlist("chosen")
        ticked = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 12]
        ids = retention.of_rule(rule, ticked)
    if not ids:
        raise ContactNotFound("There is no such contact.")
    return ids


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_error(app, retention.RuleNotFound, 404)

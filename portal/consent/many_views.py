"""Who is kept on no ground, and the page that writes one down for many at once."""

from typing import Any

from flask import Flask, Response, g, request, url_for
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from portal.consent import purposes, recording_many, unjustified
from portal.consent.forms import ManyForm, a_number
from portal.consent.models import GroundRun
from portal.consent.pages import bp
from portal.consent.recording_many import BadGround, What
from portal.contacts import queries as contacts
from portal.contacts.service import GroupNotFound
from portal.core.permissions import DataSet, Permission
from portal.web.access import needs
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging


@bp.get("/reports/unjustified")
@needs(Permission.REPORT_READ)
def list_unjustified() -> Response:
    page = paging(unjustified.count(), unjustified.PAGE)
    rows = contacts.rows(unjustified.page(page.number))
    return page_or_part(
        "consent/unjustified.html",
        "consent/_unjustified.html",
        page=page,
        rows=rows,
        sees_email=g.actor.sees(DataSet.EMAIL),
    )


@bp.get("/grounds/new")
@needs(Permission.CONTACT_EDIT)
def new_grounds() -> Response:
    """The form; the address may say for which group and purpose, and from which campaign somebody comes."""
    form = ManyForm(formdata=None, data=_asked())
    return _form(form)


@bp.post("/grounds")
@needs(Permission.CONTACT_EDIT)
def record_grounds() -> Response:
    form = ManyForm()
    if form.validate():
        what = What(
            purpose_id=form.purpose_id.data, basis=form.basis.data or "", source=form.source.data or "",
            detail=form.detail.data or "", channels=list(form.channels.data or []),
        )  # fmt: skip
        try:
            made = recording_many.start(what, form.group.data or None)
        except BadGround as error:
            form[error.field].errors = [str(error)]
        except purposes.PurposeNotFound as error:
            form.purpose_id.errors = [str(error)]
        except GroupNotFound as error:
            form.group.errors = [str(error)]
        else:
            return done(url_for("consent.grounds", run_id=made.id, campaign=_campaign()))
    return _form(form, 422)


@bp.get("/grounds/<int:run_id>")
@needs(Permission.CONTACT_EDIT)
def grounds(run_id: int) -> Response:
    """How far it is."""
    found: GroundRun = recording_many.find(run_id)
    return page_or_part("consent/grounds.html", "consent/_grounds.html", run=found, campaign=_campaign())


def _form(form: ManyForm, status: int = 200) -> Response:
    groups = contacts.visible_groups()
    sizes = contacts.group_sizes()
    silent = unjustified.count()
    everybody = SelectChoice("", f"Everybody for whom nothing is recorded ({silent:,})")
    of_groups = [SelectChoice(str(group.id), f"{group.name} ({sizes.get(group.id, 0):,})") for group in groups]
    form.group.choices = [everybody, *of_groups]
    return page_or_part("consent/many.html", "consent/_many.html", status, form=form, campaign=_campaign())


def _asked() -> dict[str, Any]:
    asked: dict[str, Any] = {"channels": ["email"], "source": "own"}
    if purpose := a_number(request.args.get("purpose")):
        asked["purpose_id"] = purpose
    if group := a_number(request.args.get("group")):
        asked["group"] = group
    return asked


def _campaign() -> int | None:
    """The campaign from which somebody came, to lead him back; what is none is left out."""
    number = a_number(request.values.get("campaign"))
    return number if number and g.actor.may(Permission.CAMPAIGN_EDIT) else None


def register(_app: Flask) -> None:
    """Its routes are on the blueprint by being imported."""

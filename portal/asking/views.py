"""The pages of requests for consent: making one, and what came of them."""

from flask import Blueprint, Flask, Response, request, url_for
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from portal.accounts.service import current_org
from portal.asking import answer_views, service
from portal.asking.forms import RequestForm
from portal.consent import purposes
from portal.consent.approaching import OUTCOMES
from portal.contacts import queries as contacts
from portal.contacts.service import GroupNotFound
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging

bp = Blueprint("asking", __name__, url_prefix="/asking")
SIZE = 30


@bp.get("")
@needs(Permission.CAMPAIGN_READ)
def index() -> Response:
    page = paging(service.count(), SIZE)
    lines = service.recent(SIZE, (page.number - 1) * SIZE)
    return page_or_part("asking/index.html", "asking/_list.html", lines=lines, page=page, outcomes=OUTCOMES)


@bp.get("/new")
@needs(Permission.CAMPAIGN_EDIT)
def new() -> Response:
    form = RequestForm(formdata=None, data={"officer": current_org().information_officer})
    chosen = request.args.get("group", "")
    form.groups.data = [int(chosen)] if chosen.isascii() and chosen.isdigit() and len(chosen) < 12 else []
    return _form(form)


@bp.post("")
@needs(Permission.CAMPAIGN_EDIT)
def add() -> Response:
    form = RequestForm()
    if form.validate():
        try:
            made = service.ask(form.name.data or "", form.wish(), form.groups.data or [])
        except service.BadRequest as error:
            form[error.field].errors = [str(error)]
        except purposes.PurposeNotFound as error:
            form.purpose_id.errors = [str(error)]
        except GroupNotFound as error:
            form.groups.errors = [str(error)]
        else:
            return done(url_for("campaigns.audience", campaign_id=made.id))
    return _form(form, 422)


def _form(form: RequestForm, status: int = 200) -> Response:
    sizes = contacts.group_sizes()
    form.groups.choices = [
        SelectChoice(str(group.id), f"{group.name} ({sizes.get(group.id, 0):,})") for group in contacts.visible_groups()
    ]
    return page_or_part("asking/new.html", "asking/_new.html", status, form=form)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    answer_views.register(app)

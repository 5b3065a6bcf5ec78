"""Reports. The first: who could not be reached by email, to be mended line by line."""

from collections.abc import Iterator

from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from wtforms import StringField

from portal.activity import log
from portal.consent import unjustified
from portal.contacts import service as contacts
from portal.contacts.address_guards import AddressRefused
from portal.contacts.emails import InvalidEmail
from portal.contacts.models import Email
from portal.core.actor import require
from portal.core.cells import guarded_line
from portal.core.db import transaction
from portal.core.permissions import DataSet, Denied, Permission
from portal.reports import queries
from portal.reports.queries import Wanted
from portal.web.access import needs
from portal.web.bodies import refuse_nul
from portal.web.filters import zone
from portal.web.forms import Form
from portal.web.frame import Place, add_place
from portal.web.htmx import done, page_or_part, wants_part
from portal.web.paging import paging
from portal.web.streaming import stream

bp = Blueprint("reports", __name__, url_prefix="/reports")


class AddressForm(Form):
    address = StringField("Correct address")


@bp.get("")
@needs(Permission.REPORT_READ)
def index() -> str:
    sees = g.actor.sees(DataSet.EMAIL)
    unreached = queries.count(Wanted()) if sees else 0
    return render_template("reports/index.html", sees=sees, unreached=unreached, unjustified=unjustified.count())


@bp.get("/undeliverable")
@needs(Permission.REPORT_READ)
def undeliverable() -> Response:
    return _list()


@bp.get("/undeliverable/<int:email_id>/edit")
@needs(Permission.CONTACT_EDIT)
def edit(email_id: int) -> Response:
    email = _find(email_id)
    return _row(email, AddressForm(formdata=None, data={"address": email.address}))


@bp.get("/undeliverable/<int:email_id>")
@needs(Permission.REPORT_READ)
def row(email_id: int) -> Response:
    """The line as it is read: what Cancel brings back."""
    return _row(_find(email_id), None)


@bp.post("/undeliverable/<int:email_id>")
@needs(Permission.CONTACT_EDIT)
def correct(email_id: int) -> Response:
    email = _find(email_id)
    form = AddressForm()
    try:
        contacts.correct_email(email, form.address.data or "")
    except (InvalidEmail, contacts.SameAddress, AddressRefused) as error:
        form.address.errors = [str(error)]
        return _row(email, form, 422)
    return _mended(email, f"Corrected to {email.address}")


@bp.post("/undeliverable/<int:email_id>/remove")
@needs(Permission.CONTACT_EDIT)
def remove(email_id: int) -> Response:
    email = _find(email_id)
    contacts.remove_email(email)
    return _mended(email, "Address removed")


@bp.post("/undeliverable/<int:email_id>/retry")
@needs(Permission.CONTACT_EDIT)
def retry(email_id: int) -> Response:
    email = _find(email_id)
    contacts.retry_email(email)
    return _mended(email, "It is tried again with the next newsletter")


@bp.post("/undeliverable/export")
@needs(Permission.CONTACT_EXPORT, fresh=True)
def export() -> Response:
    """The list as a file. Kept in the record, because personal data leaves the portal by it."""
    _require_sight()
    wanted = _wanted()
    with transaction():
        log.write("report.exported", report="undeliverable", rows=queries.count(wanted))
    local = zone()

    def rows() -> Iterator[str]:
        yield "\ufeff" + guarded_line(["Name", "Email", "Reason", "The mail server's words", "Newsletter", "Date"])
        for one in queries.every(wanted):
            at = one.email.state_at
            day = at.astimezone(local).strftime("%Y-%m-%d") if at else ""
            yield guarded_line(
                [one.name, one.email.address, one.email.state_reason, one.email.state_words, one.campaign, day]
            )

    return stream(rows, name="undeliverable.csv")


def _list(status: int = 200, email: Email | None = None, form: AddressForm | None = None) -> Response:
    _require_sight()
    wanted = _wanted()
    page = paging(queries.count(wanted), queries.PAGE)
    return page_or_part(
        "reports/undeliverable.html", "reports/_undeliverable.html", status,
        wanted=wanted, page=page, rows=queries.page(wanted, page.number), reasons=queries.reasons(),
        open_id=email.id if email and form else None, form=form,
    )  # fmt: skip


def _row(email: Email, form: AddressForm | None, status: int = 200) -> Response:
    """One line alone for htmx, else the whole list with that line open."""
    if not wants_part():
        return _list(status, email, form)
    one = queries.unreached([email])[0]
    words = {"one": one, "form": form, "open_id": email.id if form else None}
    return page_or_part("reports/undeliverable.html", "reports/_row.html", status, **words)


def _mended(email: Email, words: str) -> Response:
    if not wants_part():
        return done(url_for("reports.undeliverable"))
    return page_or_part("reports/undeliverable.html", "reports/_mended.html", email_id=email.id, words=words)


def _find(email_id: int) -> Email:
    _require_sight()
    return contacts.find_email(email_id)


def _require_sight() -> None:
    require(Permission.REPORT_READ)  # also of those whose right here is another, such as to correct an address
    if not g.actor.sees(DataSet.EMAIL):
        raise Denied("Email addresses are hidden from you.")


def _wanted() -> Wanted:
    refuse_nul(request.form)
    reason = request.values.get("reason", "")
    return Wanted(
        request.values.get("q", "").strip()[:200],
        reason if reason in queries.reasons() else "",
        request.values.get("since") == "week",
    )


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    add_place(Place("Reports", "chart-no-axes-column", "reports.index", "reports", Permission.REPORT_READ, wide=True))

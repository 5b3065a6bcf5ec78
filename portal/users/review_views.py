"""The review of who may see what: user by user, signed at the end, kept as a paper."""

from typing import Any

from flask import Response, make_response, request, url_for

from portal.accounts import service as accounts
from portal.core.permissions import Denied, Permission
from portal.users import queries, reminding, service
from portal.users.forms import SignatureForm
from portal.users.pages import bp
from portal.web.access import needs
from portal.web.htmx import done, page_or_part


@bp.get("/settings/users/review")
@needs(Permission.USERS, fresh=True)
def review() -> Response:
    return _review(SignatureForm(formdata=None))


@bp.post("/settings/users/review")
@needs(Permission.USERS, fresh=True)
def start_review() -> Response:
    service.start_review()
    return done(url_for("users.review"))


@bp.post("/settings/users/review/<int:membership_id>")
@needs(Permission.USERS, fresh=True)
def decide(membership_id: int) -> Response:
    decision = request.form.get("decision", "")
    try:
        service.decide(membership_id, decision, request.form.get("note", ""))
    except (service.NotReady, Denied) as error:
        return _review(SignatureForm(formdata=None), 422, {membership_id: str(error)})
    if decision == service.CHANGE:
        return done(url_for("users.rights", membership_id=membership_id, back="review"))
    return done(url_for("users.review", _anchor=f"user-{membership_id}"), part="users/_review.html", **_facts())


@bp.post("/settings/users/review/signature")
@needs(Permission.USERS, fresh=True)
def sign() -> Response:
    form = SignatureForm()
    if form.validate():
        try:
            service.sign(form.name.data or "")
        except (service.NotReady, service.NotSigned, Denied) as error:
            form.name.errors = [str(error)]
        else:
            return done(url_for("users.review", signed=1))
    return _review(form, 422)


@bp.get("/settings/users/reviews/<int:review_id>/paper")
@needs(Permission.USERS, fresh=True, hands_out=True)
def paper(review_id: int) -> Response:
    found = service.find_review(review_id)
    response = make_response(service.paper_of(found))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="review-{found.finished_at:%Y-%m-%d}.pdf"'
    return response


def _facts(form: SignatureForm | None = None, errors: dict[int, str] | None = None) -> dict[str, Any]:
    opened = service.open_review()
    members, known = accounts.members() if opened else [], queries.names()
    made = service.decisions(opened) if opened else {}
    past = service.past_reviews()
    return {
        "form": form or SignatureForm(formdata=None),
        "errors": errors or {},
        "typed": request.form,
        "review": opened,
        "reports": [queries.report(one, known) for one in members],
        "decisions": made,
        "missing": {one.id: service.what_is_missing(one, made.get(one.id)) for one in members},
        "past": past,
        "past_decisions": {one.id: list(service.decisions(one).values()) for one in past},
        "is_due": reminding.is_due(),
        "every": reminding.EVERY.days,
        "signed": request.args.get("signed"),
    }


def _review(form: SignatureForm, status: int = 200, errors: dict[int, str] | None = None) -> Response:
    return page_or_part("users/review.html", "users/_review.html", status, **_facts(form, errors))

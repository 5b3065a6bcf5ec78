"""What a person reads of himself, to be taken along, in a browser that is known."""

from flask import Response, make_response, redirect, url_for

from portal.profile import links, pages, paper
from portal.profile.pages import bp as bp
from portal.profile.pages import link
from portal.web.access import linked
from portal.web.limits import limiter
from portal.web.streaming import as_attachment


@bp.get("/<token>/details.pdf")
@linked(links.PURPOSE)
@limiter.limit("30 per hour")
def details_paper(token: str) -> Response:
    pages.require_known()
    return _file(paper.as_pdf(link().contact), "details.pdf", "application/pdf")


@bp.get("/<token>/details.json")
@linked(links.PURPOSE)
@limiter.limit("30 per hour")
def details_data(token: str) -> Response:
    pages.require_known()
    return _file(paper.as_json(link().contact), "details.json", "application/json; charset=utf-8")


@bp.post("/<token>/details/mail")
@linked(links.PURPOSE)
@limiter.limit("5 per hour")
def mail_details(token: str) -> Response:
    pages.require_known()
    paper.mail(link(), pages.browser())
    return redirect(url_for("profile.show", token=token, done="mailed"), 303)  # type: ignore[return-value]


def _file(content: bytes, name: str, kind: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = as_attachment(name)
    return response

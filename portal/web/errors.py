"""What a person reads when something is not right: a sentence, never a trace; small enough to be a fragment."""

import logging
import secrets
from collections.abc import Mapping

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from peewee import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.core.room import FULL, is_passing, trouble_of
from portal.core.words import _, later
from portal.web.htmx import wants_part

log = logging.getLogger("portal.web")

AGAIN = 300  # seconds after which a program, such as one that unsubscribes by one click, may try again
SENTENCES: Mapping[int, tuple[str, str]] = {
    400: (later("This could not be read"), later("The request was not complete. Go back and try again.")),
    403: ("Not allowed", "Your role does not allow this. An administrator of your organisation can change that."),
    404: ("Not found", "There is nothing here. It may have been removed, or the address may be mistyped."),
    405: (later("Not possible here"), later("This page cannot be used in that way. Go back and try again.")),
    409: (later("Not possible now"), later("This cannot be done as things stand. Try again later.")),
    413: (later("Too large"), later("The file is too large to be taken in.")),
    415: (later("Not this kind of file"), later("This kind of file cannot be taken in.")),
    422: (later("Not saved"), later("Something in the form needs to be corrected.")),
    429: (later("Too many attempts"), later("Please wait a few minutes and then try again.")),
    500: (
        later("Something went wrong"),
        later("The fault is ours, and it has been noted. Nothing was half saved. Please try again."),
    ),
    503: ("Not available just now", "The portal cannot work at this moment. Please try again in a minute."),
    507: ("No room left", "The disk of the installation is full. Nothing was saved; please tell support."),
}
CLOSED = (
    later("Not available just now"),
    later("This page is closed for a little while, and nothing was saved. Please come back later."),
)
# Who holds a link, or comes from an organisation's own site, has no role and knows no support.
FOR_PEOPLE: Mapping[int, tuple[str, str]] = {
    403: (later("Not possible here"), later("This page cannot be used in that way. Go back and try again.")),
    404: (
        later("There is nothing here"),
        later(
            "The link may not be whole, or what it led to is no longer there. If it stands in a message, press it "
            "there once more, or answer that message."
        ),
    ),
    503: CLOSED,
    507: CLOSED,
}

NOT_SAVED = (
    "Nothing can be saved at this moment, and nothing was. What is there can be looked at. Please try again later, "
    "and tell support if it stays so."
)


def answer(status: int, sentence: str = "", reference: str = "") -> Response:
    """The page, or the part of one, that says what is not right; for people in their language (U09)."""
    known = status if status in SENTENCES else 500 if status >= 500 else 400
    part = "_error.html" if wants_part() else ""
    if g.get("is_for_people"):
        title, usual = map(_, FOR_PEOPLE.get(known, SENTENCES[known]))
        told = _(sentence) if sentence and known not in FOR_PEOPLE else usual
        called = _("If you tell us about it, say %(reference)s.", reference=reference) if reference else ""
        page = "people_error.html"
    else:
        (title, usual), page = SENTENCES[known], "error.html"
        told, called = sentence or usual, f"If you tell support, say {reference}." if reference else ""
    shown = render_template(part or page, status=status, title=title, sentence=f"{told} {called}".strip())
    response = make_response(shown, status)
    if status in (503, 507):
        response.headers["Retry-After"] = str(AGAIN)
    return response


def register_error(app: Flask, error: type[Exception], status: int) -> None:
    """A refusal named after its reason becomes this status; its message is the sentence shown."""
    app.register_error_handler(error, lambda e: answer(status, str(e)))


def init_app(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def form_too_old(_error: CSRFError) -> Response:
        return answer(
            400, later("This page was open for too long, or in another browser. Reload it and send it again.")
        )

    @app.errorhandler(SecurityError)
    def foreign_host(_error: SecurityError) -> Response:
        """A name that is not ours: no page can be made, for its addresses would be of that name (A12)."""
        return Response("There is no portal under this name.\n", 400, content_type="text/plain; charset=utf-8")

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if error.code is not None and error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        response = answer(error.code or 500)
        if error.code == 429 and (wait := getattr(error, "retry_after", None)):
            response.headers["Retry-After"] = str(wait)
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if trouble := trouble_of(error):
            log.error("a request could not be written: the disk or the database is %s", trouble)
            return answer(507) if trouble == FULL else answer(503, NOT_SAVED)
        reference = secrets.token_hex(4)
        facts = {"reference": reference, "endpoint": request.endpoint, "method": request.method}
        log.exception("a request failed: %s", type(error).__name__, extra=facts)
        status = 503 if isinstance(error, OperationalError) and is_passing(error) else 500
        return answer(status, reference=reference)

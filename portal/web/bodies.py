"""What a request may bring: files come as parts, which are read bit by bit; any other body is read at once, and is
therefore small (D08). A view that takes large files says so. An address with the character NUL, which one database
takes and the other does not, is refused (C11).
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(most: int) -> Callable[[View], View]:
    """The view takes parts of so many bytes in all, more than others do."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def refuse_nul(values: MultiDict[str, str]) -> None:
    """To be called by a view that asks the database for words as they came in a form: what is so in an address is
    refused before.
    """
    if any("\0" in text for texts in values.listvalues() for text in texts):
        abort(404)


def init_app(app: Flask) -> None:
    """To be called before anything that looks into a form."""

    @app.before_request
    def limit() -> None:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = app.config["MAX_FORM_MEMORY_SIZE"]
        elif most := getattr(app.view_functions.get(request.endpoint or ""), "most_bytes", None):
            request.max_content_length = most
        if b"%00" in request.query_string or "\0" in request.path:
            abort(404)

"""A page and the part of it that htmx swaps are one view with one context.

The only module that knows HX- headers, and the one place to change when htmx does.
"""

import json
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request
from htmx_flask import Htmx


def init_app(app: Flask) -> None:
    Htmx(app)


def wants_part() -> bool:
    """Whether htmx asks for a part to swap. A page brought back from history is asked for whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request and not request.htmx.boosted  # type: ignore[attr-defined]


def page_around() -> str:
    """The address of the page from which htmx asks; "" when it is not htmx that asks."""
    return str(request.htmx.current_url or "") if request.htmx else ""  # type: ignore[attr-defined]


def page_or_part(page: str, part: str, status: int = 200, /, **context: Any) -> Response:
    """The part alone for htmx, else the page around the same part, rendered from the same context."""
    html = render_template(part if wants_part() else page, **context)
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def done(url: str, *, part: str | None = None, say: str = "", **context: Any) -> Response:
    """After a successful write: the part for htmx, or htmx's own redirect when there is none; 303 for a browser."""
    if not wants_part():
        return redirect(url, 303)  # type: ignore[return-value]
    if part is None:
        response = Response(status=204, headers={"HX-Redirect": url})
    else:
        response = make_response(render_template(part, **context))
        response.vary.add("HX-Request")
        if say:
            response.headers["HX-Trigger"] = json.dumps({"said": say})
    return response

"""Answers that take the same time whatever was found out: those about accounts, whose time would tell whether there
is one (A05, ASVS 6.3.8). What is done for them takes a tenth of a second; the answer leaves at a whole quarter.
"""

import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, request

View = TypeVar("View", bound=Callable[..., Any])
STEP = 0.25  # seconds
_MARK = "portal.evened"


def evened(view: View) -> View:
    """Let the answer leave a whole number of steps after the request came, also when the view raises."""

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> Any:
        request.environ[_MARK] = True
        return view(*args, **kwargs)

    return marked  # type: ignore[return-value] # wraps keeps the view's own signature


def init_app(app: Flask) -> None:
    """Wait outermost, where the answer is finished with its cookies and headers."""
    inner = app.wsgi_app

    def waited(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began = time.monotonic()
        answer = inner(environ, start_response)
        if environ.get(_MARK) and not app.testing:
            time.sleep(STEP - (time.monotonic() - began) % STEP)
        return answer

    app.wsgi_app = waited  # type: ignore[method-assign]

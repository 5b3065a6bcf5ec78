"""Answers that take the same time whatever was found out: those about accounts, whose time would tell whether there
is one (A05, ASVS 6.3.8). What is done for them takes a tenth of a second; the answer leaves at a whole quarter.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app

View = TypeVar("View", bound=Callable[..., Any])
STEP = 0.25  # seconds


def evened(view: View) -> View:
    """Let the view's answer leave a whole number of steps after it began, also when it raises."""

    @wraps(view)
    def waited(*args: Any, **kwargs: Any) -> Any:
        began = time.monotonic()
        try:
            return view(*args, **kwargs)
        finally:
            if not current_app.testing:
                time.sleep(STEP - (time.monotonic() - began) % STEP)

    return waited  # type: ignore[return-value] # wraps keeps the view's own signature

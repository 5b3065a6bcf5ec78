"""From one step of signing in to the next: which page a browser is sent to, with which cookies."""

from urllib.parse import urlsplit

from flask import Response, url_for

from portal.signin import begun, cookies, login, service
from portal.signin.begun import SIGN_IN
from portal.signin.models import Begun
from portal.signin.rules import Step
from portal.signin.service import Entered, Waits
from portal.web.htmx import done

_PAGES = {Step.DEVICE: "signin.waiting", Step.FACTOR: "signin.code", Step.DONE: "signin.waiting"}


def go_on(result: Entered | Waits) -> Response:
    """Into the portal, or to the page of what is still to be shown."""
    if isinstance(result, Waits):
        cookies.keep_begun(SIGN_IN, result.secret)
        return done(url_for(_PAGES[result.step]))
    login.enter(result.session)
    response = done(safe_path(result.target))
    if result.device:
        cookies.keep_device(response, result.device)
    return response


def go_on_with(row: Begun) -> Response:
    """The same for a sign-in that this browser began and has just shown something more for."""
    entered = service.finish(row, cookies.device())
    return go_on(entered) if entered else done(url_for(_PAGES[service.step_of(row)]))


def own() -> Begun | None:
    """The sign-in that this browser began and can still finish."""
    return begun.of_browser(cookies.begun(SIGN_IN), SIGN_IN)


LONGEST_PATH = 2_000


def safe_path(target: str) -> str:
    """Where to go afterwards: a path of this site, whatever the address says; else Home."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return url_for("home.show")
    is_ours = (
        target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and "\\" not in target
    )
    is_ours = is_ours and target.isprintable() and len(target) <= LONGEST_PATH
    return target if is_ours else url_for("home.show")

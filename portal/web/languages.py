"""Pages that are not for staff are read in the language that was chosen in this browser, else the person's own, else
one that the browser asks for. Staff pages speak English.
"""

from collections.abc import Callable

from flask import Flask, Response, current_app, g, request

from portal.core import words
from portal.core.words import ENGLISH, SPOKEN
from portal.web.access import policy_of

_YEAR = 365 * 86_400
_own: list[Callable[[int], str]] = []


def register_language(of: Callable[[int], str]) -> None:
    """Say what a contact would rather read: id -> code of the language, "" for no matter."""
    _own[:] = [of]


def init_app(app: Flask) -> None:
    """Before the gate: who is refused there is told so in the language of his browser."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["language"] = words.language
    app.jinja_env.globals["languages_spoken"] = SPOKEN
    app.before_request(_choose)

    @app.after_request
    def keep(response: Response) -> Response:
        chosen = request.args.get("language", "")
        if chosen in SPOKEN and chosen == words.language():
            secure = current_app.config["SESSION_COOKIE_SECURE"]
            response.set_cookie("language", chosen, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
        return response

    @app.teardown_request
    def fall_silent(_error: BaseException | None) -> None:
        words.speak(ENGLISH)


def know_the_person(app: Flask) -> None:
    """After the gate, which says who is here."""
    app.before_request(_choose)


def _choose() -> None:
    policy = policy_of(current_app, request.endpoint) if request.endpoint else None
    g.is_for_people = policy is not None and policy.who in ("link", "published")
    words.speak(_wanted() if g.is_for_people else ENGLISH)


def _wanted() -> str:
    for chosen in (request.args.get("language", ""), request.cookies.get("language", ""), _of_the_person()):
        if chosen in SPOKEN:
            return chosen
    return request.accept_languages.best_match(list(SPOKEN), ENGLISH) or ENGLISH


def _of_the_person() -> str:
    contact_id = g.actor.contact_id if "actor" in g else 0
    return _own[0](contact_id) if contact_id and _own else ""

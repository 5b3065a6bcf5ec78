"""The cookies of signing in: the device's, which lasts, and what a browser began, which is part of its session."""

from flask import Response, current_app, request, session

from portal.signin import devices

_DAYS = 400  # the longest a browser keeps a cookie
_BEGUN = "begun:"


def device() -> str:
    """What the browser's device cookie says."""
    return request.cookies.get(_name(), "")[:1000]


def device_name() -> str:
    """A name for a known device of anybody, for its own rate; "" for others."""
    known = devices.any_known(device()) if device() else ""
    return f"device:{known}" if known else ""


def keep_device(response: Response, secret: str) -> None:
    """Let the browser keep its new secret beside those of its other users."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        _name(), devices.with_secret(device(), secret), max_age=_DAYS * 86_400, path="/", secure=secure,
        httponly=True, samesite="Lax",
    )  # fmt: skip


def begun(purpose: str) -> str:
    """The secret of what this browser began, "" when it began nothing."""
    return str(session.get(_BEGUN + purpose, ""))


def keep_begun(purpose: str, secret: str) -> None:
    session[_BEGUN + purpose] = secret


def forget_begun(purpose: str) -> None:
    session.pop(_BEGUN + purpose, None)


def _name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"

"""What a browser brings to signing in: its name, the cookie of its device, which lasts, and the secret of what it
began, which is part of its session.
"""

from flask import Response, current_app, request, session

from portal.signin import browsers, devices

_DAYS = 400  # the longest a browser keeps a cookie
_BEGUN = "begun:"


def browser() -> str:
    """The browser, named as people name it."""
    return browsers.name_of(request.user_agent.string)


def device() -> str:
    """What the browser's device cookie says."""
    return request.cookies.get(_name(), "")[:1000]


def device_name() -> str:
    """A name for whoever's device this is, for a rate of his own; "" for others."""
    owner = devices.owner_of(device()) if device() else None
    return f"user:{owner}" if owner else ""


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

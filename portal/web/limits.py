"""Rates by address, kept in Redis, with a fallback in this process while Redis is away.

They spare the machine; guessing is held off by counting in the database. A browser that is a known device has the
rate of its user, so that whoever hammers from a shared address shuts nobody out.
"""

from collections.abc import Callable

from flask import Flask
from flask_limiter import Limiter

from portal.core.networks import network_of
from portal.web.proxies import address

_device: list[Callable[[], str]] = [lambda: ""]


def _key() -> str:
    return _device[0]() or network_of(address())


limiter = Limiter(key_func=_key, strategy="moving-window")


def use_devices(device: Callable[[], str]) -> None:
    """Sign-in says here how a known device is told: a name for it, or ""."""
    _device[:] = [device]


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    url = settings.redis_url
    if url.startswith("unix://"):
        url = "redis+" + url
    app.config["RATELIMIT_STORAGE_URI"] = url
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 2}
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    app.config["RATELIMIT_ENABLED"] = not settings.testing or bool(app.config.get("LIMITS_IN_TEST"))
    limiter.init_app(app)

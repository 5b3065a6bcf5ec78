"""Rates by address, kept in Redis, with a fallback in this process while Redis is away."""

from flask import Flask
from flask_limiter import Limiter

from portal.web.proxies import client_address

limiter = Limiter(key_func=lambda: client_address(limiter_settings["proxies"]), strategy="moving-window")
limiter_settings: dict[str, tuple[str, ...]] = {"proxies": ()}


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    limiter_settings["proxies"] = settings.trusted_proxies
    url = settings.redis_url
    if url.startswith("unix://"):
        url = "redis+" + url
    app.config["RATELIMIT_STORAGE_URI"] = url
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 2}
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    app.config["RATELIMIT_ENABLED"] = not settings.testing or bool(app.config.get("LIMITS_IN_TEST"))
    limiter.init_app(app)

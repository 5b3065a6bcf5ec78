"""The application for a WSGI server."""

import gc

from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.core import db, logs
from portal.gateways import geoip


def ready_to_fork(app: Flask) -> Flask:
    """Load now what the first pages would: a web server that forks after this has it in memory once, and is quick."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    app.test_client().get("/healthz")
    db.disconnect()
    gc.collect()
    gc.freeze()
    return app


logs.setup()
settings = Settings.from_environment()
if settings.geoip_database is None:
    geoip.install(settings.country_database)
app = ready_to_fork(create_app(settings))

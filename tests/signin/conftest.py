"""A portal whose mail goes out, so that no device is believed without one."""

from dataclasses import replace

import pytest

from portal.app import create_app
from portal.core import db as database


@pytest.fixture
def app(settings):
    app = create_app(replace(settings, smtp_url="smtp://127.0.0.1:9?starttls=never"))
    app.config["WTF_CSRF_ENABLED"] = False
    with database.db.connection_context():
        yield app


@pytest.fixture
def browser(app):
    return app.test_client()

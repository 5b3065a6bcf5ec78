"""Builds the application: everything is made here, nothing at import."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect

from portal.accounts.service import AlreadyMember, NotFound
from portal.accounts.strength import Busy
from portal.activity import views as activity
from portal.asking import views as asking
from portal.backups import views as backups
from portal.campaigns import views as campaigns
from portal.compliance import views as compliance
from portal.config import Settings
from portal.consent import views as consent
from portal.contacts import views as contacts
from portal.core import db as database
from portal.core.permissions import Denied
from portal.core.shutting import Shut
from portal.delivery import mail_views, returned_views, tracking_views, unsubscribe_views
from portal.diary import views as diary
from portal.documents import views as documents
from portal.duplicates import views as duplicates
from portal.exports import views as exports
from portal.features import prepare
from portal.home import views as home
from portal.imports import views as imports
from portal.privacy import ageing_views as ageing
from portal.privacy import erasing_views as erasing
from portal.privacy import proof_views as proof
from portal.privacy import retention_views as retention
from portal.privacy_notice import views as privacy_notice
from portal.profile import views as profile
from portal.removal import views as removal
from portal.reports import views as reports
from portal.requests import views as requests
from portal.run import health, metrics, probe
from portal.run import status_views as status
from portal.signin import edge
from portal.signin import place_views as places
from portal.signin import views as signin
from portal.subscribing import views as subscribing
from portal.support import organisation_views as organisations
from portal.support import views as support
from portal.transfers import views as transfers
from portal.users import views as users
from portal.web import (
    access,
    bodies,
    errors,
    evening,
    filters,
    frame,
    headers,
    htmx,
    ids,
    known_files,
    languages,
    limits,
    paging,
    static,
)

ROOT = Path(__file__).resolve().parent.parent
csrf = CSRFProtect()

PAGES = (
    signin.register,
    contacts.register,
    documents.register,
    consent.register,
    imports.register,
    exports.register,
    campaigns.register,
    asking.register,
    transfers.register,
    privacy_notice.register,
    mail_views.register,
    unsubscribe_views.register,
    tracking_views.register,
    returned_views.register,
    profile.register,
    requests.register,
    subscribing.register,
    duplicates.register,
    reports.register,
    diary.register,
    home.register,
    places.register,
    support.register,
    organisations.register,
    status.register,
    users.register,
    activity.register,
    proof.register,
    compliance.register,
    erasing.register,
    ageing.register,
    retention.register,
    removal.register,
    backups.register,
)
# Endpoints without a form token, by name; each says why in its view.
POSTED_FROM_ELSEWHERE = ("unsubscribe.leave", "answer.answer", "subscribe.take_in", "subscribe.take_in_framed")


def create_app(settings: Settings, *, check: bool = True) -> Flask:
    """The whole portal for these settings. Raises NoPolicy when a route does not say who may enter."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    _configure(app, settings)
    prepare(settings)
    _keep_connection(app)
    languages.init_app(app)  # before what may refuse: it does so in the language of the browser
    bodies.init_app(app)
    csrf.init_app(app)
    for part in (
        ids,
        htmx,
        headers,
        filters,
        paging,
        static,
        known_files,
        limits,
        errors,
        health,
        metrics,
        probe,
        evening,
    ):
        part.init_app(app)
    access.init_app(app, edge)
    languages.know_the_person(app)
    frame.init_app(app)
    errors.register_error(app, Denied, 403)
    errors.register_error(app, NotFound, 404)
    errors.register_error(app, AlreadyMember, 422)
    errors.register_error(app, Busy, 503)
    errors.register_error(app, Shut, 503)
    for register in PAGES:
        register(app)
    for name in POSTED_FROM_ELSEWHERE:
        csrf.exempt(app.view_functions[name])
    if check:
        access.check_policies(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.is_https
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_NAME="__Host-portal" if secure else "portal",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_SSL_STRICT=False,  # public pages send no referrer; the gate looks at Origin and Sec-Fetch-Site
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=2_000,
        TRUSTED_HOSTS=_hosts(settings),
        TESTING=settings.testing,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _hosts(settings: Settings) -> list[str]:
    own = settings.base_url.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]
    return [own, "localhost", "127.0.0.1"]


def _keep_connection(app: Flask) -> None:
    """A connection for each request; SQLite's is kept by its thread, PostgreSQL's goes back to the pool."""

    @app.before_request
    def open_database() -> None:
        database.db.connect(reuse_if_open=True)

    @app.teardown_request
    def close_database(error: BaseException | None) -> None:
        if not database.db.is_closed() and (error is not None or not database.is_sqlite()) and not app.testing:
            database.db.close()

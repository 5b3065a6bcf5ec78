"""The backups of the installation: for support in full, for owners whether there is a good one (R60)."""

from flask import Blueprint, Flask, Response, make_response, render_template

from portal.backups import keys, losses, rules, seals, service, stores
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.paging import paging

bp = Blueprint("backups", __name__)
SIZE = 30


@bp.get("/settings/backups")
@needs(Permission.OWNER)
def index() -> str:
    """Nothing here tells of other organisations: how much there is, and why one failed, is for support."""
    return _page("backups/index.html", unread=service.unread_documents(service.last_good()))


@bp.get("/support/backups")
@needs(Permission.SUPPORT)
def support() -> str:
    places = [place.words for place in stores.every()]
    return _page(
        "backups/support.html", places=places, has_key=keys.is_there(), in_words=rules.in_words, named=losses.in_words
    )


@bp.get("/settings/backups/own")
@needs(Permission.OWNER)
def own() -> str:
    """The organisation's own archives, which its own key opens."""
    org_id = current_actor().org_id
    rows = service.of(org_id)
    page = paging(rows.count(), SIZE)
    return render_template(
        "backups/own.html", page=page, backups=list(rows.paginate(page.number, SIZE)), in_words=rules.in_words,
        key_made_at=keys.made_at(org_id), kept_days=rules.KEPT_DAYS, has_host_key=keys.is_there(),
    )  # fmt: skip


@bp.post("/settings/backups/own/key")
@needs(Permission.OWNER, fresh=True)
def make_own_key() -> Response:
    """Shows the key in the answer itself, once: it is kept nowhere."""
    recovery, recipient = service.make_own_key()
    return make_response(render_template("backups/own_key.html", key=recovery, recipient=seals.shown(recipient)))


def _page(template: str, **more: object) -> str:
    rows = service.of(None)
    page = paging(rows.count(), SIZE)
    return render_template(
        template, page=page, backups=list(rows.paginate(page.number, SIZE)), standing=service.standing(),
        kept_days=rules.KEPT_DAYS, **more,
    )  # fmt: skip


def register(app: Flask) -> None:
    app.register_blueprint(bp)

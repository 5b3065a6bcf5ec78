"""The backups of the installation: for support in full, for owners whether there is a good one (R60)."""

from flask import Blueprint, Flask, render_template

from portal.backups import keys, losses, rules, service, stores
from portal.backups.models import Backup
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


def _page(template: str, **more: object) -> str:
    rows = Backup.select().order_by(Backup.id.desc())
    page = paging(rows.count(), SIZE)
    return render_template(
        template, page=page, backups=list(rows.paginate(page.number, SIZE)), standing=service.standing(),
        kept_days=rules.KEPT_DAYS, **more,
    )  # fmt: skip


def register(app: Flask) -> None:
    app.register_blueprint(bp)

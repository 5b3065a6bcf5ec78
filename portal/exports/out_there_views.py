"""Files out there: which files of contacts left the portal, who has them, and that they were destroyed (R59)."""

from flask import Response, request, url_for

from portal.accounts import service as accounts
from portal.core.permissions import Permission
from portal.exports import out_there, service
from portal.exports.pages import bp as bp
from portal.web.access import needs
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging


@bp.get("")
@needs(Permission.CONTACT_EXPORT)
def index() -> Response:
    args = request.args
    show = args.get("show", "")
    wanted = out_there.Filter(
        show if show in out_there.SHOWN else "", args.get("q", "").replace("\0", "").strip()[:200]
    )
    page = paging(out_there.count(wanted), out_there.PAGE)
    return page_or_part(
        "exports/index.html", "exports/_list.html", filter=wanted, page=page, shown=out_there.SHOWN,
        exports=out_there.page(wanted, page.number), overdue=out_there.overdue(), today=accounts.today(),
    )  # fmt: skip


@bp.post("/<int:export_id>/destruction")
@needs(Permission.CONTACT_EXPORT)
def destroyed(export_id: int) -> Response:
    """Somebody says that every copy was destroyed."""
    service.confirm_destroyed(service.find(export_id))
    return done(url_for("exports.show", export_id=export_id))


@bp.post("/<int:export_id>/removal")
@needs(Permission.CONTACT_EXPORT)
def remove(export_id: int) -> Response:
    """Take the file out of the portal before its days are over."""
    service.remove(service.find(export_id))
    return done(url_for("exports.show", export_id=export_id))

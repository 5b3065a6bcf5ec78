"""The blocks of a person's own page as they are read: what htmx puts back after a change, and for Cancel. A browser
without JavaScript meets them on the whole page only (decision 044).
"""

from typing import Any

from flask import Response, redirect, url_for

from portal.contacts import service
from portal.profile import asked, designed, details, links, pages
from portal.profile.levels import NotOffered
from portal.profile.pages import bp as bp
from portal.profile.pages import link
from portal.web.access import linked
from portal.web.htmx import wants_part


@bp.get("/<token>/blocks/<any(names, emails, telephones, addresses):block>")
@linked(links.PURPOSE)
def read(token: str, block: str) -> Response:
    pages.require_known()
    return _block(token, block)


@bp.get("/<token>/sheets/<int:page_id>")
@linked(links.PURPOSE)
def read_page(token: str, page_id: int) -> Response:
    pages.require_known()
    return _sheet(token, page_id)


def saved(token: str, block: str, *, waits: bool) -> Response:
    """After a change: the block for htmx, else the page, which says whether it was made or waits."""
    return _block(token, block, "waits" if waits else "saved")


def saved_page(token: str, page_id: int, *, waits: bool) -> Response:
    return _sheet(token, page_id, "waits" if waits else "saved")


def of_page() -> dict[str, Any]:
    """What the blocks show, and what waits for a colleague."""
    contact = service.find(link().contact.id)
    return {"known": details.of(contact), "waiting": asked.of_contact(contact), "of_page": asked.of_page}


def _block(token: str, block: str, done: str = "") -> Response:
    if not wants_part():
        return _to_page(token, done)
    shown = of_page()
    if block not in shown["known"].shown:
        raise NotOffered("This is not shown here.")
    return pages.block(f"profile/_{block}.html", saved=done == "saved", **shown)


def _sheet(token: str, page_id: int, done: str = "") -> Response:
    if not wants_part():
        return _to_page(token, done)
    contact = link().contact
    sheet = next((sheet for sheet in designed.sheets(contact) if sheet.page.id == page_id), None)
    if sheet is None:
        raise NotOffered("There is no such page.")
    return pages.block(
        "profile/_sheet.html", saved=done == "saved", sheet=sheet, waiting=asked.of_contact(contact),
        of_page=asked.of_page,
    )  # fmt: skip


def _to_page(token: str, done: str) -> Response:
    return redirect(url_for("profile.show", token=token, done=done or None), 303)  # type: ignore[return-value]

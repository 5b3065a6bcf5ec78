"""Settings: what people see and change of themselves on their own pages."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from portal.contacts import fields, self_service
from portal.contacts.design_rules import Unfit
from portal.contacts.fields import Sheet
from portal.contacts.self_service import LEVELS, offered
from portal.core.permissions import Permission
from portal.profile import example, levels
from portal.profile.asked import of_page
from portal.profile.levels import BadLevel
from portal.profile.rules import BLOCKS, levels_of
from portal.web.access import needs
from portal.web.htmx import done, page_or_part

bp = Blueprint("own_pages", __name__, url_prefix="/settings/own-pages")


@bp.get("")
@needs(Permission.SETTINGS)
def edit() -> Response:
    return _form()


@bp.post("")
@needs(Permission.SETTINGS)
def save() -> Response:
    designed = [field for sheet in _sheets() for field in sheet.fields]
    blocks = {block: _level(block) for block in BLOCKS if block in request.form}
    chosen = {field.id: _level(f"field-{field.id}") for field in designed if f"field-{field.id}" in request.form}
    try:
        levels.choose(blocks, chosen, mails_details=request.form.get("mails_details") == "1")
    except BadLevel as error:
        return _form(422, {error.field: str(error)})
    except Unfit as error:
        return _form(422, {f"field-{error.at}": str(error)})
    return done(url_for("own_pages.edit", done="saved"))


@bp.get("/example")
@needs(Permission.SETTINGS)
def look() -> str:
    """The page as a person would see it, with somebody who does not exist."""
    return render_template(
        "profile/example.html", known=example.known(), sheets=example.sheets(), waiting=(), of_page=of_page,
        is_example=True,
    )  # fmt: skip


def _form(status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    now = levels.current()
    return page_or_part(
        "settings/own_pages.html", "settings/_own_pages.html", status,
        blocks=[(block, words, levels_of(block), _typed(block, now.blocks[block])) for block, words in BLOCKS.items()],
        mails_details=request.form.get("mails_details") == "1" if request.form else now.mails_details,
        sheets=_sheets(), levels=LEVELS, offered=offered, level_of=self_service.level_of, typed=_typed,
        errors=errors or {},
    )  # fmt: skip


def _sheets() -> list[Sheet]:
    """The pages and fields in use for which there is something to choose."""
    found = [
        Sheet(sheet.page, [field for field in sheet.fields if len(offered(field.kind, field.sensitivity)) > 1])
        for sheet in fields.sheets()
    ]
    return [sheet for sheet in found if sheet.fields]


def _level(name: str) -> int:
    """The level that was chosen; one that there is not when something else came."""
    text = request.form.get(name, "")
    return int(text) if text in map(str, LEVELS) else -1


def _typed(name: str, kept: Any) -> int:
    return _level(name) if name in request.form else int(kept)

"""What every page around the content needs: the organisation, the menu, the theme, a banner."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for

from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.core.tenancy import Org


@dataclass(frozen=True)
class Place:
    name: str
    icon: str
    endpoint: str
    section: str  # the first word of the path, to mark where one is
    permission: Permission
    wide: bool = False  # only in the rail of wide screens; on a phone it stands behind Menu
    is_open: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Link:
    name: str
    icon: str
    href: str
    current: bool
    wide: bool


_places: list[Place] = []
ORDER = (
    "",
    "contacts",
    "groups",
    "documents",
    "campaigns",
    "diary",
    "reports",
    "requests",
    "compliance",
    "settings",
    "support",
    "mail",
    "returned",
)


def add_place(place: Place) -> None:
    """Put a page into the menu. A menu has no entry without a page: the page's feature adds it."""
    if place not in _places:
        _places.append(place)
        _places.sort(key=lambda p: ORDER.index(p.section))


def menu() -> list[Link]:
    if "actor" not in g:
        return []
    section = request.path.strip("/").split("/")[0]
    return [
        Link(p.name, p.icon, url_for(p.endpoint), p.section == section, p.wide)
        for p in _places
        if _may(p.permission) and p.is_open()
    ]


def _may(permission: Permission) -> bool:
    """Support is no right of an actor: it belongs to the person, whatever organisation he works for."""
    return bool(g.get("is_support")) if permission is Permission.SUPPORT else g.actor.may(permission)


def _context() -> dict[str, Any]:
    theme = request.cookies.get("theme", "auto")
    shared: dict[str, Any] = {
        "nav": menu(),
        "actor": g.get("actor"),
        "org": g.get("org"),
        "theme": theme if theme in ("light", "dark") else "auto",
        "may": lambda permission: "actor" in g and current_actor().may(Permission(permission)),
        "is_support": bool(g.get("is_support")),
        "banner": g.get("banner"),
        "support_email": current_app.config["SETTINGS"].support_email,
        "looking_as": g.get("looking_as", ""),
    }
    colour = shared["org"].colour if shared["org"] else "#0f6b57"
    shared["colour_href"] = url_for("web.colour", c=colour.lstrip("#"))
    return shared


def init_app(app: Flask) -> None:
    @app.before_request
    def load_org() -> None:
        if "actor" in g:
            g.org = Org.get_by_id(g.actor.org_id)

    app.context_processor(_context)

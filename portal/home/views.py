"""Home, the search that reaches everything, the menu of phones, and the theme."""

from datetime import datetime

from flask import Blueprint, Flask, Response, g, render_template, request

from portal.campaigns import senders
from portal.contacts import queries as contacts
from portal.contacts.queries import Filter
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.home import pages, queries, sender_views, settings_views  # noqa: F401 - they bring routes
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.filters import zone
from portal.web.frame import Place, add_place
from portal.web.htmx import page_or_part

bp = Blueprint("home", __name__)
FOUND = 8


@bp.get("/")
@needs(Permission.SIGNED_IN)
def show() -> str:
    steps = queries.first_steps()
    return render_template(
        "home/show.html",
        greeting=_greeting(now().astimezone(zone())),
        today=now().astimezone(zone()),
        steps=steps,
        steps_done=sum(step.is_done for step in steps),
        barriers=queries.before_you_can_send(),
        notices=queries.attention(),
        going=queries.being_sent(),
        blocks=queries.blocks(),
        total=contacts.count(Filter()) if g.actor.may(Permission.CONTACT_READ) else 0,
        recent=contacts.page(Filter(sort="updated", descending=True), 1, 6),
    )


@bp.get("/find")
@needs(Permission.SIGNED_IN)
def find() -> Response:
    """People and groups that hold the words."""
    text = request.args.get("q", "").strip()[:200]
    people, groups, total = [], [], 0
    if text and g.actor.may(Permission.CONTACT_READ):
        wanted = Filter(text=text)
        people, total = contacts.page(wanted, 1, FOUND), contacts.count(wanted)
        groups = [group for group in contacts.visible_groups() if text.casefold() in group.name.casefold()][:FOUND]
    return page_or_part("home/find.html", "home/_found.html", text=text, people=people, total=total, groups=groups)


@bp.get("/menu")
@needs(Permission.SIGNED_IN)
def menu() -> str:
    return render_template("home/menu.html")


def _greeting(local: datetime) -> str:
    part = "Good morning" if local.hour < 12 else "Good afternoon" if local.hour < 18 else "Good evening"
    return f"{part}, {g.actor.name.split()[0]}"


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(pages.bp)
    register_error(app, senders.SenderNotFound, 404)
    add_place(Place("Home", "house", "home.show", "", Permission.SIGNED_IN))
    add_place(Place("Settings", "settings", "settings.show", "settings", Permission.SETTINGS, wide=True))

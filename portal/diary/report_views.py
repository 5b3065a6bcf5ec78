"""The activity report: which days, who, what, of whom; on screen, and as a file."""

import tempfile
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, abort, g, request, send_file, url_for

from portal.contacts import queries as contacts
from portal.core.actor import require
from portal.core.permissions import Permission
from portal.core.written import day as in_words
from portal.diary import finding, papers, queries, tasks
from portal.diary.finding import ANYBODY, Place, Wanted
from portal.diary.lines import lines
from portal.diary.pages import activity, day_asked
from portal.diary.rules import KINDS, bounds
from portal.web.access import needs
from portal.web.filters import zone
from portal.web.htmx import page_or_part
from portal.web.streaming import as_attachment, stream

MONTH = timedelta(days=30)


@activity.get("")
@needs(Permission.REPORT_READ)
def show() -> Response:
    require(Permission.DIARY_READ)
    asked = _asked()
    wanted = _wanted(asked)
    place = Place.read(request.args.get("before", ""))
    found = finding.page(wanted, place, counted=place is None)
    return page_or_part(
        "diary/report.html", "diary/_report.html",
        asked=asked, words=_words(asked), found=found, lines=lines(found.entries),
        kinds=KINDS, users=queries.users(), groups=contacts.visible_groups(), is_first=place is None,
        next_href=_href(asked, before=str(found.next)) if found.next else "", first_href=_href(asked),
        most_printed=papers.MOST_PRINTED,
    )  # fmt: skip


@activity.post("")
@needs(Permission.CONTACT_EXPORT, fresh=True, hands_out=True)
def take() -> Response:
    """The report as a file. A POST, because it is written into the record."""
    require(Permission.REPORT_READ)
    require(Permission.DIARY_READ)
    kind = request.form.get("format", "csv")
    if kind not in papers.FORMATS:
        abort(404)
    asked = _asked()
    wanted, local = _wanted(asked), zone()
    papers.note(wanted, kind)
    if kind == "csv":
        return stream(partial(papers.as_csv, wanted, local), name="activity.csv")
    if kind == "pdf":
        headers = {"Content-Disposition": as_attachment("activity.pdf")}
        return Response(
            papers.as_pdf(wanted, local, g.org, _words(asked)), content_type=papers.FORMATS[kind], headers=headers
        )
    made = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 - send_file closes it
    papers.as_xlsx(wanted, local, made)  # type: ignore[arg-type]
    made.seek(0)
    return send_file(made, mimetype=papers.FORMATS[kind], as_attachment=True, download_name="activity.xlsx")


def _asked() -> dict[str, Any]:
    """The filters in the address or the form; what cannot be read is as if it were not there."""
    today = tasks.today()
    until = day_asked("until", today)
    since = day_asked("since", until - MONTH)
    kind = request.values.get("kind", "")
    user, group = _number("user"), _number("group")
    return {
        "since": min(since, until), "until": max(since, until), "kind": kind if kind in KINDS else "",
        "user": user if user is not None and queries.is_known(user) else None,
        "group": group if group in {one.id for one in contacts.visible_groups()} else None,
    }  # fmt: skip


def _wanted(asked: dict[str, Any]) -> Wanted:
    since, until = bounds(asked["since"], asked["until"], zone())
    user = ANYBODY if asked["user"] is None else asked["user"]
    return Wanted(since, until, user, asked["kind"], asked["group"] or 0)


def _words(asked: dict[str, Any]) -> list[str]:
    """What is asked for, in words, for the heading of the page and the paper."""
    words = [f"{in_words(asked['since'], zone())} to {in_words(asked['until'], zone())}"]
    if asked["user"] is not None:
        words.append(f"by {queries.names_of([asked['user']]).get(asked['user'], queries.PORTAL)}")
    if asked["kind"]:
        words.append(KINDS[asked["kind"]].words.lower())
    if asked["group"]:
        names = {group.id: group.name for group in contacts.visible_groups()}
        words.append(f"contacts in {names[asked['group']]}")
    return words


def _href(asked: dict[str, Any], **more: Any) -> str:
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value not in (None, "")}
    return url_for("activity.show", **kept, **more)


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

"""Files out there: every export with what became of it, those first that should have been destroyed by now; and the
reminder of them (R59).
"""

from dataclasses import dataclass
from typing import Any

from peewee import Case

from portal.accounts.models import Membership, User
from portal.accounts.service import current_org, today
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.delivery import notices, transport
from portal.exports.marking import read_mark
from portal.exports.models import Export
from portal.exports.rules import MADE, OPEN

PAGE = 25
SHOWN = {
    "": "All", "out": "Out there", "overdue": "To be destroyed by now", "destroyed": "Destroyed",
    "untaken": "Never fetched",
}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    show: str = ""  # a word of SHOWN
    text: str = ""  # a mark, also within the name of a file; else in who, what for, and who has it


def count(wanted: Filter) -> int:
    return int(_found(wanted).count())


def page(wanted: Filter, number: int) -> list[Export]:
    """Those overdue first, the oldest of them first; then the others, the newest first."""
    late = Case(None, [(_overdue(), 0)], 1)
    by = Case(None, [(_overdue(), Export.expires_on)], None)
    return list(_found(wanted).order_by(late, by, Export.id.desc()).paginate(number, PAGE))


def overdue() -> int:
    return int(Export.select().where(_overdue()).count())


def is_overdue(export: Export) -> bool:
    return export.is_out and export.expires_on < today()


def by_mark(typed: str) -> Export | None:
    """The export whose mark this is, alone or within the name of a file."""
    mark = read_mark(typed)
    found: Export | None = Export.get_or_none(Export.mark == mark) if mark else None
    return found


def remind() -> int:
    """Tell whoever took a file whose day has come that it is to be destroyed, once; how many mails."""
    sent = 0
    last = today()
    for export in Export.select().where(_is_out(), Export.expires_on <= last, Export.reminded_at.is_null()):
        with transaction():
            mine = (Export.id == export.id) & Export.reminded_at.is_null()
            if not Export.update(reminded_at=now()).where(mine).execute():
                continue
            for address in _recipients(export):
                sent += 1
                _remind(export, address)
    return sent


def _remind(export: Export, address: str) -> None:
    org = current_org()
    notices.send(
        "export_expired", address, org=org.name, mark=export.mark, rows=export.done, purpose=export.purpose,
        holder=export.recipient, expires_on=export.expires_on, by=export.user_name,
        link=f"{transport.base_url()}/exports/{export.id}",
    )  # fmt: skip


def _recipients(export: Export) -> list[str]:
    """Who asked and who fetched it; the owners where neither works here any more."""
    here = Membership.select(Membership, User).join(User).where(Membership.org == current_org().id)
    here = here.where(User.disabled_at.is_null()).order_by(Membership.id)
    takers = {export.user_id, export.colleague_id}
    mine = [one.user.email for one in here if one.user_id in takers]
    return mine or [one.user.email for one in here if one.role == Role.OWNER]


def _is_out() -> Any:
    return Export.taken_at.is_null(False) & Export.destroyed_at.is_null()


def _overdue() -> Any:
    return _is_out() & (Export.expires_on < today())


def _found(wanted: Filter) -> Any:
    query = Export.select()
    if wanted.show == "out":
        query = query.where(_is_out())
    elif wanted.show == "overdue":
        query = query.where(_overdue())
    elif wanted.show == "destroyed":
        query = query.where(Export.destroyed_at.is_null(False))
    elif wanted.show == "untaken":
        query = query.where(Export.taken_at.is_null(), Export.state.in_([MADE, *OPEN]))
    if mark := read_mark(wanted.text):
        return query.where(Export.mark == mark)
    for word in wanted.text.split():
        said = Export.purpose.contains(word) | Export.recipient.contains(word) | Export.user_name.contains(word)
        query = query.where(said | Export.colleague_name.contains(word))
    return query

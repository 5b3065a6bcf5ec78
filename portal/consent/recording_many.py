"""Writing down for many contacts at once on what ground they are kept: a job, batch by batch, each with its count in
one transaction, so that a crash neither loses nor doubles.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from portal.accounts.service import actor_of_user
from portal.activity import log
from portal.consent import purposes, unjustified
from portal.consent.folding import of
from portal.consent.grounds import BASES, CHANNELS
from portal.consent.justifying import justify
from portal.consent.models import GroundRun
from portal.consent.queries import justifications, states
from portal.consent.recording import record
from portal.contacts.groups import find_group
from portal.contacts.membership import is_member
from portal.contacts.models import Contact
from portal.core import queue
from portal.core.actor import Actor, acting_as, current_actor, require
from portal.core.clock import now
from portal.core.db import GivingWay, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Denied, Permission

BATCH = 400
AT_ONCE = 2_000  # so few are done while the page waits
LEASE = timedelta(minutes=2)


class BadGround(Misfit):
    """This cannot be recorded for many. `field` is where it is mended."""


class RunNotFound(LookupError):
    pass


@dataclass(frozen=True)
class What:
    """What is written down for each: consent by these channels, as it was told, or another ground."""

    purpose_id: int
    basis: str
    source: str = ""
    detail: str = ""
    channels: list[str] = field(default_factory=list)


def find(run_id: int) -> GroundRun:
    found = GroundRun.get_or_none(GroundRun.id == run_id)
    if found is None:
        raise RunNotFound("There is no such list of grounds.")
    return found


def start(what: What, group_id: int | None) -> GroundRun:
    """Begin for the members of a group, or for everybody without any ground. Raises BadGround, PurposeNotFound and
    GroupNotFound.
    """
    require(Permission.CONTACT_EDIT)
    purpose = purposes.find(what.purpose_id)
    if what.basis not in BASES:
        raise BadGround("Choose on what ground.", "basis")
    if what.basis == "consent" and (not what.channels or not set(what.channels) <= set(CHANNELS)):
        raise BadGround("Choose at least one way of reaching them to which they agreed.", "channels")
    if not what.detail.strip():
        raise BadGround("Say how and when you came to know this, such as: signed the list at the AGM in May.", "detail")
    if group_id is not None:
        find_group(group_id)
    total = _people(group_id).count()
    with transaction():
        made = GroundRun.create(what=asdict(what), group_id=group_id, user_id=current_actor().user_id, total=total)
        told = {"purpose": purpose.name, "basis": BASES[what.basis], "detail": what.detail}
        changes: dict[str, list[Any]] = {key: [None, value] for key, value in told.items()}
        log.write("grounds.recorded", subject_id=made.id, changes=changes, people=total, group_id=group_id)
        if total > AT_ONCE:
            queue.enqueue(queue.RECORD_GROUNDS, run_id=made.id)
    if total <= AT_ONCE:
        run(made.id)
    return find(made.id)


def due() -> list[int]:
    """Those nobody is at work on."""
    return [row.id for row in GroundRun.select(GroundRun.id).where(_idle())]


def run(run_id: int) -> None:
    """Do what is left of it. Does nothing when another worker is at it or it has ended."""
    mine = GroundRun.id == run_id
    if not GroundRun.update(state="running", lease=now() + LEASE).where(mine & _idle()).execute():
        return
    the_run = find(run_id)
    try:
        actor = _actor_of(the_run)
    except Denied as refusal:
        GroundRun.update(state="failed", words=str(refusal), lease=None).where(mine).execute()
        return
    what, last, give_way = What(**the_run.what), the_run.last_id, GivingWay()
    with acting_as(actor):
        while ids := _next(the_run.group_id, last):
            with transaction():
                step = {"done": GroundRun.done + len(ids), "last_id": ids[-1], "lease": now() + LEASE}
                if not GroundRun.update(**step).where(mine, GroundRun.last_id == last).execute():
                    return  # another worker took it over meanwhile
                _write(what, ids)
            last = ids[-1]
            give_way()
        GroundRun.update(state="finished", lease=None).where(mine, GroundRun.last_id == last).execute()


def silent(contact_ids: Sequence[int], what: What) -> list[int]:
    """Those for whom this is news: who has said no, or is kept on this ground already, is left as he is."""
    if what.basis == "consent":
        known = states(contact_ids)
        return [
            i for i in contact_ids
            if not all(
                of(known.get(i, {}), what.purpose_id, c).is_given or of(known.get(i, {}), what.purpose_id, c).is_refused
                for c in what.channels
            )
        ]  # fmt: skip
    have = {
        i
        for i, rows in justifications(contact_ids).items()
        for row in rows
        if row.ended_at is None and (row.purpose_id, row.basis) == (what.purpose_id, what.basis)
    }
    return [i for i in contact_ids if i not in have]


def _write(what: What, ids: Sequence[int]) -> None:
    fresh = silent(ids, what)
    if not fresh:
        return
    if what.basis == "consent":
        record(
            fresh, purpose_id=what.purpose_id, channels=what.channels, kind="granted", method="import",
            source=what.source, detail=what.detail,
        )  # fmt: skip
    else:
        justify(fresh, purpose_id=what.purpose_id, basis=what.basis, detail=what.detail, source=what.source)


def _people(group_id: int | None) -> Any:
    if group_id is None:
        return unjustified.everybody()
    return Contact.select(Contact.id).where(Contact.erased_at.is_null(), is_member([group_id]))


def _next(group_id: int | None, last: int) -> list[int]:
    query = _people(group_id).where(Contact.id > last).order_by(Contact.id).limit(BATCH)
    return [row[0] for row in query.tuples()]


def _idle() -> Any:
    late = (GroundRun.state == "running") & (GroundRun.lease < now())
    return (GroundRun.state == "waiting") | late


def _actor_of(the_run: GroundRun) -> Actor:
    """Whoever began it, with the rights he has now; the portal itself for a command. Raises Denied."""
    if the_run.user_id is None:
        return current_actor()
    actor = actor_of_user(the_run.user_id)
    if actor is None or not actor.may(Permission.CONTACT_EDIT):
        raise Denied("Whoever began this may not change contacts any more. Begin it again.")
    return actor

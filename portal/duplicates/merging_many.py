"""Merging many pairs at once: a job, pair by pair, each merge a transaction of its own that can be undone by itself. It
can be stopped, and goes on where it was; a crash neither loses nor doubles a merge.
"""

from datetime import timedelta
from typing import Any

from portal.accounts.service import actor_of_user
from portal.activity import log
from portal.contacts.models import Contact
from portal.core import queue
from portal.core.actor import Actor, acting_as, current_actor, require
from portal.core.clock import now
from portal.core.db import lock_table, transaction
from portal.core.permissions import Denied, Permission
from portal.duplicates import comparing, finding, queries
from portal.duplicates.models import MergeRun, Pair
from portal.duplicates.rules import CERTAIN, LIKELY, compare
from portal.duplicates.uniting import StalePair, Unmergeable, unite

LEASE = timedelta(minutes=2)
BATCH = 50
OPEN = ("waiting", "running")
LEAST = {"certain": CERTAIN, "likely": LIKELY}


class RunNotFound(LookupError):
    pass


def begin(level: str) -> MergeRun:
    """Begin to merge the pairs that are certain, or those that are likely too; or return the run under way."""
    require(Permission.CONTACT_MERGE)
    least = LEAST[level]
    with transaction():
        lock_table(MergeRun)
        under_way: MergeRun | None = MergeRun.select().where(MergeRun.state.in_(OPEN)).first()
        if under_way is not None:
            return under_way
        actor = current_actor()
        made = MergeRun.create(
            user_id=actor.user_id, user_name=actor.name, least=least, total=queries.count_certain(least)
        )
        log.write("duplicates.merge_begun", subject_id=made.id, least=least, pairs=made.total)
        queue.enqueue(queue.MERGE_MANY, run_id=made.id)
    return made


def find(run_id: int) -> MergeRun:
    found = MergeRun.get_or_none(MergeRun.id == run_id)
    if found is None:
        raise RunNotFound("There is no such merging.")
    return found


def last() -> MergeRun | None:
    return MergeRun.select().order_by(MergeRun.id.desc()).first()


def stop(the_run: MergeRun) -> None:
    """Stop after the pair in hand. What was merged stays merged."""
    require(Permission.CONTACT_MERGE)
    _turn(the_run, OPEN, "stopped", "duplicates.merge_stopped")


def go_on(the_run: MergeRun) -> None:
    require(Permission.CONTACT_MERGE)
    _turn(the_run, ("stopped", "failed"), "waiting", "duplicates.merge_resumed")


def due() -> list[int]:
    """Those nobody is at work on."""
    return [row.id for row in MergeRun.select(MergeRun.id).where(_idle())]


def run(run_id: int) -> None:
    """Do what is left of it. Does nothing when another worker is at it, or it has ended or was stopped."""
    mine = MergeRun.id == run_id
    if not MergeRun.update(state="running", lease=now() + LEASE).where(mine & _idle()).execute():
        return
    the_run = find(run_id)
    try:
        actor = _actor_of(the_run)
    except Denied as refusal:
        MergeRun.update(state="failed", words=str(refusal), lease=None).where(mine).execute()
        return
    with acting_as(actor):
        last_id = the_run.last_id
        while ids := queries.certain_ids(the_run.least, last_id, BATCH):
            for pair_id in ids:
                if not _step(the_run, last_id, pair_id):
                    return  # it was stopped, or another worker took it over
                last_id = pair_id
        with transaction():
            ended = MergeRun.update(state="finished", lease=None, ended_at=now())
            if ended.where(mine, MergeRun.state == "running", MergeRun.last_id == last_id).execute():
                log.write("duplicates.merge_finished", subject_id=run_id, merged=find(run_id).merged)


def _step(the_run: MergeRun, last_id: int, pair_id: int) -> bool:
    """Merge one pair and count it, or nothing of both."""
    with transaction():
        step = {"done": MergeRun.done + 1, "last_id": pair_id, "lease": now() + LEASE}
        at_it = (MergeRun.id == the_run.id) & (MergeRun.state == "running") & (MergeRun.last_id == last_id)
        if not MergeRun.update(**step).where(at_it).execute():
            return False
        if _merge(the_run, pair_id):
            MergeRun.update(merged=MergeRun.merged + 1).where(MergeRun.id == the_run.id).execute()
    return True


def _merge(the_run: MergeRun, pair_id: int) -> bool:
    """Merge a pair that is still what it was found to be: looked at once more, now."""
    pair = Pair.get_or_none(Pair.id == pair_id, Pair.state == "open")
    if pair is None:
        return False
    people = finding.known([pair.contact_id, pair.other_id])
    if len(people) < 2:
        return False
    if compare(people[pair.contact_id], people[pair.other_id]).seen(finding.hidden_sets()) < the_run.least:
        return False
    one, other = Contact.get_by_id(pair.contact_id), Contact.get_by_id(pair.other_id)
    kept, lost = (one, other) if comparing.default_kept(one, other) == "one" else (other, one)
    try:
        with transaction():
            unite(kept.id, lost.id, run_id=the_run.id)
    except (Unmergeable, StalePair):
        return False
    return True


def _turn(the_run: MergeRun, before: tuple[str, ...], after: str, action: str) -> None:
    with transaction():
        turned = MergeRun.update(state=after, lease=None, words="").where(
            MergeRun.id == the_run.id, MergeRun.state.in_(before)
        )
        if turned.execute():
            log.write(action, subject_id=the_run.id)
            if after == "waiting":
                queue.enqueue(queue.MERGE_MANY, run_id=the_run.id)


def _idle() -> Any:
    late = (MergeRun.state == "running") & (MergeRun.lease < now())
    return (MergeRun.state == "waiting") | late


def _actor_of(the_run: MergeRun) -> Actor:
    """Whoever began it, with the rights he has now; the portal itself for a command. Raises Denied."""
    if the_run.user_id is None:
        return current_actor()
    actor = actor_of_user(the_run.user_id)
    if actor is None or not actor.may(Permission.CONTACT_MERGE):
        raise Denied("Whoever began this may not merge contacts any more. Begin it again.")
    return actor

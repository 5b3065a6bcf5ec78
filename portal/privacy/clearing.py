"""Removing very many: a job with a row in the database, that can be stopped and goes on where it was."""

from collections.abc import Sequence
from typing import Any

from portal.accounts.service import actor_of_user
from portal.activity import log
from portal.core import queue
from portal.core.actor import Actor, acting_as, current_actor, require
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Denied, Permission
from portal.privacy import erasing
from portal.privacy.models import Erasure

AT_ONCE = 200  # so many are done while whoever asked waits


def begin(act: str, contact_ids: Sequence[int], reason: str, *, rule_id: int | None = None) -> Erasure:
    """Remove these contacts, or make them nameless: a few at once, very many as a job. Raises Kept."""
    if len(contact_ids) <= AT_ONCE and rule_id is None:
        return erasing.erase(contact_ids, reason, act)
    with transaction():
        made = erasing.ordered(act, contact_ids, reason, rule_id=rule_id)
        log.write("erasure.begun", subject_id=made.id, people=made.total, act=act, reason=reason)
        queue.enqueue(queue.RUN_ERASURE, erasure_id=made.id)
    return made


def stop(made: Erasure) -> None:
    """Stop before the next batch. Who is gone stays gone."""
    require(Permission.CONTACT_DELETE)
    _change(made, ("waiting", "running"), "stopped", "erasure.stopped")


def go_on(made: Erasure) -> None:
    """Go on with one that was stopped, as whoever asks for it now."""
    require(Permission.CONTACT_DELETE)
    actor = current_actor()
    _change(made, ("stopped",), "waiting", "erasure.resumed", user_id=actor.user_id, user_name=actor.name, problem="")


def due() -> list[int]:
    """Those nobody is at work on."""
    return [row[0] for row in Erasure.select(Erasure.id).where(_idle()).tuples()]


def run(erasure_id: int) -> None:
    """Do what is left of it. Does nothing when another worker is at it, or it was stopped or has ended."""
    mine = Erasure.id == erasure_id
    if not Erasure.update(state="running", lease=now() + erasing.LEASE).where(mine & _idle()).execute():
        return
    made = erasing.find(erasure_id)
    try:
        actor = _actor_of(made)
    except Denied as refusal:
        Erasure.update(state="stopped", problem=str(refusal), lease=None).where(mine).execute()
        return
    with acting_as(actor):
        while erasing.step(erasure_id):
            pass
        if erasing.find(erasure_id).state == "finished":
            with transaction():
                log.write("erasure.finished", subject_id=erasure_id, people=made.total)


def recent(limit: int, offset: int = 0) -> list[Erasure]:
    return list(Erasure.select().order_by(Erasure.id.desc()).limit(limit).offset(offset))


def count() -> int:
    return int(Erasure.select().count())


def _change(made: Erasure, states: tuple[str, ...], state: str, action: str, **more: Any) -> None:
    with transaction():
        values = {"state": state, "lease": None, **more}
        if Erasure.update(**values).where(Erasure.id == made.id, Erasure.state.in_(states)).execute():
            log.write(action, subject_id=made.id)
            if state == "waiting":
                queue.enqueue(queue.RUN_ERASURE, erasure_id=made.id)


def _idle() -> Any:
    late = (Erasure.state == "running") & (Erasure.lease < now())
    return (Erasure.state == "waiting") | late


def _actor_of(made: Erasure) -> Actor:
    """Whoever ordered it, with the rights he has now; the portal itself for a rule that is automatic. Raises Denied."""
    if made.user_id is None:
        return current_actor()
    actor = actor_of_user(made.user_id)
    if actor is None or not actor.may(Permission.CONTACT_DELETE):
        raise Denied("Whoever began this may not delete contacts any more. Begin it again.")
    return actor

"""The one way in which people are removed: whoever asks for it, from whichever page or job (R31, P-14-4, domain 7.7).

In one transaction for each batch: the addresses are suppressed by their keyed hash before they are gone, every place
that names the contacts is emptied, the record says it was done, and the journal outside the database knows of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from peewee import chunked

from portal.activity import heads
from portal.activity.models import LogEntry
from portal.consent import suppressing
from portal.consent.suppressing import Wish
from portal.contacts import record
from portal.contacts.models import Contact, Email, Telephone
from portal.contacts.sweeps import holds, sweeps
from portal.core.actor import acting_as, current_actor, require, system
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.keys import address_mac, current_version
from portal.core.permissions import Permission
from portal.delivery.models import Delivery
from portal.privacy import de_identifying, journal, proof_holdings, scrubbing
from portal.privacy.erasure_rules import ACTION, DE_IDENTIFY, ERASE, OWN_ACT, OWN_WISH, REASONS, counted
from portal.privacy.journal import Gone
from portal.privacy.models import Erasure

BATCH = 200
LEASE = timedelta(minutes=5)


class ErasureNotFound(LookupError):
    pass


class Kept(ValueError):
    """Nobody of those chosen may be removed now; the message says why."""


@dataclass
class Done:
    """What became of a batch."""

    gone: int = 0
    held: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


def erase(contact_ids: Sequence[int], reason: str = "asked", act: str = ERASE) -> Erasure:
    """Remove these contacts now, for good, as far as the actor sees them; return the row its certificate is made of.
    To de-identify them is the same, but for a row that nobody can tie to anybody: what statistics need. Raises Kept
    when every one of them must stay.
    """
    made = ordered(act, contact_ids, reason, state="running")
    while step(made.id):
        pass
    made = find(made.id)
    if made.held == made.total and made.held:
        Erasure.delete().where(Erasure.id == made.id).execute()
        raise Kept(why_held(contact_ids, reason))
    return made


def find(erasure_id: int) -> Erasure:
    found = Erasure.get_or_none(Erasure.id == erasure_id)
    if found is None:
        raise ErasureNotFound("There is no such removal.")
    return found


def ordered(
    act: str, contact_ids: Sequence[int], reason: str, *, rule_id: int | None = None, state: str = "waiting"
) -> Erasure:
    """The row of an act that is to be done, with those of the contacts whom the actor sees and who are there."""
    require(Permission.CONTACT_DELETE)
    if reason not in REASONS:
        raise ValueError(f"no such reason: {reason}")
    actor = current_actor()
    ids: list[int] = []
    for few in chunked(dict.fromkeys(contact_ids), 1_000):
        query = Contact.select(Contact.id).where(Contact.id.in_(few), Contact.erased_at.is_null())
        ids += [row[0] for row in query.order_by(Contact.id).tuples()]
    with transaction():
        return Erasure.create(
            act=act, reason=reason, rule_id=rule_id, ids=ids, total=len(ids), user_id=actor.user_id,
            user_name=actor.name, state=state, lease=now() + LEASE if state == "running" else None,
        )  # fmt: skip


def step(erasure_id: int) -> bool:
    """Do the next batch with its counts in one transaction; whether there may be another. Somebody else may be at it,
    or have stopped it: the row is locked and read again.
    """
    with transaction():
        made = lock(Erasure.select().where(Erasure.id == erasure_id)).get()
        if made.state != "running":
            return False
        few = list(made.ids)[:BATCH]
        if not few:
            _finish(made)
            return False
        done = do(made.act, few, made.reason)
        made.ids, made.done, made.held = list(made.ids)[BATCH:], made.done + len(few), made.held + done.held
        made.counts, made.kept = _sum(made.counts, done.counts), _sum(made.kept, done.kept)
        made.lease = now() + LEASE
        made.save(only=["ids", "done", "held", "counts", "kept", "lease"])
        scrubbing.ring()
    return True


def _finish(made: Erasure) -> None:
    """Note where the record stood at the end: what the certificate names."""
    head = heads.current()
    made.state, made.ids, made.ended_at, made.lease = "finished", [], now(), None
    made.log_seq, made.log_hash = (head.seq, head.hash) if head else (0, "")
    made.save(only=["state", "ids", "ended_at", "lease", "log_seq", "log_hash"])


def do(act: str, contact_ids: Sequence[int], reason: str, *, again: bool = False) -> Done:
    """Erase these contacts, or make them nameless, within the caller's transaction. With `again` it was done before the
    database was put back: then nothing holds them, and the journal knows of it.
    """
    people, held = standing(contact_ids, reason, again=again)
    ids = [one.contact_id for one in people]
    if not ids:
        return Done(held=held)
    done = Done(len(ids), held, count(ids))
    wishes = wishes_of(ids, reason)
    suppressing.suppress_many(wishes)
    done.counts = _sum(done.counts, sweep(ids))
    if act == DE_IDENTIFY:
        done.kept["nameless"] = de_identifying.keep(ids)
    record.erase(ids, REASONS[reason], ACTION[act])
    done.kept |= {"suppression": len(wishes), **_remains(ids)}
    if not again:
        journal.note_gone(act, people, reason, wishes)
    return done


def standing(contact_ids: Sequence[int], reason: str, *, again: bool = False) -> tuple[list[Gone], int]:
    """Those of these contacts who are still there and may go, locked; and how many must stay."""
    ids = sorted(contact_ids)
    query = Contact.select(Contact.id, Contact.created_at).where(Contact.id.in_(ids), Contact.erased_at.is_null())
    there = list(lock(query.order_by(Contact.id)).tuples())
    held = set() if again else held_of([row[0] for row in there], reason)
    return [Gone(row[0], journal.stamp_of(row[1])) for row in there if row[0] not in held], len(held)


def held_of(contact_ids: Sequence[int], reason: str = "") -> set[int]:
    """Those of these contacts who must stay for now: the law, or a question of theirs, wants it (P-14-2, P-14-3). A
    question does not hold whoever removes himself.
    """
    found: set[int] = set()
    with acting_as(system(current_actor().org_id)):
        for hold in holds(own_act=reason == OWN_ACT) if contact_ids else ():
            mine = Contact.select(Contact.id).where(Contact.id.in_(list(contact_ids)), Contact.id.in_(hold.subquery()))
            found |= {row[0] for row in mine.tuples()}
    return found


def why_held(contact_ids: Sequence[int], reason: str = "") -> str:
    """Why these must stay, in a sentence."""
    with acting_as(system(current_actor().org_id)):
        words = [
            hold.words
            for hold in holds(own_act=reason == OWN_ACT)
            if Contact.select().where(Contact.id.in_(list(contact_ids)), Contact.id.in_(hold.subquery())).exists()
        ]
    return f"Nothing was removed: {'; '.join(words) or 'the contact is not there any more'}."


def wishes_of(contact_ids: Sequence[int], reason: str) -> list[Wish]:
    """The keyed hashes of their addresses, which must be left alone from now on and not come back.

    An address that somebody else here has too goes with the person who asked to be removed. Where it is our own doing,
    it stays with the other, as a telephone always does: that of an office is not one person's.
    """
    ids = list(contact_ids)
    found: list[Wish] = []
    org_id, version = current_actor().org_id, current_version()
    with acting_as(system(org_id)):
        for channel, kind, column in (("email", Email, Email.normal), ("sms", Telephone, Telephone.number)):
            mine = {row[0] for row in kind.select(column).where(kind.contact_id.in_(ids)).tuples() if row[0]}
            if channel != "email" or reason not in OWN_WISH:
                others = kind.select(column).where(column.in_(sorted(mine)), kind.contact_id.not_in(ids))
                mine -= {row[0] for row in others.tuples()} if mine else set()
            found += [
                Wish(channel, address_mac(org_id, channel, normal), version, "everything", "erased")
                for normal in sorted(mine)
            ]
    return found


def shared_with_others(contact_ids: Sequence[int]) -> int:
    """How many other contacts have one of these email addresses: they are not written to either, if somebody asked."""
    ids = list(contact_ids)
    mine = Email.select(Email.normal).where(Email.contact_id.in_(ids))
    others = Email.select(Email.contact_id).where(Email.normal.in_(mine), Email.contact_id.not_in(ids))
    return int(others.distinct().count())


def count(contact_ids: Sequence[int]) -> dict[str, int]:
    """How much is held of these contacts, table by table, whatever the actor sees."""
    with acting_as(system(current_actor().org_id)):
        tables: dict[str, Any] = {model._meta.table_name: model for model in proof_holdings.tables()}
        found = {
            name: int(tables[name].select().where(tables[name].contact_id.in_(list(contact_ids))).count())
            for name in counted()
            if name in tables
        }
    return {name: number for name, number in found.items() if number}


def sweep(contact_ids: Sequence[int]) -> dict[str, int]:
    """Empty the places that name these contacts without a column of theirs."""
    with acting_as(system(current_actor().org_id)):
        found = {one.name: one.forget(contact_ids) for one in sweeps()}
    return {name: number for name, number in found.items() if number}


def _remains(contact_ids: Sequence[int]) -> dict[str, int]:
    with acting_as(system(current_actor().org_id)):
        ids = list(contact_ids)
        return {
            model._meta.table_name: int(model.select().where(model.contact_id.in_(ids)).count())
            for model in (Delivery, LogEntry)
        }


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in [*one, *(n for n in other if n not in one)]}

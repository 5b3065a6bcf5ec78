"""Deliveries that are final are sealed into the log, a thousand to an entry; and whether they are still what they were.

Sealed is what became of the message. What comes back later, a bounce or a complaint, stands beside the row and is not
in its seal.
"""

import struct
from collections import Counter
from itertools import count
from typing import Any

from peewee import chunked, fn

from portal.activity import log
from portal.activity.models import LogEntry
from portal.activity.witnesses import Row, Trouble, register_witness
from portal.core.db import lock, transaction
from portal.delivery.models import FINAL, Delivery, DeliverySeal
from portal.delivery.seal_rules import BATCH, Leaf, Sealed, leaf_of, packed, root_of, unpacked

RESTORED = "organisation.restored"
SEALED, FROZEN, FINISHED = "campaign.deliveries_sealed", "campaign.audience_frozen", "campaign.finished"
MERGES = "contact.merge"  # how the actions begin by which a delivery comes to belong to another contact
MOST_BATCHES = 50  # of one turn of the job
_FIELDS = [getattr(Delivery, name) for name in Sealed._fields]


def due() -> list[int]:
    """Campaigns with something to seal: a whole batch, or the rest once nothing is open any more."""
    query = Delivery.select(Delivery.campaign_id, Delivery.state, fn.COUNT(Delivery.id))
    query = query.where(Delivery.seal_id.is_null())
    final: Counter[int] = Counter()
    still_open = set()
    for campaign_id, state, number in query.group_by(Delivery.campaign_id, Delivery.state).tuples():
        if state in FINAL:
            final[campaign_id] += number
        else:
            still_open.add(campaign_id)
    return sorted(i for i, number in final.items() if number >= BATCH or i not in still_open)


def seal(campaign_id: int) -> int:
    """Seal what is due of a campaign, batch by batch, each in a transaction of its own; how many deliveries."""
    done = 0
    for turn in count():
        sealed = _seal_batch(campaign_id) if turn < MOST_BATCHES else 0
        done += sealed
        if sealed < BATCH:
            return done
    return done


def _seal_batch(campaign_id: int) -> int:
    unsealed = (Delivery.campaign_id == campaign_id) & Delivery.seal_id.is_null()
    with transaction():
        query = Delivery.select(*_FIELDS).where(unsealed, Delivery.state.in_(FINAL)).order_by(Delivery.id).limit(BATCH)
        rows = [Sealed(*row) for row in lock(query).tuples()]
        is_open = Delivery.select().where(unsealed, Delivery.state.not_in(FINAL)).exists()
        if not rows or (len(rows) < BATCH and is_open):
            return 0
        leaves = [leaf_of(row) for row in rows]
        root = root_of(leaves)
        made = DeliverySeal.create(campaign_id=campaign_id, count=len(rows), root=root, leaves=packed(leaves))
        Delivery.update(seal_id=made.id).where(Delivery.id.in_([row.id for row in rows])).execute()
        states = dict(Counter(row.state for row in rows))
        log.write(SEALED, subject_id=campaign_id, seal=made.id, count=len(rows), root=root, states=states)
    return len(rows)


class SealWitness:
    """Compares what was sealed with what is there now, named by campaign and delivery. Where one organisation was put
    back from a backup, its record went on: what was sealed since that backup is not there any more, and says so itself.
    """

    def __init__(self) -> None:
        self.put_back = [
            (int(entry.detail["since"]), int(entry.seq))
            for entry in LogEntry.select().where(LogEntry.action == RESTORED)
            if entry.detail and "since" in entry.detail
        ]
        self.frozen: dict[int, tuple[int, int]] = {}  # campaign -> how many people, and the entry that says so
        self.moved: list[tuple[int, int, Trouble]] = []  # whose it was, and to which contact it was given
        self.one: dict[int, int] = {}  # contact -> one with whom it was merged at some time

    def see(self, entry: Row) -> Trouble | None:
        if entry.detail is None:
            return None  # that its words were taken out is seen without us
        if any(since < entry.seq < until for since, until in self.put_back) and not entry.action.startswith(MERGES):
            return None
        detail, campaign_id = entry.detail, int(entry.subject_id or 0)
        if entry.action.startswith(MERGES):
            self._join(int(entry.contact_id or 0), int(entry.subject_id or 0))
        elif entry.action == FROZEN:
            self.frozen[campaign_id] = (detail["people"], entry.seq)
        elif entry.action == FINISHED:  # of a campaign whose freezing was not noted yet
            self.frozen.setdefault(campaign_id, (detail["figures"]["frozen"], entry.seq))
        elif entry.action == SEALED:
            return self._look(entry.seq, campaign_id, detail)
        return None

    def end(self) -> Trouble | None:
        unexplained = [trouble for was, contact_id, trouble in self.moved if self._root(was) != self._root(contact_id)]
        return unexplained[0] if unexplained else self._miscounted()

    def _look(self, seq: int, campaign_id: int, detail: dict[str, Any]) -> Trouble | None:
        found = DeliverySeal.get_or_none(DeliverySeal.id == detail["seal"])
        about = {"campaign": campaign_id}
        try:
            leaves = unpacked(bytes(found.leaves)) if found else []
        except struct.error:
            leaves = []
        if found is None or not leaves or root_of(leaves) != detail["root"] or len(leaves) != detail["count"]:
            return Trouble(seq, f"The list of deliveries sealed by entry {seq} was changed or removed.", about)
        rows = {row[0]: Sealed(*row) for row in Delivery.select(*_FIELDS).where(Delivery.seal_id == found.id).tuples()}
        for leaf in leaves:
            trouble = self._compare(leaf, rows.pop(leaf.delivery_id, None), seq, campaign_id)
            if trouble is not None:
                return trouble
        if rows:
            return _named(seq, campaign_id, min(rows), "was put in after its batch was sealed")
        return None

    def _compare(self, leaf: Leaf, row: Sealed | None, seq: int, campaign_id: int) -> Trouble | None:
        if row is None:
            return _named(seq, campaign_id, leaf.delivery_id, "was removed after it was sealed")
        if leaf_of(row._replace(contact_id=leaf.contact_id)) != leaf:
            return _named(seq, campaign_id, leaf.delivery_id, "was changed after it was sealed")
        if row.contact_id != leaf.contact_id:
            trouble = _named(seq, campaign_id, leaf.delivery_id, "was given to another contact after it was sealed")
            self.moved.append((leaf.contact_id, row.contact_id, trouble))
        return None

    def _join(self, one: int, other: int) -> None:
        """The log tells that these two were merged, or taken apart again: both stand in the entry's own columns, which
        erasing leaves. Only between such may a delivery pass.
        """
        self.one[self._root(one)] = self._root(other)

    def _root(self, contact_id: int) -> int:
        while (next_id := self.one.get(contact_id, contact_id)) != contact_id:
            contact_id = next_id
        return contact_id

    def _miscounted(self) -> Trouble | None:
        """A campaign that has more or fewer deliveries than people it was frozen for: those not sealed yet, too."""
        for some in chunked(sorted(self.frozen), 500):
            query = Delivery.select(Delivery.campaign_id, fn.COUNT(Delivery.id)).where(Delivery.campaign_id.in_(some))
            counts = dict(query.group_by(Delivery.campaign_id).tuples())
            for campaign_id in some:
                people, seq = self.frozen[campaign_id]
                there = counts.get(campaign_id, 0)  # a campaign begins with nobody when all were taken out meanwhile
                if there < people:
                    words = f"Deliveries of campaign {campaign_id} were removed: there are not {people} any more."
                    return Trouble(seq, words, {"campaign": campaign_id})
                if there > people:
                    last = Delivery.select(fn.MAX(Delivery.id)).where(Delivery.campaign_id == campaign_id)
                    newest = last.where(Delivery.seal_id.is_null()).scalar() or last.scalar()
                    return _named(seq, campaign_id, newest, f"was put in: only {people} people were to be written to")
        return None


def register() -> None:
    register_witness("deliveries", SealWitness)


def _named(seq: int, campaign_id: int, delivery_id: int, what: str) -> Trouble:
    words = f"Delivery {delivery_id} of campaign {campaign_id} {what}."
    return Trouble(seq, words, {"campaign": campaign_id, "delivery": delivery_id})

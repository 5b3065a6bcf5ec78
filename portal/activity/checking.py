"""Checks the organisation's chain from its first entry, or from the last noted head on: every link, every detail, the
heads noted outside the database, and what other features have sealed into it. Streams: memory stays flat.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from peewee import fn

from portal.activity import anchors, heads
from portal.activity.anchors import Anchor
from portal.activity.models import LogEntry, LogHead
from portal.activity.rules import ERASING, GENESIS, digest_of, hash_of, older_hash_of
from portal.activity.witnesses import Row, Trouble, Witness, witnesses

PAGE = 2_000
_FIELDS = tuple(getattr(LogEntry, name) for name in Row._fields)


@dataclass(frozen=True)
class Verdict:
    ok: bool
    entries: int  # how many were looked at
    first_bad: int | None  # the first entry that is wrong, or that nothing vouches for any more
    why: str = ""
    about: dict[str, Any] = field(default_factory=dict)  # a row beside the log: {"campaign": 3, "delivery": 812}
    warnings: list[str] = field(default_factory=list)
    first: int = 1  # where the check began


@dataclass
class _Walk:
    """How far the check has come, and what it must still see explained."""

    previous: str = GENESIS
    seq: int = 0
    vouched: int = 0  # the last entry at which a noted head agreed
    emptied: dict[int | None, int] = field(default_factory=dict)  # contact -> the first entry without words

    def step(self, row: Row) -> Trouble | None:
        """Look at the next entry."""
        if row.seq != self.seq + 1:
            return self._misplaced(row)
        if not _is_linked(self.previous, row):
            return Trouble(row.seq, f"Entry {row.seq} was changed, or stands in another order than it was written.")
        if row.action in ERASING:
            self.emptied.pop(row.contact_id, None)
        if row.salt is None and row.detail is None:
            self.emptied.setdefault(row.contact_id, row.seq)
        elif row.salt is None or digest_of(row.salt, row.detail) != row.digest:
            return Trouble(row.seq, f"What entry {row.seq} says was changed.")
        self.previous, self.seq = row.hash, row.seq
        return None

    def _misplaced(self, row: Row) -> Trouble:
        if row.seq > self.seq + 1:
            return Trouble(self.seq + 1, f"Entry {self.seq + 1} is missing.")
        return Trouble(row.seq, f"There is a second entry {row.seq}: one was put in.")


def verify(
    *,
    since_anchor: bool = False,
    known: Iterable[Anchor] = (),
    progress: Callable[[int], object] | None = None,
    beside: bool = True,
) -> Verdict:
    """Check the chain, and what is sealed into it unless not `beside`. `known` are heads that somebody holds, such as
    those mailed. To be called as the portal itself: who does not see everything cannot check.
    """
    head = heads.current()
    kept = anchors.read()
    noted: dict[int, list[Anchor]] = {}
    for anchor in [*kept.anchors, *known]:
        noted.setdefault(anchor.seq, []).append(anchor)
    walk = _begin(kept.anchors) if since_anchor else _Walk()
    first = walk.seq + 1
    counted = 0

    def answer(trouble: Trouble | None) -> Verdict:
        warnings = _warnings(kept, head)
        if trouble is None:
            return Verdict(True, counted, None, warnings=warnings, first=first)
        return Verdict(False, counted, trouble.seq, trouble.why, trouble.about, warnings, first)

    watching = witnesses() if beside else []
    last = head.seq if head else None
    for row in _rows(walk.seq, last):
        counted += 1
        if counted % PAGE == 0 and progress is not None:
            progress(counted)
        trouble = walk.step(row) or _against(walk, noted.get(row.seq, ())) or _seen(watching, row)
        if trouble is not None:
            return answer(trouble)
    if progress is not None:
        progress(counted)
    return answer(_at_the_end(walk, first, head, noted, watching))


def goes_on(seq: int, hash_: str) -> tuple[int, str]:
    """How far the chain goes on unbroken after the entry `seq` of this hash: its last entry, and that one's hash."""
    walk = _Walk(hash_ or GENESIS, seq)
    for row in _rows(seq, None):
        if walk.step(row) is not None:
            break
    return walk.seq, walk.previous


def _begin(noted: list[Anchor]) -> _Walk:
    """After the last noted head; what comes before it was checked when it was noted, or is checked by a whole check."""
    if not noted or noted[-1].seq == 0:
        return _Walk()
    return _Walk(noted[-1].hash, noted[-1].seq, noted[-1].seq)


def _rows(after: int, last: int | None) -> Iterator[Row]:
    """The entries in order, a few thousand at a time."""
    query = LogEntry.select(*_FIELDS).order_by(LogEntry.seq)
    if last is not None:
        query = query.where(LogEntry.seq <= last)
    page = [Row(*row) for row in (query.where(LogEntry.seq > after) if after else query).limit(PAGE).tuples()]
    while page:
        yield from page
        page = [Row(*row) for row in query.where(LogEntry.seq > page[-1].seq).limit(PAGE).tuples()]


def _is_linked(previous: str, row: Row) -> bool:
    fields = (previous, row.seq, row.at, row.action, row.user_id, row.contact_id, row.subject_id, row.digest)
    return row.hash == hash_of(*fields) or row.hash == older_hash_of(*fields)


def _against(walk: _Walk, noted: Iterable[Anchor]) -> Trouble | None:
    """Compare with what was noted of this entry outside the database."""
    for anchor in noted:
        if anchor.hash != walk.previous:
            return _replaced(walk, f"entry {walk.seq} is not the one whose hash was noted on {anchor.at[:10]}")
        walk.vouched = walk.seq
    return None


def _replaced(walk: _Walk, reason: str) -> Trouble:
    since = walk.vouched + 1
    return Trouble(since, f"The chain was written anew from entry {since} on, or from a later one: {reason}.")


def _seen(watching: list[Witness], row: Row) -> Trouble | None:
    return next((trouble for witness in watching if (trouble := witness.see(row)) is not None), None)


def _at_the_end(
    walk: _Walk, first: int, head: LogHead | None, noted: dict[int, list[Anchor]], watching: list[Witness]
) -> Trouble | None:
    """What shows only when all entries were seen: what was cut off, put in beside, or emptied without a reason."""
    beyond = sorted(seq for seq in noted if seq > walk.seq)
    if beyond:
        at = noted[beyond[0]][0].at[:10]
        return Trouble(walk.seq + 1, f"The end was cut off: entry {beyond[0]} was noted on {at} and is not there.")
    if head is None:
        return Trouble(walk.seq, "The end of the chain is not marked: its head was removed.") if walk.seq else None
    if head.seq < walk.seq:
        return Trouble(head.seq + 1, f"The end was cut off: entry {walk.seq} was noted and is not there.")
    if head.seq > walk.seq:
        return Trouble(walk.seq + 1, f"The end was cut off: the chain once went on to entry {head.seq}.")
    if (head.hash or GENESIS) != walk.previous:
        return _replaced(walk, "it does not end as its head says")
    if not _is_vouched_for(head, noted):
        return _replaced(walk, "its head is not signed by this installation")
    return _beside(walk, first) or _without_reason(walk) or _ended(watching)


def _is_vouched_for(head: LogHead, noted: dict[int, list[Anchor]]) -> bool:
    """A head written before heads were signed has no signature, until the first one is noted."""
    return heads.is_signed(head.seq, head.hash, head.mac) or (not head.mac and not noted)


def _beside(walk: _Walk, first: int) -> Trouble | None:
    """Entries that the walk has not met: a number given twice, one below the first, or one beyond the head."""
    mine = (LogEntry.seq <= walk.seq) & (LogEntry.seq >= first) if first > 1 else LogEntry.seq <= walk.seq
    if LogEntry.select(LogEntry.id).where(mine).count() != walk.seq - first + 1:
        twice = LogEntry.select(LogEntry.seq).where(mine).group_by(LogEntry.seq).having(fn.COUNT(LogEntry.id) > 1)
        seq = twice.order_by(LogEntry.seq).limit(1).scalar() or first
        return Trouble(seq, f"There is a second entry {seq}: one was put in.")
    head = heads.current()
    after = LogEntry.select(fn.MIN(LogEntry.seq)).where(LogEntry.seq > (head.seq if head else walk.seq)).scalar()
    return Trouble(after, f"Entry {after} was put in after the end of the chain.") if after else None


def _without_reason(walk: _Walk) -> Trouble | None:
    """Words taken out of the log though their contact was never erased. One erased while this check ran has his entry
    beyond its end.
    """
    if not walk.emptied:
        return None
    later = LogEntry.select(LogEntry.contact_id).where(LogEntry.seq > walk.seq, LogEntry.action.in_(list(ERASING)))
    explained = {row[0] for row in later.tuples()}
    unexplained = [seq for contact_id, seq in walk.emptied.items() if contact_id not in explained]
    if not unexplained:
        return None
    return Trouble(min(unexplained), f"The words of entry {min(unexplained)} were taken out, though nobody was erased.")


def _ended(watching: list[Witness]) -> Trouble | None:
    return next((trouble for witness in watching if (trouble := witness.end()) is not None), None)


def _warnings(kept: anchors.Kept, head: LogHead | None) -> list[str]:
    """What weakens the proof without breaking the chain."""
    found = [kept.trouble] if kept.trouble else []
    lost = anchors.missing_of(kept)
    if lost:
        found.append(lost)
    elif not kept.is_there and head is not None and head.seq:
        found.append("No mark of this record has been noted outside the database yet.")
    return found

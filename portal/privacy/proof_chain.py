"""The part of the chain that proves what the log says of one contact, without showing what it says of anybody else.

Each entry is given whole, then the links from it to the next mark that was noted outside the database. A link between
is the digest of somebody's entry and of a salt nobody is given: it can be followed, and tells nothing.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.activity import anchors
from portal.activity.models import LogEntry
from portal.activity.rules import GENESIS, fields_digest, hash_of
from portal.contacts import field_words, history, seen_entries
from portal.contacts.merged import with_merged
from portal.core.db import UTC_TEXT
from portal.delivery.models import Delivery, DeliverySeal
from portal.delivery.seal_rules import Sealed, leaf_of, path_of, plain, unpacked
from portal.delivery.seals import SEALED

MOST_LINKS = 200_000  # of one pack: some 13 MB


@dataclass(frozen=True)
class Chain:
    entries: list[LogEntry]
    data: dict[str, Any]
    withheld: set[int] = field(default_factory=set)  # entries whose words the actor may not see
    unlinked: int = 0  # entries that lead to no mark within the pack


def of_contact(contact_id: int) -> Chain:
    """What of the chain concerns this contact, up to the last noted mark."""
    mine = LogEntry.select().where(LogEntry.contact_id.in_(with_merged([contact_id]))).order_by(LogEntry.seq)
    entries, withheld = list(mine), _withheld(contact_id)
    deliveries, seals = _sealed(contact_id)
    everything = {entry.seq: entry for entry in [*entries, *seals]}
    noted = {anchor.seq: anchor for anchor in anchors.read().anchors}
    runs, met = _runs(sorted(everything), sorted(noted))
    data = {
        "entries": [_told(entry, is_hidden=entry.seq in withheld) for _, entry in sorted(everything.items())],
        "runs": [_run(first, last) for first, last in runs],
        "anchors": [{"seq": seq, "hash": noted[seq].hash, "at": noted[seq].at} for seq in sorted(met)],
        "deliveries": deliveries,
    }
    within = sum(any(first <= seq <= last for first, last in runs) for seq in everything)
    return Chain(entries, data, withheld, len(everything) - within)


def _withheld(contact_id: int) -> set[int]:
    """The entries that tell of something hidden from the actor: their digests are given, their words are not."""
    every = {
        row[0]
        for row in LogEntry.select(LogEntry.seq).where(LogEntry.contact_id.in_(with_merged([contact_id]))).tuples()
    }
    shown = list(
        LogEntry.select().where(LogEntry.contact_id.in_(with_merged([contact_id])), *seen_entries.conditions())
    )
    designed = field_words.read(shown)

    def hides(entry: LogEntry) -> bool:
        changes = (entry.detail or {}).get("changes") or {}
        return any(designed.hides(name) or history.hides(name) for name in changes)

    return every - {entry.seq for entry in shown if not hides(entry)}


def _told(entry: LogEntry, *, is_hidden: bool) -> dict[str, Any]:
    """An entry as a stranger checks it; what it says and its salt only where the actor may see it."""
    return {
        "seq": entry.seq,
        "at": entry.at.strftime(UTC_TEXT),
        "action": entry.action,
        "user_id": entry.user_id,
        "contact_id": entry.contact_id,
        "subject_id": entry.subject_id,
        "detail": None if is_hidden else entry.detail,
        "salt": None if is_hidden else entry.salt,
        "digest": entry.digest,
        "hash": entry.hash,
    }


def _runs(seqs: Sequence[int], noted: Sequence[int]) -> tuple[list[tuple[int, int]], set[int]]:
    """From each entry to the next mark, those that meet put together; and the marks they end at."""
    runs: list[tuple[int, int]] = []
    met: set[int] = set()
    links = 0
    for seq in seqs:
        place = bisect_left(noted, seq)
        if place == len(noted):
            break  # nothing is noted after it
        last = noted[place]
        is_joined = bool(runs) and seq <= runs[-1][1] + 1
        links += last - (runs[-1][1] if is_joined else seq - 1)
        if links > MOST_LINKS:
            links -= last - (runs[-1][1] if is_joined else seq - 1)
            continue
        met.add(last)
        if is_joined:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((seq, last))
    return runs, met


def _run(first: int, last: int) -> dict[str, Any]:
    """The links of one stretch. One made in the older way is given by its hash alone."""
    columns = (
        LogEntry.seq, LogEntry.at, LogEntry.action, LogEntry.user_id, LogEntry.contact_id, LogEntry.subject_id,
        LogEntry.digest, LogEntry.hash,
    )  # fmt: skip
    before = LogEntry.get_or_none(LogEntry.seq == first - 1)
    previous = before.hash if before else GENESIS
    run: dict[str, Any] = {"first": first, "previous": previous, "links": []}
    rows: Iterable[Any] = LogEntry.select(*columns).where(LogEntry.seq.between(first, last)).order_by(LogEntry.seq)
    for *fields, link in rows.tuples():  # type: ignore[attr-defined]
        is_older = hash_of(previous, *fields) != link
        run["links"].append(f"={link}" if is_older else fields_digest(*fields))
        previous = link
    return run


def _sealed(contact_id: int) -> tuple[list[dict[str, Any]], list[LogEntry]]:
    """Each sealed message with its way to the root of its batch, and the entries in which the roots stand."""
    columns = [*(getattr(Delivery, name) for name in Sealed._fields), Delivery.seal_id]
    mine = Delivery.select(*columns).where(Delivery.contact_id == contact_id, Delivery.seal_id.is_null(False))
    rows = [(Sealed(*row[:-1]), row[-1]) for row in mine.order_by(Delivery.id).tuples()]
    campaigns = sorted({row.campaign_id for row, _ in rows})
    about = LogEntry.contact_id.is_null() & LogEntry.subject_id.in_(campaigns or [0]) & LogEntry.detail.is_null(False)
    entries = {entry.detail["seal"]: entry for entry in LogEntry.select().where(about, LogEntry.action == SEALED)}
    ids = sorted({seal_id for _, seal_id in rows})
    leaves = {
        seal.id: unpacked(bytes(seal.leaves)) for seal in DeliverySeal.select().where(DeliverySeal.id.in_(ids or [0]))
    }
    found = []
    for row, seal_id in rows:
        places = {leaf.delivery_id: place for place, leaf in enumerate(leaves.get(seal_id, []))}
        if seal_id not in entries or row.id not in places:
            continue
        leaf = leaves[seal_id][places[row.id]]
        then = row._replace(contact_id=leaf.contact_id)  # merging may have given it to another since
        if leaf_of(then) == leaf:
            path = path_of(leaves[seal_id], places[row.id])
            found.append({"sealed": plain(then), "path": path, "entry": entries[seal_id].seq})
    used = {delivery["entry"] for delivery in found}
    return found, [entry for entry in entries.values() if entry.seq in used]

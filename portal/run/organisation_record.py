"""The record of an organisation that is put back from a backup. It is never rolled back: it tells of what was done
since, and of the putting back itself. Only one that was damaged is mended, from the archive.
"""

from dataclasses import dataclass

from portal.activity import anchors, checking, heads, log
from portal.activity.models import LogEntry, LogHead
from portal.backups.opening import NotRestored
from portal.core.actor import current_actor
from portal.core.db import GivingWay, transaction
from portal.run.organisation_aside import AT_ONCE, Aside, add, columns_of, tell

TABLE = "log_entry"


@dataclass(frozen=True)
class Record:
    """How the live record and that of the archive stand to each other."""

    since: int  # the last entry of the archive
    hash: str
    damage: str  # what is wrong with the live one, in a sentence, or ""


def compare(aside: Aside) -> Record:
    """For the current organisation. Raises NotRestored when both are whole and the archive is of another course."""
    found = aside.ask("SELECT seq, hash FROM log_head WHERE org_id = ?", (current_actor().org_id,))
    since, hash_ = (int(found[0][0]), str(found[0][1])) if found else (0, "")
    verdict = checking.verify(beside=False)
    if not verdict.ok:
        return Record(since, hash_, verdict.why)
    if since and LogEntry.get_or_none(LogEntry.seq == since, LogEntry.hash == hash_) is None:
        raise NotRestored(
            f"The record in this backup parted from today's before entry {since}: it is of another course of things. "
            "Nothing was changed."
        )
    return Record(since, hash_, "")


def mend(aside: Aside, record: Record) -> int:
    """Take the archive's entries, and after them those of the live record that go on from there unbroken; how many
    others were given up. Twice does no harm.
    """
    org_id = current_actor().org_id
    last, hash_ = checking.goes_on(record.since, record.hash)
    given_up = LogEntry.select().where(LogEntry.seq > last).count()
    give_way = GivingWay()
    wrong = f"org_id = ? AND (seq <= {record.since} OR seq > {last})"
    some = f"SELECT id FROM {TABLE} WHERE {wrong} LIMIT {AT_ONCE}"  # noqa: S608
    gone = AT_ONCE
    while gone >= AT_ONCE:
        with transaction():
            gone = tell(f"DELETE FROM {TABLE} WHERE id IN ({some})", (org_id,))  # noqa: S608
        give_way()
    columns = columns_of(TABLE)
    for rows in aside.of(TABLE, org_id, columns):
        with transaction():
            add(TABLE, columns, rows)
        give_way()
    with transaction():
        signed = {"seq": last, "hash": hash_ if last else "", "mac": heads.sign(last, hash_ if last else "")}
        if not LogHead.update(**signed).execute():
            LogHead.create(**signed)
        anchors.cut_after(last)
        log.write("organisation.record_mended", why=record.damage, given_up=given_up)
    return given_up

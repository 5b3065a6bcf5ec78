"""The rows of one organisation, taken out of the live database and put in from an archive, a few at a time: whoever
else writes waits for none of it long. Knows no table by name but those that are never taken back.
"""

from collections.abc import Iterator

from portal.backups.opening import NotRestored
from portal.core.db import GivingWay, db, is_sqlite, transaction
from portal.run.organisation_aside import AT_ONCE, Aside, Row, add, ask, columns_of, links_within, parents_of, tell

# The record is never rolled back, nor from where somebody may sign in; who works here is a matter of its own.
LEFT = frozenset(
    {"log_entry", "log_head", "log_head_mail", "log_check", "place_exception", "membership", "backup", "backup_key"}
)


def tables() -> list[str]:
    """Those that are taken back, each after those it points to."""
    waiting = {name for name in db.get_tables() if "org_id" in columns_of(name)} - LEFT
    parents = {name: parents_of(name) & waiting - {name} for name in waiting}
    found: list[str] = []
    while waiting:
        ready = sorted(name for name in waiting if not parents[name] - set(found))
        if not ready:
            raise RuntimeError(f"These tables point to each other in a circle: {', '.join(sorted(waiting))}")
        found += ready
        waiting -= set(ready)
    return found


def check_ids(aside: Aside, org_id: int, names: list[str]) -> None:
    """Raises NotRestored when a row of another organisation has the id of one in the archive: it is never overwritten.
    Ids are given out once; only a database that was put back from a backup itself may have given one out again.
    """
    for name in names:
        for ids in _ids(aside, name, org_id):
            marks = ", ".join("?" for _ in ids)
            query = f'SELECT id FROM "{name}" WHERE org_id <> ? AND id IN ({marks}) ORDER BY id LIMIT 1'  # noqa: S608
            if taken := ask(query, [org_id, *ids]):
                raise NotRestored(
                    f"Another organisation has a row of the number {taken[0][0]} in {name}, which the backup has too: "
                    "nothing was changed. Put the backup back on a machine of its own, and take out of it what is "
                    "needed."
                )


def keep_ids(aside: Aside, org_id: int, names: list[str]) -> None:
    """See to it that no id of the archive is given out meanwhile."""
    for name in names:
        query = f'SELECT max(id) FROM "{name}" WHERE org_id = ?'  # noqa: S608
        last = aside.ask(query, (org_id,))[0][0]
        if last is None:
            continue
        with transaction():
            if not is_sqlite():
                number = f"pg_get_serial_sequence('\"{name}\"', 'id')"
                ahead = ask(f"SELECT nextval({number})")[0][0]
                if ahead < last:
                    ask(f"SELECT setval({number}, {int(last)})")
            elif not tell("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, name)):
                tell("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))


def take_out(org_id: int, names: list[str]) -> None:
    """Away with the organisation's rows."""
    give_way = GivingWay()
    for name in reversed(names):
        _part(org_id, name, give_way)
        some = f'SELECT id FROM "{name}" WHERE org_id = ? ORDER BY id LIMIT {AT_ONCE}'  # noqa: S608
        statement = f'DELETE FROM "{name}" WHERE id IN ({some})'  # noqa: S608
        gone = AT_ONCE
        while gone >= AT_ONCE:
            with transaction():
                gone = tell(statement, (org_id,))
            give_way()


def put_in(aside: Aside, org_id: int, names: list[str]) -> int:
    """Put the archive's rows in; how many. Raises NotRestored unless there are as many as in the archive."""
    give_way, total = GivingWay(), 0
    for name in names:
        columns, links = columns_of(name), links_within(name)
        for rows in aside.of(name, org_id, columns):
            with transaction():
                add(name, columns, _without(rows, [columns.index(link) for link in links]))
            total += len(rows)
            give_way()
        for link in links:
            _join(aside, org_id, name, link, give_way)
    for name in names:
        query = f'SELECT count(*) FROM "{name}" WHERE org_id = ?'  # noqa: S608
        here, there = ask(query, (org_id,))[0][0], aside.ask(query, (org_id,))[0][0]
        if here != there:
            raise NotRestored(f"The table {name} has {here:,} rows of the organisation, and the backup {there:,}.")
    return total


def _part(org_id: int, table: str, give_way: GivingWay) -> None:
    """Let no row of the organisation point to another of the same table: in no order could all of them be deleted."""
    for link in links_within(table):
        some = f'SELECT id FROM "{table}" WHERE org_id = ? AND "{link}" IS NOT NULL LIMIT {AT_ONCE}'  # noqa: S608
        statement = f'UPDATE "{table}" SET "{link}" = NULL WHERE id IN ({some})'  # noqa: S608
        parted = AT_ONCE
        while parted >= AT_ONCE:
            with transaction():
                parted = tell(statement, (org_id,))
            give_way()


def _without(rows: list[Row], places: list[int]) -> list[Row]:
    """The rows with nothing at these places."""
    return [tuple(None if at in places else value for at, value in enumerate(row)) for row in rows] if places else rows


def _join(aside: Aside, org_id: int, table: str, link: str, give_way: GivingWay) -> None:
    """Let the rows point to each other again, now that all of them are there."""
    statement = f'UPDATE "{table}" SET "{link}" = ? WHERE id = ?'  # noqa: S608
    for rows in aside.of(table, org_id, [link, "id"]):
        with transaction():
            for row in rows:
                if row[0] is not None:
                    tell(statement, row)
        give_way()


def _ids(aside: Aside, table: str, org_id: int) -> Iterator[list[int]]:
    last = 0
    while True:
        query = f'SELECT id FROM "{table}" WHERE org_id = ? AND id > ? ORDER BY id LIMIT {AT_ONCE}'  # noqa: S608
        found = [row[0] for row in aside.ask(query, (org_id, last))]
        if not found:
            return
        last = found[-1]
        yield found

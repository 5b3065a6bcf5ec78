"""`python -m tests.activity.by_hand FOLDER SLUG`: seven attacks on the log of a running installation, by plain SQL past
every line of the portal's, and what `portal log verify` says of each. Everything is put back after each.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from portal.activity.rules import GENESIS, digest_of, hash_of

ENTRY = (
    "id",
    "org_id",
    "seq",
    "at",
    "action",
    "user_id",
    "contact_id",
    "subject_id",
    "detail",
    "salt",
    "digest",
    "hash",
)
Say = Callable[[], str]


class Attacker:
    """Somebody with every right on the database, and the source of the portal, but not its keys."""

    def __init__(self, connection: Any, slug: str) -> None:
        self.connection = connection
        self.mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        self.org = self.sql("SELECT id FROM org WHERE slug = ?", slug)[0][0]
        self.last = self.sql("SELECT seq FROM log_head WHERE org_id = ?", self.org)[0][0]

    def sql(self, statement: str, *values: Any) -> list[Any]:
        cursor = self.connection.execute(statement.replace("?", self.mark), values)
        return cursor.fetchall() if cursor.description else []

    # ------------------------------------------------------------------------------ the attacks

    def change(self) -> None:
        self.sql("UPDATE log_entry SET action = 'contact.restored' WHERE org_id = ? AND seq = 3", self.org)

    def delete(self) -> None:
        self.sql("DELETE FROM log_entry WHERE org_id = ? AND seq = 4", self.org)

    def insert(self) -> None:
        """All entries from the fifth on move up by one; another one stands in between, and the head is moved too."""
        self._renumber(lambda seq: seq + 1 if seq > 4 else seq)
        self.sql(
            "INSERT INTO log_entry (org_id, seq, at, action, detail, salt, digest, hash) SELECT org_id, 5, at, action,"
            " detail, salt, digest, hash FROM log_entry WHERE org_id = ? AND seq = 4",
            self.org,
        )
        self.sql("UPDATE log_head SET seq = seq + 1 WHERE org_id = ?", self.org)

    def reorder(self) -> None:
        self._renumber(lambda seq: {6: 7, 7: 6}.get(seq, seq))

    def cut(self) -> None:
        """The last two are gone, and the head says that nothing ever came after."""
        self.sql("DELETE FROM log_entry WHERE org_id = ? AND seq > ?", self.org, self.last - 2)
        link = self.sql("SELECT hash FROM log_entry WHERE org_id = ? AND seq = ?", self.org, self.last - 2)[0][0]
        self.sql("UPDATE log_head SET seq = ?, hash = ? WHERE org_id = ?", self.last - 2, link, self.org)

    def replace(self) -> None:
        """Every entry says somebody else did it, every hash is made anew, and the head agrees."""
        previous = GENESIS
        for row in self.rows():
            told = row["detail"] if isinstance(row["detail"], dict) else json.loads(row["detail"] or "{}")
            told |= {"actor": "Somebody else"}
            digest = digest_of(row["salt"] or "", told)
            previous = hash_of(previous, row["seq"], moment(row["at"]), row["action"], row["user_id"],
                               row["contact_id"], row["subject_id"], digest)  # fmt: skip
            self.sql(
                "UPDATE log_entry SET detail = ?, salt = ?, digest = ?, hash = ? WHERE id = ?",
                json.dumps(told), row["salt"] or "", digest, previous, row["id"],
            )  # fmt: skip
        self.sql("UPDATE log_head SET hash = ? WHERE org_id = ?", previous, self.org)

    def empty(self) -> None:
        """What an entry says is taken out, as erasing a contact does; but nobody was erased."""
        self.sql("UPDATE log_entry SET detail = NULL, salt = NULL WHERE org_id = ? AND seq = 2", self.org)

    # --------------------------------------------------------------------------- there and back

    def rows(self) -> list[dict[str, Any]]:
        found = self.sql(f"SELECT {', '.join(ENTRY)} FROM log_entry WHERE org_id = ? ORDER BY seq", self.org)
        return [dict(zip(ENTRY, row, strict=True)) for row in found]

    def head(self) -> tuple[Any, ...]:
        return tuple(self.sql("SELECT seq, hash, mac FROM log_head WHERE org_id = ?", self.org)[0])

    def put_back(self, rows: list[dict[str, Any]], head: tuple[Any, ...]) -> None:
        self.sql("DELETE FROM log_entry WHERE org_id = ?", self.org)
        places = ", ".join("?" * len(ENTRY))
        for row in rows:
            values = [json.dumps(v) if isinstance(v, dict) else v for v in row.values()]
            self.sql(f"INSERT INTO log_entry ({', '.join(ENTRY)}) VALUES ({places})", *values)
        self.sql("UPDATE log_head SET seq = ?, hash = ?, mac = ? WHERE org_id = ?", *head, self.org)

    def _renumber(self, new: Callable[[int], int]) -> None:
        seqs = [row["seq"] for row in self.rows()]
        for seq in sorted(seqs, reverse=True):
            if new(seq) != seq:
                self.sql("UPDATE log_entry SET seq = ? WHERE org_id = ? AND seq = ?", -new(seq), self.org, seq)
        self.sql("UPDATE log_entry SET seq = -seq WHERE org_id = ? AND seq < 0", self.org)


ATTACKS = ("change", "delete", "insert", "reorder", "cut", "replace", "empty")


def moment(kept: Any) -> datetime:
    """A time as the database gives it, as the portal reads it."""
    if isinstance(kept, datetime):
        return kept.astimezone(UTC)
    read = datetime.fromisoformat(str(kept))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def connect(folder: Path, database_url: str) -> Any:
    if database_url.startswith("postgresql"):
        return psycopg.connect(database_url, autocommit=False)
    return sqlite3.connect(folder / "portal.sqlite3", timeout=60)


def each(connection: Any, slug: str, verify: Say) -> dict[str, str]:
    """What the check says before anything, and of each attack."""
    said = {"nothing": verify()}
    for name in ATTACKS:
        attacker = Attacker(connection, slug)
        rows, head = attacker.rows(), attacker.head()
        getattr(attacker, name)()
        connection.commit()
        try:
            said[name] = verify()
        finally:
            attacker.put_back(rows, head)
            connection.commit()
    said["all put back"] = verify()
    return said


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.activity.by_hand", description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("slug", nargs="?", default="hope-house")
    given = words.parse_args()
    environ = {**os.environ, "PORTAL_DATA_DIR": str(given.folder)}

    def verify() -> str:
        command = [sys.executable, "-m", "portal.cli", "log", "verify", "--org", given.slug]
        ended = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=300, check=False)
        return f"[exit {ended.returncode}] {ended.stdout.strip() or ended.stderr.strip()}"

    with closing(connect(given.folder, environ.get("DATABASE_URL", ""))) as connection:
        for name, words_said in each(connection, given.slug, verify).items():
            print(f"{name + ':':14} {words_said}")


if __name__ == "__main__":
    main()

"""The sink's journal: one JSON line for each event, and what it proves."""

import json
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any


class Journal:
    """The journal file. A line is in the file before `write` returns; with `durable` also on the disk."""

    def __init__(self, path: Path, *, fsync: bool = True) -> None:
        self.path = path
        self.fsync = fsync
        self._seq = len(read(path))
        cut_off = path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if cut_off:  # a kill in the middle of a line: the next line must not be glued to it
            os.write(self._file, b"\n")
        self._lock = threading.Lock()
        self._syncing = threading.Lock()
        self._synced = self._seq

    def write(self, *, durable: bool = False, **event: Any) -> None:
        with self._lock:
            self._seq += 1
            mine = self._seq
            line = json.dumps({"seq": mine, "t": time.time(), **event}, ensure_ascii=False)
            os.write(self._file, line.encode("utf-8", "surrogateescape") + b"\n")
        if durable and self.fsync:
            with self._syncing:  # whoever waited here may find its line synced by the one before it
                if self._synced < mine:
                    with self._lock:
                        reached = self._seq
                    os.fsync(self._file)
                    self._synced = reached

    def close(self) -> None:
        os.close(self._file)


def read(path: Path) -> list[dict[str, Any]]:
    """The journal's events in order; a last line cut off by a kill is left out."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1] if line.endswith(b"}")]


def delivered(path: Path) -> Counter[tuple[str, str]]:
    """(Message-ID, recipient) -> how often the sink kept it. Nobody twice: no value is above 1."""
    return Counter((event["message_id"], event["rcpt"]) for event in read(path) if event.get("kept"))

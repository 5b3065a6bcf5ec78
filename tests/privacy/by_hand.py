"""`python -m tests.privacy.by_hand FOLDER [LOG…] <words`: where any of these words (one a line, on the standard input)
still stands in a running installation: every cell of every table, every file of its folder as it lies, unpacked or
opened, every key of its Redis, and the logs that are named. Ends with 1 when one is found.
"""

import argparse
import gzip
import io
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from redis import Redis

from portal.config import Settings
from portal.core import db as database
from portal.core.db import db
from tests import schema


def tables() -> Iterator[tuple[str, bytes]]:
    for model in schema.models():
        for row in db.execute(model._meta.table.select().tuples()).fetchall():
            for cell in row:
                yield f"table {model._meta.table_name}", _bytes(cell)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        for how, view in opened(raw):
            yield f"file {path.relative_to(folder)}{how}", view


def opened(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """A file as it lies, and what is in it: packed, an archive such as DOCX or XLSX, or a PDF."""
    yield "", raw
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            inner = unpack(raw)
        except (OSError, EOFError, zlib.error):
            continue
        for how, view in opened(inner) if inner else ():
            yield f", unpacked{how}", view
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield f", {name} in it", archive.read(name)
    if raw.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(raw)
        for number in range(len(document)):
            yield f", page {number + 1}", document[number].get_textpage().get_text_range().encode()


def queue(url: str) -> Iterator[tuple[str, bytes]]:
    """Every key: its name, and all it holds in whichever kind."""
    redis = Redis.from_url(url)
    readers = {
        b"string": lambda key: [redis.get(key)],
        b"hash": lambda key: [part for pair in redis.hgetall(key).items() for part in pair],
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"set": lambda key: redis.smembers(key),
        b"zset": lambda key: redis.zrange(key, 0, -1),
        b"stream": lambda key: [repr(redis.xrange(key)).encode()],
    }
    for key in redis.scan_iter(count=1000):
        yield "Redis", key
        for value in readers[redis.type(key)](key):
            for how, view in opened(value or b""):
                yield f"Redis {key.decode(errors='replace')}{how}", view


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode(errors="replace")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.privacy.by_hand", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("logs", type=Path, nargs="*")
    given = asked.parse_args()
    words = [line.strip().lower() for line in sys.stdin if line.strip()]
    settings = Settings.from_environment({**os.environ, "PORTAL_DATA_DIR": str(given.folder)})
    database.connect(settings.database_url)
    seen, found = dict.fromkeys(("table", "file", "Redis", "log"), 0), set()
    logs = ((f"log {path.name}", path.read_bytes()) for path in given.logs)
    with db.connection_context():
        for source in (tables(), files(given.folder), queue(settings.redis_url), logs):
            for place, view in source:
                seen[place.split()[0]] += 1
                low = view.lower()
                found |= {(place, word) for word in words if word.encode() in low or word.encode("utf-16-le") in low}
    print(", ".join(f"{count:,} of {what}" for what, count in seen.items()), "looked at.")
    for place, word in sorted(found):
        print(f"{place}: {word}")
    print(f"{len(words)} words: {'found' if found else 'nowhere'}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The inside of an archive: a tar, squeezed by gzip, whose last member, manifest.json, holds the hash of every other.

Written and read in one pass, piece by piece, so that neither memory nor disk must hold it twice. The usual programs
open it too: `age -d -i KEY FILE | tar xz`.
"""

import fcntl
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from portal.backups.locking import Damaged

MANIFEST = "manifest.json"
PIECE = 1 << 18
_QUICKLY, _GZIP = 1, 31
_BLOCK = 512
_NAME = re.compile(r"[a-z0-9_]+(?:[./-][a-z0-9_]+)*")
_LONGEST_MANIFEST = 64 * 2**20


@dataclass(frozen=True)
class Member:
    """One file of the archive."""

    name: str
    size: int
    pieces: Iterable[bytes]


class Sink(Protocol):
    """Takes one member in."""

    def write(self, data: bytes, /) -> object: ...
    def close(self) -> None: ...


class Nowhere:
    """For what is read to its end and not kept."""

    def write(self, data: bytes, /) -> None:
        pass

    def close(self) -> None:
        pass


def file_member(name: str, path: Path) -> Member:
    """A file as far as it is written now. One whose lines are added under a lock ends with a whole line."""
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        size = path.stat().st_size
    return Member(name, size, _pieces_of(path, size))


def _pieces_of(path: Path, left: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def packed(members: Iterable[Member], facts: Callable[[], dict[str, Any]]) -> Iterator[bytes]:
    """The archive in pieces. `facts` is asked last, and stands in the manifest."""
    squeeze = zlib.compressobj(_QUICKLY, zlib.DEFLATED, _GZIP)
    for piece in _plain(members, facts):
        yield squeeze.compress(piece)
    yield squeeze.flush()


def _plain(members: Iterable[Member], facts: Callable[[], dict[str, Any]]) -> Iterator[bytes]:
    hashes: dict[str, str] = {}
    for member in members:
        digest = hashlib.sha256()
        yield from _packed(member, digest.update)
        hashes[member.name] = digest.hexdigest()
    manifest = json.dumps({"files": hashes, **facts()}, sort_keys=True).encode()
    yield from _packed(Member(MANIFEST, len(manifest), [manifest]), lambda _piece: None)
    yield bytes(2 * _BLOCK)


def _packed(member: Member, see: Callable[[bytes], None]) -> Iterator[bytes]:
    head = tarfile.TarInfo(member.name)
    head.size, head.mode = member.size, 0o600
    yield head.tobuf(tarfile.GNU_FORMAT)
    size = 0
    for piece in member.pieces:
        see(piece)
        size += len(piece)
        yield piece
    if size != member.size:
        raise Damaged(f"{member.name} changed while it was read")
    yield bytes(-size % _BLOCK)


class Unpacker:
    """Written to with an archive in pieces of any size: hands each member to the sink that `place` opens for it, and
    compares every hash with the manifest. Only after `end` is any of it to be believed.
    """

    def __init__(self, place: Callable[[str, int], Sink]) -> None:
        self.manifest: dict[str, Any] = {}
        self._place = place
        self._held = bytearray()
        self._squeezed = zlib.decompressobj(_GZIP)
        self._left = self._padding = 0
        self._name = ""
        self._sink: Sink | None = None
        self._digest = hashlib.sha256()
        self._hashes: dict[str, str] = {}
        self._told = bytearray()
        self._is_ended = False

    def write(self, data: bytes) -> int:
        size = len(data)
        while data:
            try:
                self._held += self._squeezed.decompress(data, PIECE)
            except zlib.error:
                raise Damaged("it is no archive") from None
            data = self._squeezed.unconsumed_tail
            while self._step():
                pass
        return size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        """Let go of what is half taken in."""
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def end(self) -> None:
        """Raises Damaged unless everything came, and is what the manifest says."""
        if not self._is_ended or not self._told:
            raise Damaged("it was cut off")
        try:
            self.manifest = json.loads(self._told)
            listed = dict(self.manifest["files"])
        except (ValueError, KeyError, TypeError):
            raise Damaged("its list of hashes cannot be read") from None
        for name in sorted(listed.keys() | self._hashes.keys()):
            if name not in self._hashes:
                raise Damaged(f"{name} is missing in it")
            if listed.get(name) != self._hashes[name]:
                raise Damaged(f"{name} in it was changed")

    def _step(self) -> bool:
        """Take one step with what is held; False when more is needed first."""
        if self._left:
            piece = bytes(self._held[: self._left])
            if not piece:
                return False
            del self._held[: len(piece)]
            self._take(piece)
            return True
        if len(self._held) < self._padding:
            return False
        del self._held[: self._padding]
        self._padding = 0
        if len(self._held) < _BLOCK:
            return False
        block = bytes(self._held[:_BLOCK])
        del self._held[:_BLOCK]
        if self._is_ended or not any(block):
            self._is_ended = True
            return True
        self._begin(block)
        return True

    def _begin(self, block: bytes) -> None:
        try:
            head = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except tarfile.HeaderError:
            raise Damaged("it is no archive") from None
        name = head.name
        is_again = name in self._hashes or (name == MANIFEST and self._told)
        if not head.isreg() or not _NAME.fullmatch(name) or is_again or self._told:
            raise Damaged(f"it holds something it should not: {name[:80]!r}")
        if name == MANIFEST and head.size > _LONGEST_MANIFEST:
            raise Damaged("its list of hashes is too long")
        self._name, self._left, self._padding = name, head.size, -head.size % _BLOCK
        self._digest = hashlib.sha256()
        self._sink = None if name == MANIFEST else self._place(name, head.size)
        if not self._left:
            self._ended()

    def _take(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._name == MANIFEST:
            self._told += piece
        else:
            self._digest.update(piece)
            if self._sink is not None:
                self._sink.write(piece)
        if not self._left:
            self._ended()

    def _ended(self) -> None:
        if self._name != MANIFEST:
            self._hashes[self._name] = self._digest.hexdigest()
        if self._sink is not None:
            sink, self._sink = self._sink, None
            sink.close()

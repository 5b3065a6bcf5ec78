"""Puts the bytes of documents into the store and takes them out: checked, made afresh where they are pictures, looked
at by the scanner, encrypted. Knows no database.
"""

import errno
import hashlib
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from portal.config import Settings
from portal.core.sealing import Unopened, open_sealed, seal
from portal.documents import pdf, pictures, recognising, sealed_files
from portal.documents.rules import (
    KEPT,
    MOST_BYTES,
    QUARANTINED,
    TYPES,
    WAITING,
    BadDocument,
    in_words,
    shown_name,
    with_ending,
)
from portal.gateways.clamd import Scanner, ScannerAway
from portal.gateways.storage import Missing, Storage, from_url

PURPOSE = "document"
_PIECE = 1 << 18
_TOO_LARGE = f"This file is larger than {in_words(MOST_BYTES)}. Make it smaller, or divide it."
_NO_DISK = "The disk of the installation is full. Nothing was kept; please tell support."
_store: list[Storage] = []
_scanner: list[Scanner] = []


class Lost(RuntimeError):
    """The content cannot be read: its file or its key is gone, or is not what it was."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says: one of the states of a document, and its words."""

    state: str
    words: str = ""


@dataclass(frozen=True)
class Content:
    """What is in the store, as columns of a document."""

    filename: str
    media_type: str
    size: int
    sha256: str
    place: str
    sealed_key: str
    pages: int | None
    state: str
    state_words: str


def use(settings: Settings) -> None:
    """Set the store and the scanner of the installation. Opens nothing."""
    _store[:] = [from_url(settings.storage_url, settings.data_dir)]
    _scanner[:] = [Scanner.from_url(settings.clamd_url)] if settings.clamd_url else []


def has_scanner() -> bool:
    return bool(_scanner)


def scanner_trouble() -> str:
    """What is wrong with the scanner there is, in a sentence, or ""."""
    return _scanner[0].answers() if _scanner else ""


def store_trouble() -> str:
    """Why no document can be kept, in a sentence, or ""."""
    return store().trouble()


def store() -> Storage:
    return _store[0]


def take_in(stream: IO[bytes], filename: str, *, portrait: bool = False) -> Content:
    """Check what came in and put it into the store. Raises BadDocument, and then keeps nothing."""
    with _at_hand(stream) as file:
        name = shown_name(filename)
        kind = recognising.recognise(file, name)
        if kind != recognising.PICTURE:
            if portrait:
                raise BadDocument("A photo is a picture: choose a PNG or JPEG file.")
            return _put(file, name, kind, pages=_pages(file) if kind == "pdf" else None)
        with tempfile.TemporaryFile() as fresh:
            kind = pictures.made_afresh(file, fresh, portrait=portrait)
            return _put(fresh, name, kind)


def pieces_of(place: str, sealed_key: str) -> Iterator[bytes]:
    """The plain content. Raises Lost: before the first piece when nothing of it can be read."""
    try:
        key = b64decode(open_sealed(PURPOSE, sealed_key))
        pieces = sealed_files.opened(key, store().open(place))
        first = next(pieces)
    except (Missing, Unopened, sealed_files.Damaged, OSError) as error:
        raise Lost("The file of this document cannot be read. Tell whoever looks after the installation.") from error
    return _from(first, pieces)


def discard(place: str) -> None:
    """Remove a file from the store."""
    store().remove(place)


def look(pieces: Iterator[bytes]) -> Verdict:
    """Show the content to the scanner. Without a scanner everything is kept; while it is away, things wait."""
    if not _scanner:
        return Verdict(KEPT)
    try:
        malware = _scanner[0].malware_in(pieces)
    except ScannerAway:
        return Verdict(WAITING)
    return Verdict(QUARANTINED, malware[:200]) if malware else Verdict(KEPT)


def _put(file: BinaryIO, name: str, kind: str, *, pages: int | None = None) -> Content:
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise BadDocument(_TOO_LARGE)
    verdict = look(_read(file))
    key = sealed_files.new_key()
    digest = hashlib.sha256()
    try:
        place = store().put(sealed_files.sealed(key, _read(file, digest)))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BadDocument(_NO_DISK) from error
        raise
    return Content(
        filename=with_ending(name, TYPES[kind]),
        media_type=TYPES[kind].media_type,
        size=size,
        sha256=digest.hexdigest(),
        place=place,
        sealed_key=seal(PURPOSE, b64encode(key).decode()),
        pages=pages,
        state=verdict.state,
        state_words=verdict.words,
    )


def _pages(file: BinaryIO) -> int | None:
    """Counted from a file of the system's own: what came in may lie in memory."""
    with tempfile.TemporaryFile() as whole:
        for piece in _read(file):
            whole.write(piece)
        return pdf.pages_of(whole)


@contextmanager
def _at_hand(stream: IO[bytes]) -> Iterator[BinaryIO]:
    """The stream as a file in which one can go back; what cannot is copied to the disk first, up to the limit."""
    if stream.seekable():
        if stream.seek(0, 2) > MOST_BYTES:
            raise BadDocument(_TOO_LARGE)
        yield cast(BinaryIO, stream)
        return
    with tempfile.TemporaryFile() as file:
        size = 0
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise BadDocument(_TOO_LARGE)
            file.write(piece)
        yield file


def _read(file: BinaryIO, digest: "hashlib._Hash | None" = None) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        if digest is not None:
            digest.update(piece)
        yield piece


def _from(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest

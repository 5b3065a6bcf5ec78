"""Where the bytes of documents lie. The rest of the portal knows this interface alone, so that another kind of store
is chosen by STORAGE_URL and changes no other code. What is handed in here is encrypted already.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

PIECE = 1 << 18
_NAME = re.compile("[0-9a-f]{32}")
_COMING = "coming"  # files that are being written; no stored name leads here


class BadStorage(ValueError):
    """STORAGE_URL names no store that this program knows. The message says what it may be."""


class Missing(LookupError):
    """The store has no file of this name."""


class Storage(Protocol):
    def put(self, pieces: Iterable[bytes]) -> str:
        """Keep the pieces as one file and return its name, chosen at random. All of it is kept, or nothing."""
        ...

    def put_back(self, name: str, pieces: Iterable[bytes]) -> None:
        """Keep the pieces under a name that this store once gave. Raises Missing for what is no name."""
        ...

    def open(self, name: str) -> Iterator[bytes]:
        """The file in pieces. Raises Missing before the first one."""
        ...

    def remove(self, name: str) -> None:
        """Remove the file; one that is gone already is no error."""
        ...

    def trouble(self) -> str:
        """Why nothing can be kept here, in a sentence, or ""."""
        ...

    def names(self) -> Iterator[tuple[str, float]]:
        """Every file with the time it was written at, in seconds since 1970."""
        ...


def from_url(url: str | None, data_dir: Path) -> Storage:
    """The store that STORAGE_URL names; without one, a folder of the data folder. Opens nothing. Raises BadStorage."""
    if not url:
        return Folder(data_dir / "documents")
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise BadStorage(
            "STORAGE_URL must be a folder such as file:///var/lib/portal/documents; this version knows no other store."
        )
    return Folder(Path(unquote(parts.path)))


class Folder:
    """Files of random names in two levels of folders, for the portal's own eyes only."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, pieces: Iterable[bytes]) -> str:
        name = secrets.token_hex(16)
        self.put_back(name, pieces)
        return name

    def put_back(self, name: str, pieces: Iterable[bytes]) -> None:
        target = self._path(name)
        coming = self.root / _COMING
        for folder in (self.root, coming, target.parent.parent, target.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = coming / name
        try:
            with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            written.rename(target)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
        _sync(target.parent)

    def open(self, name: str) -> Iterator[bytes]:
        try:
            file = self._path(name).open("rb")
        except FileNotFoundError:
            raise Missing("The file is not in the store.") from None
        return _pieces(file)

    def remove(self, name: str) -> None:
        path = self._path(name)
        (self.root / _COMING / name).unlink(missing_ok=True)
        if path.exists():
            path.unlink(missing_ok=True)
            _sync(path.parent)

    def trouble(self) -> str:
        """The folder is made when the first file comes; until then the one above it must let us in."""
        nearest = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
            return ""
        return f"{nearest} cannot be written to."

    def names(self) -> Iterator[tuple[str, float]]:
        for path in self.root.glob("*/*/*"):
            if _NAME.fullmatch(path.name):
                yield path.name, path.stat().st_mtime
        for path in (self.root / _COMING).glob("*"):  # left behind by a program that was killed while it wrote
            yield path.name, path.stat().st_mtime

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Missing("This is no name of the store.")
        return self.root / name[:2] / name[2:4] / name


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _sync(folder: Path) -> None:
    """A new name in a folder is on the disk only when the folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Files on their way into an archive or out of it, for the portal's own eyes."""

import hashlib
import os
from pathlib import Path
from tempfile import SpooledTemporaryFile

from portal.backups import stores

IN_MEMORY = 1 << 20


def spooled(what: str) -> "SpooledTemporaryFile[bytes]":
    """A file without a name, in memory while it is small."""
    return SpooledTemporaryFile(IN_MEMORY, dir=str(stores.working(what)))


class HashingFile:
    """Takes bytes in and knows their hash; on the disk when it is closed. An error leaves nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.digest = hashlib.sha256()

    def __enter__(self) -> "HashingFile":
        self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            try:
                self._file.close()
            finally:
                if kind is not None:
                    self.path.unlink(missing_ok=True)

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        pass

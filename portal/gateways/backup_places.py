"""Where backups lie: a folder, or a store that speaks S3. The rest of the portal knows this interface alone.

What is handed in here is encrypted already, and is believed of no place: whoever keeps something reads it back.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

PIECE = 1 << 20
_COMING = ".coming"
_PATIENCE: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}


class BadPlace(ValueError):
    """BACKUP_URL names no place that this program knows. The message says what it may be."""


class PlaceTrouble(RuntimeError):
    """The place cannot be used just now. The message says why, in a sentence."""


class NotThere(LookupError):
    """The place has no file of this name."""


class Place(Protocol):
    words: str  # how people call it; holds no password

    def put(self, name: str, path: Path) -> None:
        """Keep the file under this name. What a place says of itself is to be checked by reading it back."""
        ...

    def get(self, name: str) -> Iterator[bytes]:
        """The file in pieces. Raises NotThere before the first."""
        ...

    def remove(self, name: str) -> None:
        """Remove the file; one that is gone already is no error."""
        ...

    def names(self) -> dict[str, int]:
        """Every file with its size."""
        ...


def from_url(url: str) -> Place:
    """The place that BACKUP_URL names. Opens nothing. Raises BadPlace."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Folder(Path(unquote(parts.path)))
    if parts.scheme in ("s3", "s3+http") and parts.hostname and parts.path.strip("/") and parts.username:
        return Bucket(url)
    raise BadPlace(
        "BACKUP_URL must be a folder such as file:///mnt/backups, or a store that speaks S3, such as "
        "s3://KEY:SECRET@s3.af-south-1.amazonaws.com/bucket/folder?region=af-south-1."
    )


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.words = str(root)

    def put(self, name: str, path: Path) -> None:
        coming = self.root / f".{name}{_COMING}"
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("rb") as source, _private(coming) as target:
                shutil.copyfileobj(source, target, PIECE)
                target.flush()
                os.fsync(target.fileno())
            self._move(coming, name)
        except OSError as error:
            coming.unlink(missing_ok=True)
            raise PlaceTrouble(f"{self.words} cannot be written to: {error.strerror}.") from error

    def adopt(self, name: str, path: Path) -> None:
        """Keep a file that lies in this folder's file system already, without copying it."""
        try:
            self._move(path, name)
        except OSError as error:
            raise PlaceTrouble(f"{self.words} cannot be written to: {error.strerror}.") from error

    def get(self, name: str) -> Iterator[bytes]:
        try:
            file = (self.root / name).open("rb")
        except FileNotFoundError:
            raise NotThere(f"{name} is missing in {self.words}.") from None
        except OSError as error:
            raise PlaceTrouble(f"{self.words} cannot be read: {error.strerror}.") from error
        return _pieces(file, self.words)

    def remove(self, name: str) -> None:
        try:
            (self.root / name).unlink(missing_ok=True)
        except OSError as error:
            raise PlaceTrouble(f"{self.words} cannot be written to: {error.strerror}.") from error

    def names(self) -> dict[str, int]:
        try:
            found = [entry for entry in os.scandir(self.root) if entry.is_file() and not entry.name.startswith(".")]
            return {entry.name: entry.stat().st_size for entry in found}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise PlaceTrouble(f"{self.words} cannot be read: {error.strerror}.") from error

    def _move(self, path: Path, name: str) -> None:
        path.rename(self.root / name)
        folder = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Bucket:
    """A bucket of any store that speaks S3, reached by obstore: the extra `s3`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._bucket, _, self._folder = unquote(parts.path).strip("/").partition("/")
        self._region = parse_qs(parts.query).get("region", ["us-east-1"])[0]
        self._key, self._secret = unquote(parts.username or ""), unquote(parts.password or "")
        host = parts.hostname or ""
        self._endpoint = f"{'http' if parts.scheme == 's3+http' else 'https'}://{host}" + (
            f":{parts.port}" if parts.port else ""
        )
        self.words = f"s3://{host}/{self._bucket}" + (f"/{self._folder}" if self._folder else "")
        if parts.scheme == "s3+http" and host not in ("localhost", "127.0.0.1", "::1"):
            raise BadPlace("BACKUP_URL: s3+http:// is not encrypted, and is only for a store on this machine.")

    def put(self, name: str, path: Path) -> None:
        self._ask(lambda library, store: library.put(store, self._path(name), path))

    def get(self, name: str) -> Iterator[bytes]:
        found = self._ask(lambda library, store: library.get(store, self._path(name)).stream(PIECE), name)
        return self._streamed(found)

    def remove(self, name: str) -> None:
        try:
            self._ask(lambda library, store: library.delete(store, self._path(name)), name)
        except NotThere:
            return

    def names(self) -> dict[str, int]:
        prefix = f"{self._folder}/" if self._folder else None
        listed = self._ask(lambda library, store: library.list(store, prefix).collect())
        start = len(prefix or "")
        return {meta["path"][start:]: meta["size"] for meta in listed if "/" not in meta["path"][start:]}

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}" if self._folder else name

    def _streamed(self, stream: Any) -> Iterator[bytes]:
        while True:
            piece = self._ask(lambda _library, _store: next(stream, None))
            if piece is None:
                return
            yield bytes(piece)

    def _ask(self, act: Any, name: str = "") -> Any:
        try:
            import obstore  # the extra: who keeps no backups in a bucket does not need it
            from obstore.exceptions import BaseError, NotFoundError
            from obstore.store import S3Store
        except ImportError:
            raise PlaceTrouble("BACKUP_URL names a store that speaks S3: install the extra s3.") from None
        try:
            store = S3Store(
                self._bucket, endpoint=self._endpoint, region=self._region, access_key_id=self._key,
                secret_access_key=self._secret, retry_config=_PATIENCE,
                client_options={"allow_http": self._endpoint.startswith("http://"), "timeout": "120 seconds"},
            )  # fmt: skip
            return act(obstore, store)
        except (FileNotFoundError, NotFoundError):
            raise NotThere(f"{name} is missing in {self.words}.") from None
        except (BaseError, OSError, ValueError) as error:
            kind = type(error).__name__.removesuffix("Error")
            raise PlaceTrouble(f"{self.words} does not do what it is asked ({kind}).") from error


def _private(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _pieces(file: Any, words: str) -> Iterator[bytes]:
    with file:
        while True:
            try:
                piece = file.read(PIECE)
            except OSError as error:
                raise PlaceTrouble(f"{words} cannot be read: {error.strerror}.") from error
            if not piece:
                return
            yield piece

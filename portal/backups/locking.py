"""The age format, in a stream: archives of any size pass through little memory. Any age program opens them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import pyrage


class WrongKey(ValueError):
    """The recovery key is not the one this file was made for, or is no key at all. The message says which."""


class Damaged(ValueError):
    """The file is not what was written: cut off, changed, or no archive."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


class _Guard:
    """Between pyrage and Python: what is raised on this side is kept, for over there it becomes a text."""

    def __init__(self) -> None:
        self.raised: BaseException | None = None

    def __call__(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except BaseException as error:
            self.raised = error
            raise


class _Reader:
    def __init__(self, pieces: Iterable[bytes], guard: _Guard) -> None:
        self.pieces: Iterator[bytes] = iter(pieces)
        self.guard = guard
        self.held = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        while not self.held:
            piece = self.guard(lambda: next(self.pieces, None))
            if piece is None:
                return b""
            self.held = memoryview(piece)  # type: ignore[arg-type]
        size = len(self.held) if size < 0 else size
        taken, self.held = self.held[:size], self.held[size:]
        return bytes(taken)


class _Writer:
    def __init__(self, sink: Sink, guard: _Guard) -> None:
        self.sink, self.guard = sink, guard

    def write(self, data: bytes) -> int:
        self.guard(lambda: self.sink.write(data))
        return len(data)

    def flush(self) -> None:
        self.guard(self.sink.flush)


def new_identity() -> "pyrage.x25519.Identity":
    return pyrage.x25519.Identity.generate()


def identity_of(text: str) -> "pyrage.x25519.Identity":
    """The recovery key as it was typed or read from paper: spaces and line breaks do not count."""
    try:
        return pyrage.x25519.Identity.from_str("".join(text.split()).upper())
    except pyrage.IdentityError:
        raise WrongKey(
            "This is no recovery key: it begins with AGE-SECRET-KEY-1 and has 74 letters and digits."
        ) from None


def lock(pieces: Iterable[bytes], sink: Sink, recipients: Sequence[str]) -> None:
    """Encrypt the pieces to whoever holds a key of these recipients. What the pieces or the sink raise comes out."""
    keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    guard = _Guard()
    try:
        pyrage.encrypt_io(_Reader(pieces, guard), _Writer(sink, guard), keys)
    except (pyrage.EncryptError, OSError):
        raise guard.raised or Damaged("it could not be encrypted") from None


def unlock(pieces: Iterable[bytes], sink: Sink, identity: "pyrage.x25519.Identity") -> None:
    """Decrypt into the sink. Raises WrongKey or Damaged, and what the pieces or the sink raise."""
    guard = _Guard()
    try:
        pyrage.decrypt_io(_Reader(pieces, guard), _Writer(sink, guard), [identity])
    except (pyrage.DecryptError, OSError) as error:
        if guard.raised is not None:
            raise guard.raised from None
        if "matching keys" in str(error):
            raise WrongKey("it was made for another key") from None
        raise Damaged("it was cut off or changed") from None

"""Encrypts files in pieces, so that one of any size passes through little memory.

Each document has a key of its own, used for one content only. Every piece is sealed by AES-256-GCM under a nonce that
holds its number and whether it is the last: pieces cut off, left out or put in another order do not open.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 1 << 16
_TAG = 16


class Damaged(ValueError):
    """The file is not what was put into the store under this key."""


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=256)


def sealed(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces, encrypted. A file without content is one empty last piece."""
    box = AESGCM(key)
    for number, is_last, piece in _numbered(_even(pieces, PIECE)):
        yield box.encrypt(_nonce(number, is_last), piece, None)


def opened(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces again. Raises Damaged at the first that is not what it was."""
    box = AESGCM(key)
    try:
        for number, is_last, piece in _numbered(_even(pieces, PIECE + _TAG)):
            yield box.decrypt(_nonce(number, is_last), piece, None)
    except InvalidTag:
        raise Damaged("the file in the store was changed, cut off, or belongs to another document") from None


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _numbered(pieces: Iterator[bytes]) -> Iterator[tuple[int, bool, bytes]]:
    piece = next(pieces, b"")
    number = 0
    for following in pieces:
        yield number, False, piece
        piece, number = following, number + 1
    yield number, True, piece


def _even(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of this size; the last may be shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)

"""Keyed hashes of addresses and signed tokens for links.

Each organisation has its own key, derived from the installation's root keys, which live outside the database:
a copy of the database alone cannot confirm a guessed address (domain.md 7.7). Root keys are only ever added;
each hash and token names the version it was made with, so that old links and suppressions go on working.
"""

import base64
import binascii
import hashlib
import hmac
import struct

_roots: dict[str, bytes] = {}
_LAYOUT = struct.Struct(">BIQ")  # key version, organisation, subject
_MAC_BYTES = 16
_PORTAL = 0  # no organisation has this id


class BadToken(ValueError):
    """The token was not made by this installation for this purpose."""


def use(roots: dict[str, bytes]) -> None:
    """Set the installation's root keys, oldest first. Called once by create_app."""
    _roots.clear()
    _roots.update(roots)


def current_version() -> str:
    return list(_roots)[-1]


def address_mac(org_id: int, channel: str, normal: str, version: str | None = None) -> str:
    """The keyed hash, in hex, under which an address is suppressed or counted as written to."""
    return _mac(version or current_version(), org_id, f"address:{channel}", normal.encode()).hex()


def address_macs(org_id: int, channel: str, normal: str) -> list[str]:
    """The hash under every key version, newest first: a suppression may be older than the newest key."""
    return [address_mac(org_id, channel, normal, version) for version in reversed(_roots)]


def make_token(purpose: str, org_id: int, subject: int) -> str:
    """An unguessable, unforgeable name for `subject` (an id) that is good for one purpose and organisation."""
    version = current_version()
    head = _LAYOUT.pack(int(version[1:]), org_id, subject)
    mac = _mac(version, org_id, f"token:{purpose}", head)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(head + mac).decode().rstrip("=")


def read_token(purpose: str, token: str) -> tuple[int, int]:
    """Return (organisation, subject), or raise BadToken."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        number, org_id, subject = _LAYOUT.unpack(raw[: _LAYOUT.size])
    except (binascii.Error, struct.error, ValueError) as error:
        raise BadToken("malformed") from error
    version = f"v{number}"
    if version not in _roots:
        raise BadToken("unknown key")
    mac = _mac(version, org_id, f"token:{purpose}", raw[: _LAYOUT.size])[:_MAC_BYTES]
    if not hmac.compare_digest(mac, raw[_LAYOUT.size :]):
        raise BadToken("wrong signature")
    return org_id, subject


def return_mark(org_id: int, subject: int, version: str | None = None) -> str:
    """Sixteen hex digits for the return address of a message, which mail servers may write in capitals (E-11)."""
    return _mac(version or current_version(), org_id, "return", str(subject).encode()).hex()[:16]


def is_return_mark(org_id: int, subject: int, mark: str) -> bool:
    """Whether this installation made the mark for this message, under whichever of its keys."""
    return any(hmac.compare_digest(return_mark(org_id, subject, version), mark) for version in _roots)


def message_key(org_id: int, name: str) -> str:
    """A stable random-looking name for a message, such as the left part of its Message-ID."""
    return _mac(next(iter(_roots)), org_id, "message", name.encode()).hex()[:32]


def portal_mac(purpose: str, value: str, version: str | None = None) -> str:
    """The keyed hash, in hex, of something that belongs to the installation: a typed name, a short code."""
    return _mac(version or current_version(), _PORTAL, purpose, value.encode()).hex()


def portal_macs(purpose: str, value: str) -> list[str]:
    """The hash under every key version, newest first: what is kept may be older than the newest key."""
    return [portal_mac(purpose, value, version) for version in reversed(_roots)]


def fingerprint(secret: str) -> str:
    """The plain hash, in hex, under which a long random secret is kept; nobody could try all such secrets."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derived(purpose: str) -> list[bytes]:
    """A key of 32 bytes for one purpose of the installation, under every key version, newest first."""
    return [_mac(version, _PORTAL, "key", purpose.encode()) for version in reversed(_roots)]


def _mac(version: str, org_id: int, purpose: str, value: bytes) -> bytes:
    own = hmac.digest(_roots[version], f"org:{org_id}".encode(), hashlib.sha256)
    return hmac.digest(own, purpose.encode() + b"\0" + value, hashlib.sha256)

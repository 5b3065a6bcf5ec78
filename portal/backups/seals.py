"""What lies beside each archive in the store: its hash, signed. Who holds the store can neither change an archive nor
put another in its place unseen; who has the recovery key can tell, on an empty machine and with nothing else.

The signing key follows from the recovery key, and leads not back to it: the machine keeps the one, and never the other.
"""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from portal.backups.locking import WrongKey, identity_of

ENDING = ".seal"
_PURPOSE = b"in-contact: signs backups"


class BadSeal(ValueError):
    """The seal is missing, or was not made by whoever has the key. The message says which, by name."""


@dataclass(frozen=True)
class Seal:
    """What is said of a file of the store."""

    name: str
    made_at: str
    size: int
    sha256: str
    recipient: str


def signing_key(recovery_key: str) -> str:
    """The key in hex by which files are signed, from the recovery key."""
    secret = str(identity_of(recovery_key)).encode()
    return hmac.digest(secret, _PURPOSE, hashlib.sha256).hex()


def written(seal: Seal, key: str) -> bytes:
    told = asdict(seal)
    return json.dumps({**told, "mac": _mac(told, key)}, sort_keys=True).encode() + b"\n"


def read(raw: bytes, name: str, key: str, recipient: str) -> Seal:
    """The seal of this file. Raises BadSeal, or WrongKey when it was made for another key."""
    seal, mac = unproven(raw, name)
    if seal.recipient != recipient:
        raise WrongKey(f"{name} was made for the key {shown(seal.recipient)}; the one given is {shown(recipient)}.")
    if not hmac.compare_digest(mac, _mac(asdict(seal), key)):
        raise BadSeal(f"The seal of {name} was made by somebody else, or changed.")
    if seal.name != name:
        raise BadSeal(f"The seal beside {name} is that of {seal.name}.")
    return seal


def unproven(raw: bytes, name: str) -> tuple[Seal, str]:
    """What a seal says, and by what it could be proven. Raises BadSeal."""
    try:
        told = json.loads(raw)
        mac = str(told.pop("mac"))
        return Seal(**told), mac
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadSeal(f"The seal of {name} cannot be read.") from None


def shown(recipient: str) -> str:
    """A public key, short enough to be compared by eye."""
    return f"{recipient[:12]}…{recipient[-6:]}" if recipient else "nobody"


def _mac(told: dict[str, object], key: str) -> str:
    text = json.dumps(told, sort_keys=True).encode()
    return hmac.digest(bytes.fromhex(key), text, hashlib.sha256).hex()

"""Devices: browsers in which a user has proved that the mailbox is his (R50, R58, A09).

A browser keeps one secret for each of its users in one cookie, so that sharing a computer shares no trust. The
database knows hashes only.
"""

import hashlib
import secrets

from portal.accounts import places
from portal.accounts.models import Session, User
from portal.core.clock import now
from portal.core.db import transaction
from portal.signin import telling
from portal.signin.counting import note
from portal.signin.models import Begun, Device

MOST_IN_A_BROWSER = 8


class NotYourDevice(LookupError):
    """The device belongs to somebody else, or to nobody."""


def known(user: User | None, cookie: str) -> Device | None:
    """The device of this user that the browser's cookie stands for. Takes as long for nobody as for somebody."""
    hashes = [_hash(secret) for secret in _secrets(cookie)]
    query = Device.select().where(
        Device.user == (user.id if user else 0), Device.token_hash.in_(hashes or [""]), Device.revoked_at.is_null()
    )
    return query.first()


def any_known(cookie: str) -> str:
    """The hash of a secret of this cookie that stands for anybody's device; "" when none does."""
    hashes = [_hash(secret) for secret in _secrets(cookie)]
    if not hashes:
        return ""
    found = Device.select().where(Device.token_hash.in_(hashes), Device.revoked_at.is_null()).first()
    return str(found.token_hash) if found else ""


def has_any(user: User) -> bool:
    """Whether this user ever had a device, a revoked one included."""
    return bool(Device.select().where(Device.user == user.id).exists())


def trust(user: User, browser: str, address: str) -> tuple[Device, str]:
    """Make the browser a device of this user; return it with the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    device = Device.create(
        user=user, token_hash=_hash(secret), browser=browser, address=address, country=places.where(address).country
    )
    return device, secret


def with_secret(cookie: str, secret: str) -> str:
    """The cookie's new value: the newest secret first, those of other users behind it."""
    return ".".join([secret, *_secrets(cookie)][:MOST_IN_A_BROWSER])


def used(device: Device, address: str) -> None:
    Device.update(seen_at=now(), address=address, country=places.where(address).country).where(
        Device.id == device.id
    ).execute()


def of(user: User) -> list[Device]:
    """The user's devices, the last used first."""
    query = Device.select().where(Device.user == user.id, Device.revoked_at.is_null())
    return list(query.order_by(Device.seen_at.desc()))


def revoke(user: User, device_id: int) -> Device:
    """The device is a stranger again, and whoever is signed in on it is signed out."""
    with transaction():
        device = _of(user, device_id)
        Device.update(revoked_at=now()).where(Device.id == device.id).execute()
        Session.delete().where(Session.user == user.id, Session.device_id == device.id).execute()
        Begun.update(ended_at=now()).where(Begun.user == user.id, Begun.ended_at.is_null()).execute()
    return device


def not_mine(user: User, device_id: int, session: Session, address: str) -> Device:
    """Somebody else was in: end everything but the session that says so, and tell support."""
    with transaction():
        device = _of(user, device_id)
        Device.update(revoked_at=now()).where(
            Device.user == user.id, Device.revoked_at.is_null(), Device.id != (session.device_id or 0)
        ).execute()
        Session.delete().where(Session.user == user.id, Session.id != session.id).execute()
        Begun.update(ended_at=now()).where(Begun.user == user.id, Begun.ended_at.is_null()).execute()
        note("not_me", device.address, device.browser, user_id=user.id, device_id=device.id)
        telling.tell_support(
            "not_me",
            name=user.name,
            email=user.email,
            browser=device.browser,
            place=device.place,
            address=device.address,
            at=device.seen_at,
            done="Every other session and device of this person has been ended. They were asked to set a new password.",
            path=f"/support/users/{user.id}",
        )
    return device


def _of(user: User, device_id: int) -> Device:
    device = Device.get_or_none(Device.id == device_id, Device.user == user.id, Device.revoked_at.is_null())
    if device is None:
        raise NotYourDevice("There is no such device.")
    return device


def _secrets(cookie: str) -> list[str]:
    return [secret for secret in cookie.split(".") if 40 <= len(secret) <= 60][:MOST_IN_A_BROWSER]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

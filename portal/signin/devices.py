"""Devices: browsers in which a user has proved that the mailbox is his (R50, R58, A09).

A browser keeps one secret for each of its users in one cookie, so that sharing a computer shares no trust. The
database knows hashes only.
"""

import secrets
from datetime import timedelta
from typing import Any

from portal.accounts import places
from portal.accounts.models import Session, User
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.keys import fingerprint
from portal.signin import begun, people, telling
from portal.signin.counting import note_once
from portal.signin.models import Device

MOST_IN_A_BROWSER = 8
LASTS = timedelta(days=400)  # unused; a browser keeps no cookie longer
REVOKED_KEPT = timedelta(days=180)


class NotYourDevice(LookupError):
    """The device belongs to somebody else, or to nobody."""


def known(user: User | None, cookie: str) -> Device | None:
    """The device of this user that the browser's cookie stands for. Takes as long for nobody as for somebody."""
    hashes = [fingerprint(secret) for secret in _secrets(cookie)]
    query = Device.select().where(
        Device.user == (user.id if user else 0), Device.token_hash.in_(hashes or [""]), _lasts()
    )
    return query.first()


def owner_of(cookie: str) -> int | None:
    """The id of a user whose device this cookie stands for; of several, the one who was here last."""
    hashes = [fingerprint(secret) for secret in _secrets(cookie)]
    if not hashes:
        return None
    found = Device.select().where(Device.token_hash.in_(hashes), _lasts()).order_by(Device.seen_at.desc()).first()
    return found.user_id if found else None


def has_any(user: User) -> bool:
    """Whether this user ever had a device, a revoked one included."""
    return bool(Device.select().where(Device.user == user.id).exists())


def trust(user: User, browser: str, address: str) -> tuple[Device, str]:
    """Make the browser a device of this user; return it with the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    device = Device.create(
        user=user,
        token_hash=fingerprint(secret),
        browser=browser,
        address=address,
        country=places.where(address).country,
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
        begun.end_all(user)
        people.write_to_all(user, "user.device_revoked", browser=device.browser)
    return device


def not_mine(user: User, device_id: int, session: Session) -> Device:
    """Somebody else was in: end everything but the session that says so, and tell support once a day. Raises
    NotYourDevice, also for the device that says so.
    """
    with transaction():
        lock(User.select().where(User.id == user.id)).get()
        device = _of(user, device_id)
        if device.id == session.device_id:
            raise NotYourDevice("This is the device you are using.")
        Device.update(revoked_at=now()).where(
            Device.user == user.id, Device.revoked_at.is_null(), Device.id != (session.device_id or 0)
        ).execute()
        Session.delete().where(Session.user == user.id, Session.id != session.id).execute()
        begun.end_all(user)
        people.write_to_all(user, "user.devices_disowned", browser=device.browser)
        if not note_once("not_me", device.address, device.browser, user.id, timedelta(days=1)):
            return device
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


def tidy() -> None:
    """Forget devices that nobody used for longer than a cookie lasts, and what was revoked a while ago."""
    at = now()
    Device.delete().where((Device.seen_at < at - LASTS) | (Device.revoked_at < at - REVOKED_KEPT)).execute()


def _lasts() -> Any:
    return Device.revoked_at.is_null() & (Device.seen_at > now() - LASTS)


def _of(user: User, device_id: int) -> Device:
    device = Device.get_or_none(Device.id == device_id, Device.user == user.id, Device.revoked_at.is_null())
    if device is None:
        raise NotYourDevice("There is no such device.")
    return device


def _secrets(cookie: str) -> list[str]:
    return [secret for secret in cookie.split(".") if 40 <= len(secret) <= 60][:MOST_IN_A_BROWSER]

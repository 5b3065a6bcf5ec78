"""Codes that show that somebody reads the mail of an address, and the browsers that are known by them."""

import secrets
from datetime import datetime

from peewee import fn

from portal.activity import log
from portal.consent.rules import PurposeClass
from portal.contacts.emails import normalise_email
from portal.contacts.models import Contact
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.keys import address_macs, fingerprint, make_token, portal_mac, portal_macs
from portal.core.misfit import Misfit
from portal.delivery import transport
from portal.profile import gate, mails
from portal.profile.links import Link
from portal.profile.models import KnownBrowser, ProfileCode
from portal.profile.rules import BRIEFLY, DAY, EMAIL, ENTER, LONG, digits, refusal_of_code, refusal_to_send

PURPOSE = "me"


class BadCode(Misfit):
    """The code does not count. `field` is where another is typed."""


class NoCode(ValueError):
    """No code is sent. The message says why."""


class TooMany(NoCode):
    """No code is sent any more today."""


def send(link: Link, browser: str, kind: str = ENTER) -> ProfileCode:
    """Send a code to the address that the link went to, for the browser with this secret. Raises NoCode."""
    address = link.address
    if not address:
        raise NoCode("The address that this link went to is not one of yours any more. Write to us, and we will help.")
    if gate.refusal(link.contact, normalise_email(address).normal, PurposeClass.RIGHTS):
        raise NoCode("No code can be sent. Write to us, and we will help.")
    return _send(link, kind, browser, link.mac, address)


def send_to_new(link: Link, address: str, normal: str, browser: str) -> ProfileCode:
    """Send a code to an address that somebody says is his. Raises NoCode."""
    mac = address_macs(current_actor().org_id, "email", normal)[0]
    return _send(link, EMAIL, browser, mac, address, kept=address)


def _send(link: Link, kind: str, browser: str, mac: str, address: str, kept: str = "") -> ProfileCode:
    code, contact = f"{secrets.randbelow(10**6):06d}", link.contact
    with transaction():
        lock(Contact.select().where(Contact.id == contact.id)).get()
        if words := refusal_to_send(*_today(contact.id)):
            raise TooMany(words)
        row = ProfileCode.create(
            contact_id=contact.id,
            kind=kind,
            browser=fingerprint(browser),
            code="",
            mac=mac,
            address=kept,
            link=link.subject,
        )
        ProfileCode.update(code=portal_mac("profile-code", f"{row.id}:{code}")).where(
            ProfileCode.id == row.id
        ).execute()
        mails.send_code(kind, address, code, code_url(row))
        log.write("contact.code_sent", contact.id, what=kind)
    return row


def code_url(row: ProfileCode) -> str:
    """Where the button of the mail leads; it counts only in the browser that asked."""
    return f"{transport.base_url()}/p/code/{make_token(PURPOSE, row.org_id, row.id)}"


def newest(contact: Contact, kind: str, browser: str) -> ProfileCode | None:
    """The code that this browser waits for."""
    mine = (ProfileCode.contact_id == contact.id) & (ProfileCode.kind == kind)
    mine &= (ProfileCode.browser == fingerprint(browser)) & ProfileCode.used_at.is_null()
    return ProfileCode.select().where(mine, ProfileCode.at > now() - DAY).order_by(ProfileCode.id.desc()).first()


def use(row: ProfileCode | None, typed: str, *, is_from_mail: bool = False) -> None:
    """Count a try, then judge it. A right code is used up. Raises BadCode."""
    if row is None:
        raise BadCode("Ask for a code first, in this browser.", "code")
    with transaction():
        ProfileCode.update(tries=ProfileCode.tries + 1).where(ProfileCode.id == row.id).execute()
    with transaction():
        fresh = lock(ProfileCode.select().where(ProfileCode.id == row.id)).get()
        code = digits(typed)
        is_right = is_from_mail or (bool(code) and fresh.code in portal_macs("profile-code", f"{row.id}:{code}"))
        if words := refusal_of_code(fresh.at, fresh.tries, fresh.used_at is not None, is_right, now()):
            raise BadCode(words, "code")
        ProfileCode.update(used_at=now(), address="").where(ProfileCode.id == row.id).execute()


def know(link: Link, browser: str, *, is_to_last: bool) -> datetime:
    """This browser is the contact's from now on, for an hour or for ninety days; return until when. A code that was
    sent to the address of the link was typed in it.
    """
    contact = link.contact
    until = now() + (LONG if is_to_last else BRIEFLY)
    mine = {"contact_id": contact.id, "browser": fingerprint(browser)}
    with transaction():
        KnownBrowser.delete().where(
            KnownBrowser.contact_id == contact.id, KnownBrowser.browser == mine["browser"]
        ).execute()
        KnownBrowser.create(**mine, until=until, mac=link.mac)
        log.write("contact.browser_known", contact.id, days=LONG.days if is_to_last else 0)
    return until


def is_known(contact: Contact, browser: str) -> bool:
    mine = (KnownBrowser.contact_id == contact.id) & (KnownBrowser.browser == fingerprint(browser))
    return bool(browser) and KnownBrowser.select().where(mine, KnownBrowser.until > now()).exists()


def has_shown(link: Link, browser: str) -> bool:
    """Whether a code that was sent to the address of this very link was typed in this browser."""
    mine = (KnownBrowser.contact_id == link.contact.id) & (KnownBrowser.browser == fingerprint(browser))
    mine &= (KnownBrowser.until > now()) & (KnownBrowser.mac == link.mac)
    return bool(browser) and KnownBrowser.select().where(mine).exists()


def forget(contact: Contact, browser: str) -> None:
    """Leave: this browser is nobody's."""
    KnownBrowser.delete().where(
        KnownBrowser.contact_id == contact.id, KnownBrowser.browser == fingerprint(browser)
    ).execute()


def tidy() -> None:
    """Forget what has had its time."""
    KnownBrowser.delete().where(KnownBrowser.until < now()).execute()
    ProfileCode.delete().where(ProfileCode.at < now() - DAY).execute()


def _today(contact_id: int) -> tuple[int, int]:
    """Codes sent and tries made for one person in the last day."""
    mine = (ProfileCode.contact_id == contact_id) & (ProfileCode.at > now() - DAY)
    count, tries = ProfileCode.select(fn.COUNT(ProfileCode.id), fn.SUM(ProfileCode.tries)).where(mine).tuples().get()
    return int(count or 0), int(tries or 0)

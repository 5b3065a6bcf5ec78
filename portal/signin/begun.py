"""What was begun in one browser and must be confirmed by a mail: a sign-in from a new device, a new password.

The link in the mail serves once, for ten minutes, for this one only. It counts in the browser that began, or with the
number which that browser shows: whoever merely follows links and presses buttons, such as a mail scanner, confirms
nothing (A06 to A08; ASVS 6.5.1, 6.5.5, 6.6.2).
"""

import hmac
import re
import secrets
from dataclasses import dataclass

from portal.accounts.models import User
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.keys import fingerprint
from portal.core.networks import network_of
from portal.signin.models import Begun
from portal.signin.rules import LINK_LASTS, MOST_MAILS, MOST_MAILS_IN_ALL, NUMBER_GUESSES

SIGN_IN, PASSWORD = "sign-in", "password"


class LinkOver(LookupError):
    """The link was used, is too old, was replaced by a newer one, or never was."""


class WrongNumber(ValueError):
    """The number is not the one that the other browser shows."""


@dataclass(frozen=True)
class Started:
    """What the browser and the mail are given: `secret` for the cookie, `link` for the mail."""

    row: Begun
    secret: str
    link: str


def start(purpose: str, mac: str, user: User | None, browser: str, address: str, country: str, *, target: str = "",
          is_proved: bool = False) -> Started:  # fmt: skip
    """Begin. Older ones for the same account that still wait for their mail are over, known account or not; only those
    from the same network, so that nobody elsewhere ends what somebody waits for. Belongs to a transaction.
    """
    if user is not None:
        lock(User.select().where(User.id == user.id)).get()
    older = (Begun.mac == mac) & (Begun.purpose == purpose) & (Begun.network == network_of(address))
    waiting = Begun.proved_at.is_null() & Begun.ended_at.is_null()
    Begun.update(ended_at=now()).where(older & waiting).execute()
    secret, link = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    row = Begun.create(
        purpose=purpose, mac=mac, user=user, secret_hash=fingerprint(secret), link_hash=fingerprint(link),
        browser=browser, address=address, network=network_of(address), country=country, target=target,
        number=f"{secrets.randbelow(1_000_000):06}", proved_at=now() if is_proved else None,
    )  # fmt: skip
    return Started(row, secret, link)


def of_browser(secret: str, purpose: str) -> Begun | None:
    """What this browser began and can still finish."""
    row = Begun.get_or_none(Begun.secret_hash == fingerprint(secret), Begun.purpose == purpose) if secret else None
    return row if row and _lasts(row) else None


def of_link(link: str, purpose: str) -> Begun:
    """What a link of this purpose is for. Raises LinkOver. Looking changes nothing, whoever looks and however often."""
    row = Begun.get_or_none(Begun.link_hash == fingerprint(link), Begun.purpose == purpose)
    if row is None or row.user_id is None or row.proved_at is not None or not _lasts(row):
        raise LinkOver("A link works once, for ten minutes, and only the newest one counts.")
    return row


def is_own(row: Begun, secret: str) -> bool:
    """Whether the browser with this secret is the one that began it."""
    return hmac.compare_digest(row.secret_hash, fingerprint(secret))


def prove(link: str, purpose: str, secret: str, number: str) -> Begun:
    """Confirm by the link, in the browser that began it or with the number it shows. Raises LinkOver, WrongNumber."""
    row = of_link(link, purpose)
    if not is_own(row, secret):
        _check_number(row, number)
    mine = (Begun.id == row.id) & Begun.proved_at.is_null() & Begun.ended_at.is_null()
    if not Begun.update(proved_at=now()).where(mine).execute():
        raise LinkOver("This link was used a moment ago.")
    return Begun.get_by_id(row.id)


def prove_by_number(user: User, number: str) -> Begun:
    """Confirm the sign-in of this user whose waiting page shows the number, without the link: for who looks after the
    portal and has asked the person. Raises WrongNumber.
    """
    typed = re.sub(r"[^0-9]", "", number)
    waiting = Begun.select().where(
        Begun.user == user.id, Begun.purpose == SIGN_IN, Begun.proved_at.is_null(), Begun.ended_at.is_null(),
        Begun.number == typed, Begun.begun_at > now() - LINK_LASTS,
    )  # fmt: skip
    row = waiting.order_by(Begun.id.desc()).first()
    if row is None:
        raise WrongNumber("Nobody waits with this number. Ask what the waiting page shows; it is good for ten minutes.")
    Begun.update(proved_at=now()).where(Begun.id == row.id).execute()
    return Begun.get_by_id(row.id)


def may_mail(row: Begun, *, is_known: bool) -> bool:
    """Whether one more mail is sent: few for each network that asks, and not many for one account, but on a device
    known with the user the asks from there alone count, so that no stranger uses them up. Follows `start` in its
    transaction.
    """
    lately = Begun.select().where(
        Begun.mac == row.mac, Begun.purpose == row.purpose, Begun.begun_at > now() - LINK_LASTS
    )
    from_here = lately.where(Begun.network == row.network).count()
    return from_here <= MOST_MAILS and (is_known or lately.count() <= MOST_MAILS_IN_ALL)


def end_all(user: User) -> None:
    """Whatever this user, or somebody as this user, has begun is over."""
    Begun.update(ended_at=now()).where(Begun.user == user.id, Begun.ended_at.is_null()).execute()


def end(row: Begun) -> bool:
    """Finish it; False when somebody else did so first."""
    return bool(Begun.update(ended_at=now()).where(Begun.id == row.id, Begun.ended_at.is_null()).execute())


def tidy() -> None:
    Begun.delete().where(Begun.begun_at < now() - 6 * LINK_LASTS).execute()


def _check_number(row: Begun, number: str) -> None:
    """Count the guess first; after the third wrong one the link is over."""
    typed = re.sub(r"[^0-9]", "", number)[:12]
    if not typed:
        raise WrongNumber("Type the six digits that are shown where you began.")
    with transaction():
        counted = Begun.update(guesses=Begun.guesses + 1).where(
            Begun.id == row.id, Begun.guesses < NUMBER_GUESSES, Begun.ended_at.is_null()
        )
        if not counted.execute():
            raise LinkOver("The number was wrong three times. Begin again.")
    if hmac.compare_digest(typed, row.number):
        return
    if Begun.get_by_id(row.id).guesses >= NUMBER_GUESSES:
        end(row)
        raise LinkOver("The number was wrong three times. Begin again.")
    raise WrongNumber("This is not the number that is shown where you began.")


def _lasts(row: Begun) -> bool:
    """Ten minutes to show the mailbox, and as long again for what comes after it."""
    since = row.proved_at or row.begun_at
    return row.ended_at is None and now() - since <= LINK_LASTS

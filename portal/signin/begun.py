"""What was begun in one browser and must be confirmed by a mail: a sign-in from a new device, a new password.

The link in the mail serves once, for ten minutes, for this one only. It counts in the browser that began, or with the
number which that browser shows: whoever merely follows links and presses buttons, such as a mail scanner, confirms
nothing (A06 to A08; ASVS 6.5.1, 6.5.5, 6.6.2).
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from portal.accounts.models import User
from portal.core.clock import now
from portal.core.db import transaction
from portal.signin.models import Begun
from portal.signin.rules import LINK_LASTS, NUMBER_GUESSES, series_network

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
    """Begin. Older ones for the same account that still wait for their mail are over, known account or not: those of a
    sign-in, which needs the password, all; those for a new password, which anybody may ask for, only from the same
    network, so that no stranger ends what somebody waits for. Belongs to a transaction.
    """
    older = (Begun.mac == mac) & (Begun.purpose == purpose) & Begun.proved_at.is_null() & Begun.ended_at.is_null()
    if purpose == PASSWORD:
        older = older & (Begun.network == series_network(address))
    Begun.update(ended_at=now()).where(older).execute()
    secret, link = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    row = Begun.create(
        purpose=purpose, mac=mac, user=user, secret_hash=_hash(secret), link_hash=_hash(link), browser=browser,
        address=address, network=series_network(address), country=country, target=target,
        number=f"{secrets.randbelow(1_000_000):06}", proved_at=now() if is_proved else None,
    )  # fmt: skip
    return Started(row, secret, link)


def of_browser(secret: str, purpose: str) -> Begun | None:
    """What this browser began and can still finish."""
    row = Begun.get_or_none(Begun.secret_hash == _hash(secret), Begun.purpose == purpose) if secret else None
    return row if row and _lasts(row) else None


def of_link(link: str, purpose: str) -> Begun:
    """What a link of this purpose is for. Raises LinkOver. Looking changes nothing, whoever looks and however often."""
    row = Begun.get_or_none(Begun.link_hash == _hash(link), Begun.purpose == purpose)
    if row is None or row.user_id is None or row.proved_at is not None or not _lasts(row):
        raise LinkOver("A link works once, for ten minutes, and only the newest one counts.")
    return row


def is_own(row: Begun, secret: str) -> bool:
    """Whether the browser with this secret is the one that began it."""
    return hmac.compare_digest(row.secret_hash, _hash(secret))


def prove(link: str, purpose: str, secret: str, number: str) -> Begun:
    """Confirm by the link, in the browser that began it or with the number it shows. Raises LinkOver, WrongNumber."""
    row = of_link(link, purpose)
    if not is_own(row, secret):
        _check_number(row, number)
    mine = (Begun.id == row.id) & Begun.proved_at.is_null() & Begun.ended_at.is_null()
    if not Begun.update(proved_at=now()).where(mine).execute():
        raise LinkOver("This link was used a moment ago.")
    return Begun.get_by_id(row.id)


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


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""The rules of signing in: when a captcha is asked for, when support is told, what is still to be shown.

Numbers and their sources: source document, "Safety and Security of Data (Users)" (R50 to R53); security.md A01 to A08;
ASVS 5.0 6.3.1, 6.5.1, 6.5.5, 6.6.2, 7.3.1, 7.3.2.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FREE_GUESSES = 3  # wrong passwords before a captcha is asked for (R52)
ALARM_AT = 10  # wrong passwords at which support is told (R53)
ADDRESS_ALARM_AT = 30  # the same for an address that tries many accounts, none of which came to ten
SEVERAL = 5  # accounts that make an address suspect, rather than one person who forgot
ACCOUNT_QUIET = timedelta(hours=24)  # a series that rests this long is over
ADDRESS_QUIET = timedelta(hours=1)

LINK_LASTS = timedelta(minutes=10)
CAPTCHA_LASTS = timedelta(minutes=5)
MOST_MAILS = 5  # with a link for one account, from one network within ten minutes
MOST_MAILS_IN_ALL = 10  # from everywhere: nobody's mailbox is filled
NUMBER_GUESSES = 3  # of the six digits that tie a link to the browser that began it
CODE_GUESSES = 5  # of the second factor within one sign-in
PROOF_GUESSES = 5  # of password or code by whoever holds a session

FRESH = timedelta(minutes=15)  # how long a proof of who one is serves for what may not be done in passing
FRESH_TO_SEND = timedelta(minutes=30)  # a form opened in time may be sent a while later

ATTEMPTS_KEPT = timedelta(days=180)

OUTCOMES = {
    "judging": "cut off while it was judged",
    "wrong": "wrong password",
    "captcha": "not judged: digits of the picture missing or wrong",
    "locked": "right password, account locked",
    "place": "country not allowed",
    "device": "new device: mail sent",
    "factor": "second factor asked for",
    "wrong_code": "wrong second factor",
    "approved": "new device approved",
    "not_me": "reported as not theirs",
    "in": "signed in",
    "password": "asked for a new password",
    "moved": "signed in, refused from this place",
}


@dataclass(frozen=True)
class Counts:
    """Wrong passwords in a row before this try, for the account and for the address."""

    account: int
    address: int


def needs_captcha(counts: Counts, is_known_device: bool) -> bool:
    """Whether a try is judged only with a captcha. What others did from a shared address does not trouble a device
    that this user is known with; what was done to the account does, and the captcha then lets the right person in.
    """
    if counts.account >= FREE_GUESSES:
        return True
    return counts.address >= FREE_GUESSES and not is_known_device


def is_over(last_at: datetime, now: datetime, quiet: timedelta) -> bool:
    """Whether a series of wrong passwords has rested long enough to be forgotten."""
    return now - last_at > quiet


class Step(StrEnum):
    DEVICE = "device"
    FACTOR = "factor"
    DONE = "done"


def next_step(is_proved: bool, has_factor: bool, is_factor_shown: bool) -> Step:
    """What a person whose password was right has still to show: that the mailbox is his, then the second factor."""
    if not is_proved:
        return Step.DEVICE
    return Step.FACTOR if has_factor and not is_factor_shown else Step.DONE


def is_fresh(confirmed_at: datetime, now: datetime, is_safe: bool) -> bool:
    """Whether the last proof of who one is still serves; a form that was opened in time may be sent a while later."""
    return now - confirmed_at < (FRESH if is_safe else FRESH_TO_SEND)


def may_trust_first(is_caught: bool, is_local: bool, has_devices: bool) -> bool:
    """Whether a user's very first device is believed without a mail: only while mails go no further than the catcher,
    at the machine itself, where whoever sits could read the caught mail anyway (decision 11).
    """
    return is_caught and is_local and not has_devices

"""Six digits to be read or heard (R52, A02). Nothing is kept until an answer is given: the name of a captcha is a
random text with its time, signed by the installation, and the digits follow from it by a key that no page shows.

A captcha judges one try, right or wrong, and serves for five minutes.
"""

import hmac
import re
import secrets
import time

from peewee import IntegrityError

from portal.core import keys
from portal.core.db import transaction
from portal.signin.models import UsedCaptcha
from portal.signin.rules import CAPTCHA_LASTS

DIGITS = "23456789"  # neither 0 nor 1: they look like letters, and some ears take one for nine
LENGTH = 6
_NAME = re.compile(r"(?P<nonce>[0-9a-f]{32})-(?P<until>\d{10,11})-(?P<mark>[0-9a-f]{32})")


def make() -> str:
    """The name of a new captcha, for the hidden field of a form and the addresses of its picture and sound."""
    nonce = secrets.token_hex(16)
    until = int(time.time() + CAPTCHA_LASTS.total_seconds())
    return f"{nonce}-{until}-{_mark(nonce, until)}"


def digits_of(name: str) -> str | None:
    """What the picture shows; None when the name was not made here or is too old."""
    match = _NAME.fullmatch(name)
    if match is None or int(match["until"]) < time.time():
        return None
    if not hmac.compare_digest(match["mark"], _mark(match["nonce"], int(match["until"]))):
        return None
    spread = bytes.fromhex(keys.portal_mac("captcha-digits", match["nonce"]))
    return "".join(DIGITS[byte % len(DIGITS)] for byte in spread[:LENGTH])


def is_right(name: str, answer: str) -> bool:
    """Whether the answer is right; whatever it is, this captcha judges no other try. Belongs to a transaction."""
    wanted = digits_of(name)
    if wanted is None:
        return False
    try:
        with transaction():
            UsedCaptcha.create(nonce=name[:32])
    except IntegrityError:
        return False
    return hmac.compare_digest(wanted, re.sub(r"[^0-9]", "", answer)[:20])


def _mark(nonce: str, until: int) -> str:
    return keys.portal_mac("captcha", f"{nonce}:{until}")[:32]

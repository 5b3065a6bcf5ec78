"""Who may see his own details, and for how long (POPIA ss 23 to 25; P-23-2, E-19). Pure."""

from datetime import datetime, timedelta

from portal.contacts.self_service import CHANGED, HIDDEN, LEVELS, SHOWN
from portal.core.words import later

ENTER, EMAIL, REMOVE = "enter", "email", "remove"
KINDS = (ENTER, EMAIL, REMOVE)
GOOD_FOR = timedelta(minutes=30)  # a code
MOST_TRIES = 5  # for one code
MOST_CODES = 5  # for one person in a day
MOST_WRONG = 20  # tries of one person in a day, over all codes
MOST_LINKS = 3  # that somebody asks for himself, to one address in a day
MOST_CONFIRMED = 2  # unsubscribings of one person that are confirmed in a day
DAY = timedelta(days=1)
BRIEFLY = timedelta(hours=1)  # a browser that is not to be remembered
LONG = timedelta(days=90)

# The blocks of a person's own page that no organisation designed, and what colleagues call them.
BLOCKS = {
    "names": "Names", "emails": "Email addresses", "telephones": "Telephone numbers", "addresses": "Addresses",
}  # fmt: skip


def levels_of(block: str) -> tuple[int, ...]:
    """The levels that a block can be given. Who reads the mail of an address is shown by a code, not by a colleague."""
    return (HIDDEN, SHOWN, CHANGED) if block == "emails" else tuple(LEVELS)


def refusal_to_send(codes: int, wrong: int) -> str:
    """Why no further code is sent to somebody today, in words; "" when one is."""
    if codes >= MOST_CODES or wrong >= MOST_WRONG:
        return later("Too many codes were asked for today. Try again tomorrow, or write to us.")
    return ""


def refusal_of_code(at: datetime, tries: int, is_used: bool, is_right: bool, now: datetime) -> str:
    """Why a code that was typed does not count, in words; "" when it does. `tries` counts this one."""
    if is_used or now - at > GOOD_FOR:
        return later("This code does not count any more. Ask for a new one.")
    if tries > MOST_TRIES:
        return later("Too many wrong codes. Ask for a new one.")
    return "" if is_right else later("This is not the code that we sent. Look again at the newest message from us.")


def digits(typed: str) -> str:
    """The code as it was typed or pasted, without what mail programs put around it; "" when it is none."""
    found = "".join(character for character in typed if character.isascii() and character.isdigit())
    return found if len(found) == 6 else ""


def hint_of(address: str) -> str:
    """Where a code went, told to whoever holds a link that may have been passed on: t•••@example.org."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""

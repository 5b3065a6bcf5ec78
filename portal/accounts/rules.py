"""Rules about users that need no database."""

import re

from portal.core.permissions import DENIABLE, PERMISSIONS_OF, DataSet, Permission, Role

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
LEAST_BESIDE_OWN_WORDS = 8  # letters and digits that belong to no name of one's own
DATA_SETS = frozenset(str(data_set) for data_set in DataSet)


class BadPassword(ValueError):
    pass


class BadEmail(ValueError):
    """No address that mail could be sent to."""


class UnknownRight(ValueError):
    pass


def check_length(password: str, own_words: list[str]) -> None:
    """Refuse a password that is too short, too long or made of the person's own words (ASVS 6.2.1, 6.2.5, 6.2.11).
    No rule about which kinds of characters it must have: such rules make passwords worse.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadPassword(f"Use at least {SHORTEST_PASSWORD} characters. A few words in a row are easy to remember.")
    if len(password) > LONGEST_PASSWORD:
        raise BadPassword(f"Use at most {LONGEST_PASSWORD} characters.")
    lowered = password.lower()
    if len(set(lowered)) < 5:
        raise BadPassword("Use more different characters.")
    rest = lowered
    for word in sorted({word.lower() for word in own_words if len(word) >= 3}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != lowered and sum(letter.isalnum() for letter in rest) < LEAST_BESIDE_OWN_WORDS:
        raise BadPassword("Choose a password that is not made of your own name, address or organisation.")


def check_email(text: str) -> str:
    """The address a user signs in with, in small letters; messages about the account go there. Raises BadEmail."""
    normal = text.strip().lower()
    if not re.fullmatch(r"[^@\s<>,;\x00-\x1f\x7f]+@[^@\s<>,;\x00-\x1f\x7f]+", normal):
        raise BadEmail(f"{text.strip()[:80]!r} is no email address. Enter one such as thandi@example.org.")
    return normal


def permissions_of(role: Role, denied: list[str]) -> frozenset[Permission]:
    """What a role may do after rights were taken away; taking away always wins."""
    allowed = PERMISSIONS_OF[role]
    for right in denied:
        allowed = allowed - DENIABLE.get(right, frozenset())
    return allowed


def hidden_sets(denied: list[str]) -> frozenset[DataSet]:
    return frozenset(DataSet(right) for right in denied if right in DATA_SETS)


def denied_groups(denied: list[str]) -> frozenset[int]:
    return frozenset(int(right.removeprefix("group:")) for right in denied if right.startswith("group:"))


def known_right(right: str) -> str:
    """The right as kept, or UnknownRight. Groups arrive here as group:<id>."""
    if right in DENIABLE or right in DATA_SETS or (right.startswith("group:") and right[6:].isdigit()):
        return right
    names = ", ".join([*DataSet, *DENIABLE, "group:NAME"])
    raise UnknownRight(f"There is no right called {right!r}. Rights are {names}.")

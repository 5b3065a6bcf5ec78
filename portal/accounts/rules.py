"""Rules about users that need no database."""

import re
from collections.abc import Sequence

from portal.core.actor import Actor
from portal.core.permissions import HIDDEN_OF, PERMISSIONS_OF, RIGHTS, DataSet, Permission, Role

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
LEAST_BESIDE_OWN_WORDS = 8  # letters and digits that belong to no name of one's own
NUMBERED = ("group", "page", "page-write")  # rights that name one group or page


class BadPassword(ValueError):
    pass


class BadEmail(ValueError):
    """No address that mail could be sent to."""


class UnknownRight(ValueError):
    pass


class BadSize(ValueError):
    """No number of bytes."""


def check_size(text: str) -> int:
    """How many bytes 5GB, 500 MB or a bare number of bytes are. Raises BadSize."""
    found = re.fullmatch(r"(\d{1,15})\s*(MB|GB|)", text.strip().upper())
    if found is None:
        raise BadSize(f"{text.strip()[:40]!r} is no size. Enter one such as 500MB or 5GB.")
    return int(found[1]) * {"": 1, "MB": 2**20, "GB": 2**30}[found[2]]


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


def permissions_of(role: Role, denied: Sequence[str], granted: Sequence[str] = ()) -> frozenset[Permission]:
    """What a role may do after rights were given and taken away; taking away always wins. Who has lost any right does
    not administer users: he could give it back to himself by way of another.
    """
    taken = _permissions(denied) | (frozenset({Permission.USERS}) if denied else frozenset())
    return (PERMISSIONS_OF[role] | _permissions(granted)) - taken


def hidden_sets(role: Role, denied: Sequence[str], granted: Sequence[str] = ()) -> frozenset[DataSet]:
    """The sets of data a user does not see: those of his role unless given to him, and those taken away."""
    return (HIDDEN_OF[role] - _data_sets(granted)) | _data_sets(denied)


def sees_no_more(seen: Actor, by: Actor) -> bool:
    """Whether `by` may do and see everything that `seen` may: nobody learns by looking as another what he may not."""
    return (
        seen.org_id == by.org_id
        and not by.is_limited
        and seen.permissions <= by.permissions
        and by.hidden <= seen.hidden
        and by.hidden_pages <= seen.hidden_pages
    )


def numbers_of(word: str, denied: Sequence[str]) -> frozenset[int]:
    """The ids that rights of this word name: of groups (`group:7`), pages (`page:7`) or pages read only
    (`page-write:7`).
    """
    return frozenset(int(right.partition(":")[2]) for right in denied if right.startswith(f"{word}:"))


def known_right(right: str) -> str:
    """The right as kept, or UnknownRight. Groups and pages arrive here by id: group:7, page:7, page-write:7."""
    word, _, number = right.partition(":")
    if right in RIGHTS or (word in NUMBERED and number.isascii() and number.isdigit() and len(number) < 12):
        return right
    names = ", ".join([*RIGHTS, *(f"{word}:NAME" for word in NUMBERED)])
    raise UnknownRight(f"There is no right called {right!r}. Rights are {names}.")


def grantable_right(right: str) -> str:
    """The right, if it can be given beyond a role: no group or page is, and nobody is made an administrator so."""
    if right not in RIGHTS or right == "administration":
        raise UnknownRight(f"{right!r} cannot be given by itself; choose a role that has it.")
    return right


def _permissions(rights: Sequence[str]) -> frozenset[Permission]:
    return frozenset(p for right in rights if right in RIGHTS for p in RIGHTS[right].permissions)


def _data_sets(rights: Sequence[str]) -> frozenset[DataSet]:
    found = (RIGHTS[right].data_set for right in rights if right in RIGHTS)
    return frozenset(data_set for data_set in found if data_set is not None)

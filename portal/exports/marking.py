"""The mark that each export carries in its name and in every row, and by which one finds who took it (P-15-2)."""

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
LENGTH = 10
PASSWORD_PARTS = 5


def new_mark() -> str:
    """A mark such as K7QM2XDA9B. It begins with a letter, so that no spreadsheet takes it for a number."""
    first = secrets.choice(LETTERS[:24])
    return first + "".join(secrets.choice(LETTERS) for _ in range(LENGTH - 1))


def read_mark(typed: str) -> str:
    """What was typed as a mark, also within the name of a file: contacts-K7QM2XDA9B (1).csv."""
    words = "".join(letter if letter.isalnum() else " " for letter in typed.upper()).split()
    return next((word for word in words if len(word) == LENGTH and set(word) <= set(LETTERS)), "")


def file_name(mark: str, kind: str) -> str:
    return f"contacts-{mark}.{kind}"


def new_password() -> str:
    """A password to be told over the telephone: five groups of four letters and figures, a hundred bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(PASSWORD_PARTS))

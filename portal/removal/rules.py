"""What whoever looks after privacy reads of a removal that somebody did himself. Pure: no name, no address."""

DAYS = 30  # in which a request is answered (POPIA reg 3(3); domain P-23-1)


def told_words(number: str) -> str:
    """For a removal that was done: its number leads to the certificate, and to nobody."""
    return f"Somebody removed all of their own details, by a link of theirs. Removal {number}: nothing is to be done."


def held_words(why: str) -> str:
    """For one that was asked for and cannot be done now."""
    return f"Asked on the own page to be removed. {why} Answer within {DAYS} days."

"""When the figures of an organisation are worth a look by support."""

MOST_UNDELIVERABLE = 0.05  # of the messages sent; above, mail servers come to refuse everybody's mail
MOST_COMPLAINTS = 0.003  # Gmail's own limit for all who send in bulk (domain.md E-1)
ENOUGH = 100  # messages below which a share says nothing


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def is_too_much(part: int, whole: int, most: float) -> bool:
    """Whether this share is above what is bearable, of enough messages to say so."""
    return whole >= ENOUGH and share(part, whole) > most


def in_hundred(part: int, whole: int) -> str:
    """A share in words: 0.4 %; "none" where nothing is counted."""
    if not whole or not part:
        return "none"
    hundredths = 100 * part / whole
    return "less than 0.1 %" if hundredths < 0.1 else f"{hundredths:.1f} %"

"""What stands at the foot of every message. The law wants the sender's identity, address and a way out (POPIA s 69(4)),
and what leaves the country is said (R06); the rest is the organisation's choice (R23, R26, R71, R72). Pure.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal.campaigns.appeal_rules import sounds_like_appeal
from portal.core.misfit import Misfit
from portal.core.text import InvalidText, clean_text

UNSUBSCRIBE = ("Unsubscribe", "unsubscribe")
PRIVACY = "privacy"
REMOVAL = "removal"
# What may stand beside it, in the order that it has until somebody changes it: key -> the words of the link.
LINKS = {
    "own page": "See or change your details", REMOVAL: "Remove my details", "why": "Why did I get this?",
    "complaint": "Complain", PRIVACY: "Privacy notice",
}  # fmt: skip
LINES = {"telephone": "Telephone"}
ON_REQUEST = ("complaint", PRIVACY)  # a request for consent leads to its answer and the way out alone
LONGEST = 200


class BadFoot(Misfit):
    """The foot cannot be so. `field` is where it is mended."""


@dataclass(frozen=True)
class Foot:
    """The links in their order, which links and lines are left out, and a last line of the organisation's own."""

    order: tuple[str, ...] = tuple(LINKS)
    left_out: frozenset[str] = frozenset({REMOVAL})
    closing: str = ""

    def shows(self, key: str) -> bool:
        return key not in self.left_out


def foot(order: Sequence[str], left_out: Collection[str], closing: str) -> Foot:
    """What was chosen, made whole: a link that was not named comes last. Raises BadFoot."""
    unknown = (set(order) - set(LINKS)) | (set(left_out) - set(LINKS) - set(LINES))
    if unknown or len(set(order)) < len(order):
        raise BadFoot("Choose from the list.", "order")
    try:
        closing = clean_text(closing, max_length=LONGEST)
    except InvalidText as error:
        raise BadFoot(str(error), "closing") from error
    if word := sounds_like_appeal("", closing):
        raise BadFoot(
            f"This sounds like an appeal (“{word}”). The foot stands under messages that may not ask for anything.",
            "closing",
        )
    whole = (*order, *(key for key in LINKS if key not in order))
    return Foot(whole, frozenset(left_out), closing)


def links_of(foot: Foot, *, is_request: bool, with_removal: bool, has_notice: bool) -> tuple[tuple[str, str], ...]:
    """The links of one letter, (words, key), the way out first. `with_removal`: its sender offers it this time."""
    shown = {key for key in LINKS if foot.shows(key) or (key == REMOVAL and with_removal)}
    if is_request:
        shown &= set(ON_REQUEST)
    if not has_notice:
        shown.discard(PRIVACY)
    return (UNSUBSCRIBE, *((LINKS[key], key) for key in foot.order if key in shown))


def moved(order: Sequence[str], act: str) -> tuple[str, ...]:
    """The order after a button: "up:why", "down:why"; any other word leaves it as it is."""
    word, _, key = act.partition(":")
    found = list(order)
    if key in found and word in ("up", "down"):
        place = found.index(key)
        other = min(max(place + (1 if word == "down" else -1), 0), len(found) - 1)
        found[place], found[other] = found[other], found[place]
    return tuple(found)

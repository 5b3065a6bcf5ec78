"""How contacts belong together, and how it is said from either side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# kind -> (the one side's words, the other side's words); the same words twice where the sides are alike
WORDS = {
    "spouse": ("spouse of", "spouse of"),
    "parent": ("parent of", "child of"),
    "guardian": ("guardian of", "in the care of"),
    "household": ("in one household with", "in one household with"),
    "contact_person": ("contact person of", "has as contact person"),
    "employee": ("works for", "employs"),
}
COMPETENT = ("parent", "guardian")  # who may consent for a child
_SIDES = {"contact_person": ("person", "body"), "employee": ("person", "body")}
_INVERSE = "-of"


class Unrelated(ValueError):
    """These two cannot be related so. The message says why."""


@dataclass(frozen=True)
class Entered:
    """What is said about a relation beside who it is between."""

    since: date | None = None
    until: date | None = None
    consented_on: date | None = None
    consent_note: str = ""
    is_marketing_too: bool = False


def choices(kind_of_contact: str) -> dict[str, str]:
    """What this contact may be to another: {the form's word: what is read}."""
    found: dict[str, str] = {}
    for kind, (there, back) in WORDS.items():
        one, other = _SIDES.get(kind, ("person", "person"))
        if one == kind_of_contact:
            found[kind] = there
        if other == kind_of_contact and there != back:
            found[kind + _INVERSE] = back
    return found


def split(choice: str) -> tuple[str, bool]:
    """(kind, whether the contact stands on the other side of it)."""
    return choice.removesuffix(_INVERSE), choice.endswith(_INVERSE)


def words(kind: str, is_other_side: bool) -> str:
    return WORDS[kind][int(is_other_side)]


def is_mutual(kind: str) -> bool:
    return WORDS[kind][0] == WORDS[kind][1]


def check(choice: str, contact_kind: str, other_kind: str) -> None:
    """Raise Unrelated unless a contact of this kind may stand so to one of the other."""
    kind, is_other_side = split(choice)
    if kind not in WORDS or choice not in choices(contact_kind):
        raise Unrelated("Choose how the two belong together.")
    wanted = _SIDES.get(kind, ("person", "person"))[int(not is_other_side)]
    if other_kind != wanted:
        sentence = "Choose an organisation for this." if wanted == "body" else "Choose a person for this."
        raise Unrelated(sentence)


def check_entered(kind: str, entered: Entered, today: date) -> None:
    """Raise Unrelated where the days or the consent cannot be."""
    if entered.since and entered.until and entered.until < entered.since:
        raise Unrelated("It cannot have ended before it began.")
    if entered.consented_on is None:
        if entered.is_marketing_too or entered.consent_note:
            raise Unrelated("Enter the day on which the parent or guardian consented.")
        return
    if kind not in COMPETENT:
        raise Unrelated("Only a parent or guardian consents for a child.")
    if entered.consented_on > today:
        raise Unrelated("The consent cannot lie in the future.")
    if not entered.consent_note.strip():
        raise Unrelated("Say how the consent was given, such as: form signed at the office, kept in the folder.")


def told(kind: str, is_other_side: bool, other_id: int) -> Mapping[str, object]:
    """How the log names a relation: the other by its number, so that an erased name stands nowhere."""
    return {"words": words(kind, is_other_side), "contact": other_id}

"""What people see and change of themselves on their own pages: four levels, of the organisation's choice (R21, P-24-4).

Pure. What is more than ordinary is never shown in full there, and changed by colleagues alone; files and other contacts
are not shown at all.
"""

from typing import Any

from portal.core.permissions import Sensitivity

HIDDEN, SHOWN, CHANGED, CONFIRMED = range(4)
LEVELS = {
    HIDDEN: "Not shown",
    SHOWN: "Shown",
    CHANGED: "The person changes it",
    CONFIRMED: "A colleague confirms changes",
}
NEVER_SHOWN = ("file", "person")  # kinds that lead to documents and to other people


def offered(kind: str, sensitivity: str) -> tuple[int, ...]:
    """The levels that a field of this kind and class can be given."""
    if kind in NEVER_SHOWN:
        return (HIDDEN,)
    return tuple(LEVELS) if sensitivity == Sensitivity.ORDINARY else (HIDDEN, SHOWN)


def refusal(level: int, kind: str, sensitivity: str) -> str:
    """Why a field cannot be given this level, in words; "" when it can."""
    if level in offered(kind, sensitivity):
        return ""
    if level not in LEVELS:
        return "Choose one from the list."
    if kind in NEVER_SHOWN:
        return "People's own pages show no files and no other contacts: choose “Not shown”."
    return (
        "What is more than ordinary stands there masked, and only colleagues change it: choose “Shown” or “Not shown”."
    )


def level_of(field: Any) -> int:
    """What holds for a field now, whatever it was given before it became more sensitive or of another kind."""
    allowed = offered(field.kind, field.sensitivity)
    return int(field.self_service) if field.self_service in allowed else allowed[-1] if field.self_service else HIDDEN


def is_masked(field: Any) -> bool:
    """Whether only that it is kept is told, and not what (P-24-4)."""
    return bool(field.sensitivity != Sensitivity.ORDINARY)


def may_change(level: int) -> bool:
    return level in (CHANGED, CONFIRMED)

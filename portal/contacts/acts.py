"""What higher features let people do from the list of contacts, such as importing: each adds its own link here."""

from dataclasses import dataclass

from portal.core.actor import current_actor
from portal.core.permissions import Permission


@dataclass(frozen=True)
class Act:
    label: str
    icon: str
    endpoint: str
    permission: Permission


_acts: list[Act] = []


def register_act(act: Act) -> None:
    if act not in _acts:
        _acts.append(act)


def allowed() -> list[Act]:
    """The acts the current actor may do."""
    return [act for act in _acts if current_actor().may(act.permission)]

"""Which groups people may join and leave by themselves: ordinary ones of grown-ups, filled by hand. Pure."""

from typing import Any

from portal.core.permissions import Sensitivity


class NotForPeople(ValueError):
    """A group of this kind is not one that people join and leave by themselves."""


def may_be_open(*, sensitivity: str, is_children: bool, is_ruled: bool) -> bool:
    """Being in one must tell nothing about anybody, concern no child, and be somebody's own decision."""
    return sensitivity == Sensitivity.ORDINARY and not is_children and not is_ruled


def check_open(is_open: bool, *, sensitivity: str, is_children: bool, is_ruled: bool) -> None:
    """Raise NotForPeople for a group that is to be open and may not be."""
    if is_open and not may_be_open(sensitivity=sensitivity, is_children=is_children, is_ruled=is_ruled):
        raise NotForPeople(
            "People join and leave by themselves only groups that tell nothing about them, are not of children, and "
            "are filled by hand."
        )


def is_offered(group: Any) -> bool:
    """Whether this group stands on people's own pages now."""
    kind = {"sensitivity": group.sensitivity, "is_children": bool(group.is_children)}
    return bool(group.is_open) and may_be_open(**kind, is_ruled=group.rule is not None)

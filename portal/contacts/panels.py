"""Blocks that higher features add to a contact's page, and chips they add to lists of contacts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.permissions import Permission

Load = Callable[[Sequence[int]], dict[int, Any]]


@dataclass(frozen=True)
class Panel:
    """A block of the contact's page: `load` gives its data in bulk, `template` is a part that shows `panel_data`."""

    name: str
    template: str
    load: Load
    permission: Permission


@dataclass(frozen=True)
class Chip:
    """A word beside a name in lists: `load` gives (text, tone) for the ids that have one."""

    load: Load


_panels: dict[str, Panel] = {}
_chips: dict[str, Chip] = {}


def register_panel(panel: Panel) -> None:
    _panels[panel.name] = panel


def register_chip(name: str, chip: Chip) -> None:
    _chips[name] = chip


def panels() -> list[Panel]:
    return list(_panels.values())


def chips_for(contact_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """The chips of every feature for these contacts: a fixed number of queries."""
    found: dict[int, list[tuple[str, str]]] = {}
    for chip in _chips.values():
        for contact_id, pair in chip.load(contact_ids).items():
            found.setdefault(contact_id, []).append(pair)
    return found

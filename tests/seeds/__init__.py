"""What each feature plants for the walker: rows whose every text holds CNRY, and the ids its routes name.

A module here has `plant(stage) -> dict[str, int]`, called as the actor of the user whose organisation it is. It may
say more by these names:

- `READING_WRITES = {"documents.show": {"log_entry", "log_head"}}`: endpoints where a GET leaves a trace on purpose.
- `OF_CONTACT = {"document_id"}`: ids of what hangs on the contact, and is not there for who may not see the contact.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType


def _plain(_kinds: str, text: str) -> str:
    return text


@dataclass(frozen=True)
class Stage:
    """What is there already when a feature plants its own.

    `canary(kinds, text)` returns the text and has it looked for. It is met nowhere by whoever lacks any of the kinds:
    the right of that word ("special", "documents" …, of core.permissions.RIGHTS), a permission by its value ("users"),
    or "page:7"; with "contact" or "group", by whoever may not see those. Several stand with spaces between. Write a
    text that stands nowhere else and holds the mark of the organisation: f"CNRY{stage.mark}faith".
    """

    contact_id: int
    group_id: int
    folder: Path  # for files, as the data folder of the installation
    mark: str = "A"
    canary: Callable[[str, str], str] = _plain
    others: list[dict[str, int]] = field(default_factory=list)  # further ids to walk with, in place of those returned


def modules() -> list[ModuleType]:
    found = sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name)
    return [importlib.import_module(f"{__name__}.{module.name}") for module in found]


def plant_all(stage: Stage) -> dict[str, int]:
    found: dict[str, int] = {}
    for module in modules():
        found |= module.plant(stage)
    return found


def reading_writes() -> dict[str, set[str]]:
    return {name: tables for module in modules() for name, tables in getattr(module, "READING_WRITES", {}).items()}


def of_contact() -> set[str]:
    return {name for module in modules() for name in getattr(module, "OF_CONTACT", ())}

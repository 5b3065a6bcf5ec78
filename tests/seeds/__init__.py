"""What each feature plants for the walker: rows whose every text holds CNRY, and the ids its routes name.

A module here has `plant(stage) -> dict[str, int]`, called as the actor of the user whose organisation it is.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stage:
    """What is there already when a feature plants its own."""

    contact_id: int
    group_id: int
    folder: Path  # for files, as the data folder of the installation


def plant_all(stage: Stage) -> dict[str, int]:
    found: dict[str, int] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        found |= importlib.import_module(f"{__name__}.{module.name}").plant(stage)
    return found

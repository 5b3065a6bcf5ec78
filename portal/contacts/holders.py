"""Every table with a contact column says here how its rows are erased, so that none is forgotten.

A test lists the tables of the database that have a contact column and fails when one has no holder.
"""

from collections.abc import Callable
from dataclasses import dataclass

Erase = Callable[[list[int]], None]


@dataclass(frozen=True)
class Holder:
    table: str
    erase: Erase  # given contact ids of the current organisation, inside the erasure's transaction


_holders: dict[str, Holder] = {}


def register_holder(table: str, erase: Erase) -> None:
    _holders[table] = Holder(table, erase)


def holders() -> list[Holder]:
    return list(_holders.values())

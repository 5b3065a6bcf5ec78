"""Every table with a contact column says here how its rows are erased, and which of its columns name a contact, so that
none is forgotten when one is erased or two are merged.

A test lists the tables of the database that have a contact column and fails when one has no holder; another lists the
columns that name a contact and fails when one has no pointer.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from portal.core.tenancy import OrgModel

Erase = Callable[[list[int]], None]


@dataclass(frozen=True)
class Pointer:
    """A column that names a contact, and so names the other one after two were merged.

    `beside` are the columns that together with it may stand once only: where the contact that is kept has such a row
    already, the other one's is taken out, and put back by an undo. `apart` is a column that may not name the same
    contact. `key` is a text column that repeats the id. Of what `is_mutual` the same may stand the other way round. Of
    parts one is the primary one. What `is_watched` is
    left where it is by an undo when somebody changed it since. `door` opens a table that is otherwise closed.
    """

    model: type[OrgModel]
    column: str = "contact_id"
    beside: tuple[str, ...] = ()
    apart: str = ""
    key: str = ""
    is_mutual: bool = False
    is_part: bool = False
    is_watched: bool = False
    door: Callable[[], AbstractContextManager[Any]] = nullcontext

    @property
    def name(self) -> str:
        return f"{self.model._meta.table_name}.{self.column}"


@dataclass(frozen=True)
class Holder:
    table: str
    erase: Erase  # given contact ids of the current organisation, inside the erasure's transaction


_holders: dict[str, Holder] = {}
_pointers: dict[str, Pointer] = {}
_fixed: dict[str, str] = {}


def register_holder(table: str, erase: Erase, *pointers: Pointer) -> None:
    _holders[table] = Holder(table, erase)
    register_pointers(*pointers)


def register_pointers(*pointers: Pointer) -> None:
    for pointer in pointers:
        _pointers[pointer.name] = pointer


def register_fixed(name: str, reason: str) -> None:
    """A column such as `log_entry.contact_id` that goes on naming whom it named, and why."""
    _fixed[name] = reason


def holders() -> list[Holder]:
    return list(_holders.values())


def pointers() -> list[Pointer]:
    """In the order in which they are followed."""
    return list(_pointers.values())


def fixed() -> dict[str, str]:
    return dict(_fixed)

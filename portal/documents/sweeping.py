"""Removes files of the store that no document names: what a program left behind that was killed between the two."""

import time
from collections.abc import Callable

from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.tenancy import Org
from portal.documents import keeping
from portal.documents.models import Document

PATIENCE = 7 * 24 * 3600  # seconds; an upload may be on its way, and a mistaken restore may be undone

_keepers: list[Callable[[], list[str]]] = []


def register_keeper(places: Callable[[], list[str]]) -> None:
    """A higher feature that keeps files in the same store names here those of the current organisation."""
    if places not in _keepers:
        _keepers.append(places)


def sweep() -> int:
    """Remove what is nobody's; return how much. To be called without an actor: the store is the installation's.

    A file older than the first organisation stays: the database may be a new one beside an old data folder.
    """
    if shutting.shut():
        return 0  # its rows are away just now
    first = Org.select(Org.created_at).order_by(Org.id).first()
    if first is None:
        return 0
    known = {place for org in Org.select(Org.id) for place in places_of(org.id)}
    latest = time.time() - PATIENCE
    removed = 0
    for name, written in list(keeping.store().names()):
        if name not in known and first.created_at.timestamp() < written < latest:
            keeping.discard(name)
            removed += 1
    return removed


def places_of(org_id: int) -> list[str]:
    """The files of the store that an organisation names."""
    with acting_as(system(org_id)):
        found = [place for (place,) in Document.select(Document.place).tuples()]
        return found + [place for places in _keepers for place in places()]

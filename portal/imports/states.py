"""Where an import stands, and how it comes to its end."""

from datetime import timedelta
from pathlib import Path

from portal.activity import log
from portal.core.clock import now
from portal.core.db import transaction
from portal.imports.models import Import

LEASE = timedelta(minutes=2)
ENDED = ("finished", "cancelled", "failed")


class ImportNotFound(LookupError):
    pass


class Bought(ValueError):
    """Lists that were bought are not taken in (POPIA s 69; R07)."""


class NotReady(ValueError):
    """Something of the import has not been answered yet."""


def find(import_id: int) -> Import:
    found = Import.get_or_none(Import.id == import_id)
    if found is None:
        raise ImportNotFound("There is no such import.")
    return found


def require_state(the_import: Import, state: str) -> None:
    if the_import.state != state:
        raise NotReady("This import has begun already.")


def end(the_import: Import, state: str, problem: str = "") -> None:
    """Bring it to one of the ends. The file goes, the counts stay."""
    with transaction():
        changed = (
            Import.update(state=state, problem=problem, ended_at=now(), lease=None)
            .where(Import.id == the_import.id, Import.state.not_in(ENDED))
            .execute()
        )
        if changed:
            fresh = find(the_import.id)
            counts = {name: getattr(fresh, name) for name in ("added", "updated", "skipped", "failed", "held")}
            log.write(f"import.{state}", subject_id=the_import.id, **counts)
    Path(the_import.path).unlink(missing_ok=True)

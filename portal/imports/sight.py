"""What somebody may bring in: no column of a file that tells what is hidden from him, and nothing once the right to
import is gone.
"""

from collections.abc import Mapping

from portal.core.actor import current_actor, require
from portal.core.permissions import DataSet, Denied, Permission
from portal.imports.headings import FIELDS, IGNORE

_SETS = {
    "email": DataSet.EMAIL,
    "mobile": DataSet.TELEPHONE,
    "telephone": DataSet.TELEPHONE,
    "id_number": DataSet.IDENTITY,
    **dict.fromkeys(("address", "suburb", "city", "postal_code", "province", "country"), DataSet.ADDRESS),
}


def is_open(name: str) -> bool:
    """Whether the actor may bring in this field of a contact."""
    actor = current_actor()
    return actor.may(Permission.NOTE_READ) if name == "notes" else actor.sees(_SETS.get(name))


def open_fields() -> dict[str, str]:
    """The fields that a column may become, for the actor, with their words."""
    return {name: words for name, words in FIELDS.items() if is_open(name)}


def without_hidden(mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping with what the actor may not bring in left out."""
    return {heading: name if is_open(name) else IGNORE for heading, name in mapping.items()}


def check_right() -> None:
    """Raise Denied unless the actor may bring contacts in."""
    require(Permission.CONTACT_IMPORT)
    if current_actor().is_limited:
        raise Denied("You see only some of the contacts. Somebody who sees all of them can import.")


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise Denied when a column would become what is hidden from the actor."""
    closed = sorted({FIELDS[name] for name in mapping.values() if name in FIELDS and not is_open(name)})
    if closed:
        raise Denied(f"{closed[0]}: this is hidden from you, and so you cannot bring it in.")

"""The register of purposes: for what an organisation keeps people (P-13-1). Each has two from its making."""

from dataclasses import asdict, dataclass
from typing import Any

from peewee import IntegrityError

from portal.accounts.service import register_founder
from portal.activity import log
from portal.consent.grounds import BASES
from portal.consent.models import Purpose
from portal.consent.rules import CLASSES
from portal.core.actor import require
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.text import InvalidText, clean_text


class PurposeNotFound(LookupError):
    pass


class BadPurpose(Misfit):
    """This line of the register cannot be kept so. `field` is where it is mended."""


@dataclass(frozen=True)
class Line:
    """What stands in the register."""

    name: str
    description: str = ""
    purpose_class: str = "direct_marketing"
    basis: str = "consent"
    categories: str = ""
    recipients: str = ""
    keeping: str = ""


FIRST = (
    Line(
        "News and appeals", "To tell people what we do, and to ask for their support", "direct_marketing", "consent",
        "Names and ways to reach people", "", "Until the person asks us to stop",
    ),
    Line(
        "Running our work", "To do our daily work with the people and bodies that belong to it", "information",
        "our_interest", "Names, ways to reach people, and what they do with us", "",
        "As long as the person has to do with us",
    ),
)  # fmt: skip


def register() -> None:
    register_founder(begin)


def begin() -> None:
    """Write the first purposes of a new organisation."""
    for line in FIRST:
        Purpose.create(**asdict(line))


def current() -> list[Purpose]:
    """Those in use, the first first."""
    return list(Purpose.select().where(Purpose.archived_at.is_null()).order_by(Purpose.id))


def everything() -> list[Purpose]:
    return list(Purpose.select().order_by(Purpose.id))


def first() -> Purpose:
    """The one meant where nobody says which: the first of direct marketing that is in use, else the first of all."""
    all_of_them = everything()
    used = [one for one in all_of_them if one.archived_at is None] or all_of_them
    return next((one for one in used if one.purpose_class == "direct_marketing"), used[0])


def find(purpose_id: int) -> Purpose:
    found = Purpose.get_or_none(Purpose.id == purpose_id)
    if found is None:
        raise PurposeNotFound("There is no such purpose.")
    return found


def names() -> dict[int, str]:
    return dict(Purpose.select(Purpose.id, Purpose.name).tuples())


def add(line: Line) -> Purpose:
    require(Permission.SETTINGS)
    values = _checked(line)
    try:
        with transaction():
            made = Purpose.create(**values)
            log.write("purpose.added", subject_id=made.id, changes={k: [None, v] for k, v in values.items() if v})
    except IntegrityError as error:
        raise BadPurpose("There is a purpose of this name already.", "name") from error
    return made


def change(purpose: Purpose, line: Line) -> bool:
    """Return whether anything differed. What was recorded for it stays, and is called by its new name."""
    require(Permission.SETTINGS)
    values = _checked(line)
    changes: dict[str, list[Any]] = {k: [getattr(purpose, k), v] for k, v in values.items() if getattr(purpose, k) != v}
    if not changes:
        return False
    try:
        with transaction():
            Purpose.update(**{k: new for k, (_, new) in changes.items()}).where(Purpose.id == purpose.id).execute()
            log.write("purpose.changed", subject_id=purpose.id, changes=changes)
    except IntegrityError as error:
        raise BadPurpose("There is a purpose of this name already.", "name") from error
    return True


def archive(purpose: Purpose) -> None:
    """Put it away: nothing new is recorded for it. The last one stays."""
    require(Permission.SETTINGS)
    if purpose.archived_at is not None:
        return
    if len(current()) == 1:
        raise BadPurpose("This is the only purpose in use. Add another one first.", "name")
    with transaction():
        Purpose.update(archived_at=now()).where(Purpose.id == purpose.id).execute()
        log.write("purpose.archived", subject_id=purpose.id, name=purpose.name)


def restore(purpose: Purpose) -> None:
    require(Permission.SETTINGS)
    if purpose.archived_at is None:
        return
    with transaction():
        Purpose.update(archived_at=None).where(Purpose.id == purpose.id).execute()
        log.write("purpose.restored", subject_id=purpose.id, name=purpose.name)


def _checked(line: Line) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in asdict(line).items():
        try:
            values[name] = clean_text(value, max_length=80 if name == "name" else 500)
        except InvalidText as error:
            raise BadPurpose(str(error), name) from error
    if not values["name"]:
        raise BadPurpose("Enter a name.", "name")
    if not values["description"]:
        raise BadPurpose("Say in plain words for what you keep people.", "description")
    if values["purpose_class"] not in CLASSES:
        raise BadPurpose("Choose what kind of messages it allows.", "purpose_class")
    if values["basis"] not in BASES:
        raise BadPurpose("Choose on what ground.", "basis")
    return values

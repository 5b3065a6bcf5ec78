"""Who is kept on no ground at all (P-11-1): to be given one, or to be deleted."""

from typing import Any

from peewee import SQL, fn

from portal.consent.grounds import GRANTS
from portal.consent.models import ConsentEvent, Justification
from portal.contacts.models import Contact

PAGE = 50


def everybody() -> Any:
    """The contacts without any ground, whom the actor sees, as a query of their ids."""
    own = Justification.select(SQL("1")).where(Justification.contact_id == Contact.id, Justification.ended_at.is_null())
    return Contact.select(Contact.id).where(Contact.erased_at.is_null(), Contact.archived_at.is_null(), ~fn.EXISTS(own))


def count() -> int:
    return int(everybody().count())


def page(number: int) -> list[Contact]:
    query = everybody().select(Contact).order_by(Contact.sort_name, Contact.id)
    return list(query.paginate(number, PAGE))


def is_nobody_asked() -> bool:
    """Whether there are contacts, and not one consent of anybody is on record: every appeal would be refused."""
    if not Contact.select(Contact.id).where(Contact.erased_at.is_null()).limit(1).exists():
        return False
    return not ConsentEvent.select(ConsentEvent.id).where(ConsentEvent.kind.in_(sorted(GRANTS))).limit(1).exists()

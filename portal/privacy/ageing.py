"""Who was not heard of for long: contacts by their last update, with the last message, answer and sign of reading; and
those to whom nobody writes any more (R30, P-14-7). What gifts tell joins when gifts are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from portal.contacts import queries as contacts
from portal.contacts import record
from portal.contacts import service as contact_service
from portal.contacts.models import Contact, Group
from portal.core.actor import require
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.delivery.models import CLICKED, REPLIED, SEEN, Delivery, DeliveryEvent
from portal.privacy.retention_rules import cutoff

PAGE = 50
MONTHS = 24
CHOICES = (6, 12, 24, 36, 60, 84)
MOST_AT_ONCE = 20_000
_SIGNS = (REPLIED, SEEN, CLICKED)


@dataclass(frozen=True)
class Wanted:
    """Which contacts: not updated for so many months; `silent` are those with nothing sent or heard since either."""

    months: int = MONTHS
    silent: bool = False


@dataclass(frozen=True)
class Line:
    """A contact with the last that is known of him."""

    row: contacts.Row
    messaged_at: datetime | None
    replied_at: datetime | None
    read_at: datetime | None


def matching(wanted: Wanted) -> Any:
    """The contacts, as a query: in no list is who was put away or erased."""
    before = cutoff(now(), wanted.months)
    query = Contact.select().where(Contact.erased_at.is_null(), Contact.archived_at.is_null())
    query = query.where(Contact.updated_at < before)
    if wanted.silent:
        sent = Delivery.select(SQL("1")).where(Delivery.contact_id == Contact.id, Delivery.handed_at >= before)
        heard = DeliveryEvent.select(SQL("1")).where(
            DeliveryEvent.contact_id == Contact.id, DeliveryEvent.at >= before, DeliveryEvent.is_machine == 0,
            DeliveryEvent.kind.in_(_SIGNS),
        )  # fmt: skip
        query = query.where(~fn.EXISTS(sent), ~fn.EXISTS(heard))
    return query


def count(wanted: Wanted) -> int:
    return int(matching(wanted).count())


def page(wanted: Wanted, number: int) -> list[Line]:
    """One page, the longest unchanged first: a fixed number of queries."""
    found = list(matching(wanted).order_by(Contact.updated_at, Contact.id).paginate(number, PAGE))
    return lines(contacts.rows(found))


def lines(rows: Sequence[contacts.Row]) -> list[Line]:
    ids = [row.contact.id for row in rows]
    sent = Delivery.select(Delivery.contact_id, fn.MAX(Delivery.handed_at)).where(Delivery.contact_id.in_(ids))
    messaged: dict[int, Any] = dict(sent.group_by(Delivery.contact_id).tuples())
    heard = DeliveryEvent.select(DeliveryEvent.contact_id, DeliveryEvent.kind, fn.MAX(DeliveryEvent.at)).where(
        DeliveryEvent.contact_id.in_(ids), DeliveryEvent.kind.in_(_SIGNS), DeliveryEvent.is_machine == 0
    )
    last: dict[tuple[int, str], Any] = {}
    for contact_id, kind, at in heard.group_by(DeliveryEvent.contact_id, DeliveryEvent.kind).tuples():
        key = (contact_id, "reply" if kind == REPLIED else "read")
        last[key] = max(at, last.get(key) or at)
    return [
        Line(row, messaged.get(row.contact.id), last.get((row.contact.id, "reply")), last.get((row.contact.id, "read")))
        for row in rows
    ]


def ids(wanted: Wanted) -> list[int]:
    query = matching(wanted).select(Contact.id).order_by(Contact.updated_at, Contact.id).limit(MOST_AT_ONCE)
    return [row[0] for row in query.tuples()]


def confirm(contact_ids: Sequence[int]) -> int:
    """Note that what is kept of these was looked through and is right."""
    require(Permission.CONTACT_EDIT)
    return record.confirm(contact_ids)


def gather(contact_ids: Sequence[int], name: str) -> Group:
    """Put these into a group, made where there is none: what can be asked again, or taken along, is a group."""
    require(Permission.CONTACT_EDIT)
    group: Group = contact_service.group_named(name)
    contact_service.group_contacts(contact_ids, group.id)
    return group

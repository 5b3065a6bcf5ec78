"""What is kept for statistics of contacts that are made nameless, and of nobody any more (POPIA s 1, s 14(4), P-1-5).

All that identifies goes as in an erasure, free text, documents and fields of other than ordinary information with it.
What stays is a row of its own that names no contact, in another order than they went, without the day: year of birth,
province, language, roles, how it came here, how many messages it was sent, and choices of ordinary fields.
"""

import random
from collections.abc import Sequence
from typing import Any

from peewee import fn

from portal.contacts.models import Address, Contact, Field, Value
from portal.core.actor import acting_as, current_actor, system
from portal.core.permissions import Sensitivity
from portal.delivery.models import ACCEPTED, Delivery
from portal.privacy.models import Nameless

ENOUGH = 10  # contacts of a town before it is kept: whoever is nearly alone there would be known by it
_CHOICES = ("choice", "choices", "yes_no")


def keep(contact_ids: Sequence[int]) -> int:
    """Add the nameless rows of these contacts, who are erased in the same transaction; return how many."""
    ids = list(contact_ids)
    with acting_as(system(current_actor().org_id)):
        places, answers, messages = _places(ids), _answers(ids), _messages(ids)
        rows = [
            {
                "kind": one.kind,
                "birth_year": one.birth_date.year if one.birth_date else None,
                **places.get(one.id, {"city": "", "province": "", "country": ""}),
                "language": one.language,
                "roles": one.roles,
                "source": one.source,
                "added_in": one.created_at.year,
                "messages": messages.get(one.id, 0),
                "answers": answers.get(one.id, {}),
            }
            for one in Contact.select().where(Contact.id.in_(ids))
        ]
        random.SystemRandom().shuffle(rows)
        if rows:
            Nameless.insert_many(rows).execute()
    return len(rows)


def _places(ids: list[int]) -> dict[int, dict[str, str]]:
    """Where each lives, the chief address first; a town only where enough others live too."""
    mine = list(Address.select().where(Address.contact_id.in_(ids)).order_by(Address.is_primary.desc(), Address.id))
    cities = sorted({one.city for one in mine if one.city})
    people = fn.COUNT(Address.contact_id.distinct())
    query = Address.select(Address.city, people).where(Address.city.in_(cities or [""])).group_by(Address.city)
    counts: dict[str, int] = dict(query.tuples())
    found: dict[int, dict[str, str]] = {}
    for one in mine:
        city = one.city if counts.get(one.city, 0) > ENOUGH else ""
        found.setdefault(one.contact_id, {"city": city, "province": one.province, "country": one.country})
    return found


def _answers(ids: list[int]) -> dict[int, dict[str, list[str]]]:
    ordinary = Field.select(Field.id).where(Field.sensitivity == str(Sensitivity.ORDINARY), Field.kind.in_(_CHOICES))
    columns: tuple[Any, ...] = (Value.contact_id, Value.field_id, Value.text)
    query = Value.select(*columns).where(Value.contact_id.in_(ids), Value.field_id.in_(ordinary))
    found: dict[int, dict[str, list[str]]] = {}
    for contact_id, field_id, text in query.tuples():
        found.setdefault(contact_id, {}).setdefault(str(field_id), []).append(text)
    return found


def _messages(ids: list[int]) -> dict[int, int]:
    query = Delivery.select(Delivery.contact_id, fn.COUNT(Delivery.id)).where(
        Delivery.contact_id.in_(ids), Delivery.state == ACCEPTED
    )
    return dict(query.group_by(Delivery.contact_id).tuples())

"""What a rule may ask of any contact, without fields of an organisation's own design. What is hidden from the actor is
not there. Groups are asked about only when contacts are put into them by hand: a rule never leads to another rule.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import or_
from typing import Any

from peewee import fn

from portal.contacts.addresses import PROVINCES
from portal.contacts.conditions import (
    choice_condition,
    date_condition,
    has_row,
    moment_condition,
    text_condition,
    today,
    years_before,
)
from portal.contacts.facts import Fact, register_facts
from portal.contacts.models import NOTHING, Address, Contact, Email, Group, GroupMember, Note, Telephone
from portal.contacts.names import fold
from portal.contacts.rules import LANGUAGES, ROLES, SOURCES
from portal.core.db import domain_of
from portal.core.permissions import DATA_SET_OF_CLASS, Sensitivity

KINDS = (("person", "a person"), ("body", "an organisation"))
CODE = Address.postal_code
Condition = Callable[[str, Any], Any]


def register() -> None:
    register_facts(own_facts)


def own_facts() -> Sequence[Fact]:
    return [*_of_contacts(), *_of_addresses(), *_of_emails(), *_of_telephones(), *_of_groups(), *_of_notes()]


def _of_contacts() -> list[Fact]:
    return [
        Fact("name", "Name", "text", partial(text_condition, Contact.search_names, to_key=fold)),
        Fact("kind", "Kind", "choice", partial(choice_condition, Contact.kind), KINDS),
        Fact("role", "Role", "choice", _has_role, [(role, role) for role in ROLES]),
        Fact("language", "Language", "choice", partial(choice_condition, Contact.language), [*LANGUAGES.items()]),
        Fact("birth_date", "Birth date", "date", partial(date_condition, Contact.birth_date)),
        Fact("age", "Age", "number", _is_aged),
        Fact("added", "Added", "moment", partial(moment_condition, Contact.created_at)),
        Fact("updated", "Last updated", "moment", partial(moment_condition, Contact.updated_at)),
        Fact("source", "Source", "choice", partial(choice_condition, Contact.source), [*SOURCES.items()]),
    ]


def _of_addresses() -> list[Fact]:
    if not Address.is_shown():
        return []
    make = partial(Fact, tells="address")
    return [
        make("town", "Town", "text", _rows(Address.contact_id, partial(text_condition, Address.city))),
        make("suburb", "Suburb", "text", _rows(Address.contact_id, partial(text_condition, Address.suburb))),
        make(
            "province", "Province", "choice",
            _rows(Address.contact_id, partial(choice_condition, Address.province)), [*PROVINCES.items()],
        ),
        make("postal_code", "Postal code", "text", _rows(Address.contact_id, partial(text_condition, CODE))),
    ]  # fmt: skip


def _of_emails() -> list[Fact]:
    if not Email.is_shown():
        return []
    make = partial(Fact, tells="email")
    return [
        make("email", "Has an email address", "yes_no", _any_row(Email.contact_id)),
        make("email_domain", "Email domain", "text", _rows(Email.contact_id, _domain)),
        make("undeliverable", "An email could not be delivered", "yes_no", _undeliverable),
    ]


def _of_telephones() -> list[Fact]:
    if not Telephone.is_shown():
        return []
    make = partial(Fact, tells="telephone")
    return [
        make("telephone", "Has a telephone number", "yes_no", _any_row(Telephone.contact_id)),
        make("telephone_number", "Telephone number", "text", _rows(Telephone.contact_id, _number)),
    ]


def _of_groups() -> list[Fact]:
    groups = list(Group.select().where(Group.rule.is_null()).order_by(fn.LOWER(Group.name)))
    if not groups:
        return []
    options = [(str(group.id), group.name) for group in groups]
    sets = {str(group.id): DATA_SET_OF_CLASS.get(Sensitivity(group.sensitivity)) for group in groups}

    def tells(value: Any) -> list[str]:
        return [word for one in value for word in (f"group:{one}", str(sets.get(one) or ""))]

    return [Fact("group", "Group", "group", _rows(GroupMember.contact_id, _in_group), options, tells_by=tells)]


def _of_notes() -> list[Fact]:
    return [Fact("note", "Has a note", "yes_no", _any_row(Note.contact_id), tells="notes")] if Note.is_shown() else []


def _rows(contact_id: Any, make: Condition) -> Condition:
    return lambda operator, value: has_row(contact_id, make, operator, value)


def _any_row(contact_id: Any) -> Condition:
    """Whether there is a row at all."""
    return lambda operator, value: has_row(contact_id, lambda _operator, _value: contact_id > 0, operator, value)


def _has_role(operator: str, value: Any) -> Any:
    if operator in ("empty", "filled"):
        return choice_condition(Contact.roles, operator, value)
    found = reduce(or_, (Contact.roles.contains(f",{role},") for role in value))
    return found if operator == "any_of" else ~found


def _is_aged(operator: str, value: Any) -> Any:
    """Whole years: of the age of 18 is who was born at most 18 and less than 19 years before today."""
    born = Contact.birth_date
    if operator in ("empty", "filled"):
        return date_condition(born, operator, value)
    at_least, at_most = {
        "is": (value, value), "at_least": (value, None), "at_most": (None, value), "between": value,
    }[operator]  # fmt: skip
    condition = born.is_null(False)
    if at_least is not None:
        condition &= born <= years_before(today(), _years(at_least, up=True))
    if at_most is not None:
        condition &= born > years_before(today(), _years(at_most) + 1) if float(at_most) >= 0 else NOTHING
    return condition


def _years(text: str, *, up: bool = False) -> int:
    """Whole years between 0 and 1,000."""
    number = min(1000.0, max(0.0, float(text)))
    return int(number) + int(up and number != int(number))


def _domain(operator: str, value: Any) -> Any:
    return text_condition(domain_of(Email.normal), operator, value) if value else Email.id > 0


def _undeliverable(operator: str, value: Any) -> Any:
    return has_row(Email.contact_id, lambda _operator, _value: Email.state == "undeliverable", operator, value)


def _number(operator: str, value: Any) -> Any:
    """A number may be typed as 082 … or +27 82 …."""
    if not value:
        return Telephone.id > 0
    digits = "".join(c for c in value if c in "+0123456789")
    if not digits:
        return NOTHING
    is_local = digits.startswith("0") and not digits.startswith("00")
    whole = f"+27{digits[1:]}" if is_local else digits
    if operator == "contains":
        return Telephone.number.contains(digits) | Telephone.number.startswith(whole)
    return text_condition(Telephone.number, operator, whole, to_key=str)


def _in_group(_operator: str, value: Any) -> Any:
    return GroupMember.group_id.in_([int(one) for one in value])

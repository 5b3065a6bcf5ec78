"""Reads about contacts: lists, searches, counts, one contact with its parts. Hidden sets are left out here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_, or_
from typing import Any, TypeVar

from peewee import SQL, chunked, fn

from portal.contacts import field_filters, field_sorting, fields, membership
from portal.contacts.children import are_children, are_pending
from portal.contacts.field_filters import FieldWish
from portal.contacts.identity_lookup import found_by
from portal.contacts.membership import is_member
from portal.contacts.models import Address, Contact, ContactPart, Email, Group, Note, Telephone
from portal.contacts.names import display_name, fold
from portal.core.actor import current_actor, seeing_everything
from portal.core.db import is_sqlite
from portal.core.permissions import DataSet, Sensitivity

PAGE = 50
SORTS = {"name": Contact.sort_name, "updated": Contact.updated_at, "added": Contact.created_at}
Part = TypeVar("Part", bound=ContactPart)


@dataclass(frozen=True)
class Filter:
    """What a list of contacts is limited to. Read from the address of the page, so that it can be kept and shared."""

    text: str = ""
    group_ids: tuple[int, ...] = ()  # in any of them
    not_group_ids: tuple[int, ...] = ()
    role: str = ""
    kind: str = ""
    town: str = ""
    state: str = ""  # "undeliverable", "no_email", "children", "deceased", "archived"
    with_archived: bool = False  # as also the state "archived" asks for them
    fields: tuple[FieldWish, ...] = ()  # what is asked of designed fields
    sort: str = "name"  # a word of SORTS, or "field:12"
    descending: bool = False

    def without(self, **values: Any) -> "Filter":
        return replace(self, **values)


@dataclass
class Row:
    """A line of the list: the contact and what matters of it now."""

    contact: Contact
    name: str
    email: str = ""
    email_state: str = ""
    telephone: str = ""
    groups: list[str] = field(default_factory=list)


def matching(filter: Filter) -> Any:
    """The contacts of a filter, as a query the caller may order, count or page. The erased are never in it."""
    query = Contact.select().where(Contact.erased_at.is_null())
    if filter.state != "archived" and not filter.with_archived:
        query = query.where(Contact.archived_at.is_null())
    if words := fold(filter.text).split():
        searched = fields.searched_ids()
        found, by_number = reduce(and_, [_found(word, searched) for word in words]), found_by(filter.text)
        query = query.where(found if by_number is None else found | by_number)
    if filter.group_ids:
        query = query.where(is_member(filter.group_ids))
    if filter.not_group_ids:
        query = query.where(~is_member(filter.not_group_ids))
    if filter.role:
        query = query.where(Contact.roles.contains(f",{filter.role},"))
    if filter.kind:
        query = query.where(Contact.kind == filter.kind)
    if filter.town and current_actor().sees(DataSet.ADDRESS):
        query = query.where(Contact.id.in_(Address.select(Address.contact_id).where(Address.city == filter.town)))
    if filter.state in _STATES:
        query = query.where(_STATES[filter.state]())
    elif filter.state and current_actor().sees(DataSet.EMAIL):
        query = query.where(_in_state(filter.state))
    for condition in field_filters.conditions(filter.fields):
        query = query.where(condition)
    return query


def is_sort(word: str) -> bool:
    """Whether a list can be asked to be in this order."""
    return word in SORTS or field_filters.sort_field_id(word) is not None


def ordered(filter: Filter) -> Any:
    column = SORTS.get(filter.sort, Contact.sort_name)
    direction = column.desc() if filter.descending else column.asc()
    return matching(filter).order_by(direction, Contact.id)


def page(filter: Filter, number: int, size: int = PAGE) -> list[Row]:
    """One page of the list, with a fixed number of queries however long it is."""
    by = field_sorting.field_of(filter.sort)
    if by is not None:
        is_whole = filter.without(sort="name", descending=False) == Filter()
        return rows(field_sorting.page(matching(filter), by, filter.descending, number, size, is_whole=is_whole))
    return rows(list(ordered(filter).paginate(number, size)))


def rows(contacts: Sequence[Contact]) -> list[Row]:
    ids = [c.id for c in contacts]
    emails, telephones = parts_of(Email, ids), parts_of(Telephone, ids)
    groups = group_names(ids)
    lines = []
    for contact in contacts:
        row = Row(contact, list_name_of(contact), groups=groups.get(contact.id, []))
        if mine := emails.get(contact.id):
            row.email, row.email_state = mine[0].address, mine[0].state
        if numbers := telephones.get(contact.id):
            row.telephone = numbers[0].number
        lines.append(row)
    return lines


def by_ids(contact_ids: Sequence[int]) -> list[Contact]:
    """These contacts in this order, as far as the actor may see them."""
    found = {c.id: c for c in Contact.select().where(Contact.id.in_(list(contact_ids)))}
    return [found[i] for i in contact_ids if i in found]


def visible_ids(contact_ids: Iterable[int]) -> list[int]:
    """Those of these contacts, each once and in order, who are there for the actor and were not erased."""
    found: list[int] = []
    for few in chunked(sorted(set(contact_ids)), PAGE * 10):
        query = Contact.select(Contact.id).where(Contact.id.in_(list(few)), Contact.erased_at.is_null())
        found += sorted(row[0] for row in query.tuples())
    return found


def count(filter: Filter) -> int:
    return int(matching(filter).count())


def pending(filter: Filter) -> int:
    """How many of them are children for whom nobody competent has consented."""
    return int(matching(filter).where(are_pending()).count())


def ids(filter: Filter) -> list[int]:
    return [row[0] for row in matching(filter).select(Contact.id).tuples()]


def parts_of(kind: type[Part], contact_ids: Iterable[int]) -> dict[int, list[Part]]:
    """The parts of these contacts, the primary one first; none at all when the actor may not see this kind."""
    wanted = list(contact_ids)
    if not wanted or not kind.is_shown():
        return {}
    found: dict[int, list[Part]] = {}
    order = (kind.is_primary.desc(), kind.id)
    for part in kind.select().where(kind.contact_id.in_(wanted)).order_by(*order):
        found.setdefault(part.contact_id, []).append(part)
    return found


def group_names(contact_ids: Iterable[int], *, only_ordinary: bool = False) -> dict[int, list[str]]:
    """The names of the groups of each contact, in order; of the ordinary ones alone, if the others tell too much."""
    groups, inside = visible_groups(), membership.groups_by_contact(list(contact_ids))
    groups = [g for g in groups if not only_ordinary or g.sensitivity == Sensitivity.ORDINARY]
    return {contact_id: [g.name for g in groups if g.id in mine] for contact_id, mine in inside.items()}


def visible_groups() -> list[Group]:
    """The groups this actor may know of, by name."""
    return list(Group.select().order_by(fn.LOWER(Group.name)))


def groups_by_hand() -> list[Group]:
    """Those of them that contacts can be put into."""
    return [group for group in visible_groups() if group.rule is None]


def group_sizes() -> dict[int, int]:
    """How many contacts of each group this actor may see."""
    return membership.sizes()


def groups_of(contact_id: int) -> list[Group]:
    inside = membership.groups_by_contact([contact_id]).get(contact_id, set())
    return [group for group in visible_groups() if group.id in inside]


def count_found(rule: Mapping[str, Any]) -> int:
    """How many of the contacts the actor may see a rule finds. Raises UnknownFact."""
    return int(Contact.select().where(Contact.erased_at.is_null(), membership.found_by(rule)).count())


def notes_of(contact_id: int) -> list[Note]:
    return list(Note.select().where(Note.contact_id == contact_id).order_by(Note.id.desc()))


def towns(limit: int = 200) -> list[str]:
    if not current_actor().sees(DataSet.ADDRESS):
        return []
    query = Address.select(Address.city).where(Address.city != "").distinct().order_by(Address.city).limit(limit)
    return [row[0] for row in query.tuples()]


def places(field: str, beginning: str, limit: int = 12) -> list[str]:
    """The suburbs or towns of the addresses the actor sees that begin so, for suggestions."""
    if not beginning:
        return []
    column = Address.suburb if field == "suburb" else Address.city
    query = Address.select(column).where(column.startswith(beginning)).distinct().order_by(column).limit(limit)
    return [row[0] for row in query.tuples()]


def name_of(contact: Contact) -> str:
    """The name as shown: a body's own, a person's first and last, or what there is."""
    if contact.erased_at is not None:
        return "Removed contact"
    if contact.kind == "body":
        return contact.organisation or "Unnamed"
    return (
        display_name(contact.first_name, contact.last_name)
        or contact.preferred_name
        or contact.organisation
        or _known_by(contact)
        or "Unnamed"
    )


def _known_by(contact: Contact) -> str:
    """What somebody of whom no name is known is called: the address or the number that the actor may see."""
    actor = current_actor()
    emails = contact.search_emails.split() if actor.sees(DataSet.EMAIL) else []
    numbers = contact.search_numbers.split() if actor.sees(DataSet.TELEPHONE) else []
    return next(iter([*emails, *numbers]), "")


def list_name_of(contact: Contact) -> str:
    """The name as a list orders it: the surname first, "Ngcobo, Thandi"."""
    if contact.kind == "person" and contact.first_name and contact.last_name:
        return f"{contact.last_name}, {contact.first_name}"
    return name_of(contact)


def familiar_name(contact: Contact) -> str:
    """How one speaks of the contact in a sentence: "May we write to Thandi?"."""
    return contact.preferred_name or contact.first_name or name_of(contact)


def language_of(contact_id: int) -> str:
    """The code of the language that the contact would rather read; "" for no matter."""
    with seeing_everything():
        return Contact.select(Contact.language).where(Contact.id == contact_id).scalar() or ""


def _found(word: str, searched: Sequence[int]) -> Any:
    """The word stands in a name, an email, a number or a searched field that the actor may see."""
    actor = current_actor()
    columns = [Contact.search_names]
    if actor.sees(DataSet.EMAIL):
        columns.append(Contact.search_emails)
    if actor.sees(DataSet.TELEPHONE):
        columns.append(Contact.search_numbers)
    condition = reduce(or_, (column.contains(word) for column in columns))
    if is_sqlite() and len(word) >= 3:
        # The trigram index finds the few; LIKE then checks them in the columns that may be seen.
        asked = field_filters.trigrams(word)
        few = SQL("(SELECT rowid FROM contact_search WHERE contact_search MATCH ?)", (asked,))
        condition = Contact.id.in_(few) & condition
    return condition | field_filters.found_in_values(word, searched) if searched else condition


_STATES: dict[str, Callable[[], Any]] = {
    "children": are_children,
    "deceased": lambda: Contact.deceased_on.is_null(False),
    "archived": lambda: Contact.archived_at.is_null(False),
}


def _in_state(state: str) -> Any:
    """The condition in the words of the partial indexes: values given apart would keep a database from using them."""
    if state == "no_email":
        return Contact.search_emails == SQL("''")
    return Contact.id.in_(Email.select(Email.contact_id).where(Email.state == state, Email.state != SQL("''")))

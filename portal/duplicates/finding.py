"""Looks for duplicates: a job over the organisation or over those whom one import added, and at once for one contact
or for what somebody is about to add.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from peewee import chunked

from portal.accounts.service import actor_of_user
from portal.activity import log
from portal.contacts.emails import InvalidEmail, normalise_email
from portal.contacts.models import Address, Contact, Email, Telephone
from portal.contacts.more_models import Identity
from portal.contacts.names import fold
from portal.contacts.rules import sort_name_of
from portal.contacts.telephones import InvalidTelephone, normalise_telephone
from portal.core import queue
from portal.core.actor import acting_as, current_actor, require, system
from portal.core.clock import now
from portal.core.db import lock_table, transaction
from portal.core.permissions import DataSet, Permission
from portal.duplicates import blocking
from portal.duplicates.models import Pair, Search
from portal.duplicates.rules import PERHAPS, SETS, Likeness, Person, compare
from portal.imports.models import ImportedContact

LEASE = timedelta(minutes=10)
BATCH = 400
MOST_LIKE = 5
OPEN = ("waiting", "running")
DATA_SETS = {
    "email": DataSet.EMAIL, "telephone": DataSet.TELEPHONE, "address": DataSet.ADDRESS, "identity": DataSet.IDENTITY,
}  # fmt: skip


@dataclass(frozen=True)
class Like:
    """A contact that is there already, how much it looks like the other, and why: as far as the actor may know."""

    contact: Contact
    score: int
    likeness: Likeness


def hidden_sets() -> tuple[str, ...]:
    """The sets of points that would tell the actor what is hidden from him."""
    return tuple(name for name, data_set in DATA_SETS.items() if not current_actor().sees(data_set))


def begin_search(import_id: int | None = None) -> Search:
    """Begin to look, or return the search under way; of an import, among those whom it added."""
    require(Permission.CONTACT_MERGE)
    with transaction():
        lock_table(Search)
        mine = Search.import_id.is_null() if import_id is None else Search.import_id == import_id
        under_way: Search | None = Search.select().where(Search.state.in_(OPEN), mine).first()
        if under_way is not None:
            return under_way
        made = Search.create(import_id=import_id, user_id=current_actor().user_id)
        log.write("duplicates.searched", subject_id=made.id)
        queue.enqueue(queue.FIND_DUPLICATES, search_id=made.id)
    return made


def last_search(import_id: int | None = None) -> Search | None:
    query = Search.select().order_by(Search.id.desc())
    return (query if import_id is None else query.where(Search.import_id == import_id)).first()


def due() -> list[int]:
    """Searches nobody is at work on."""
    return [row.id for row in Search.select(Search.id).where(_idle())]


def run(search_id: int) -> None:
    """Do a search. One that was broken off begins again; one that somebody is at, or that is over, is left."""
    mine = Search.id == search_id
    if not Search.update(state="running", lease=now() + LEASE, done=0).where(mine & _idle()).execute():
        return
    search = Search.get_by_id(search_id)
    if search.user_id is not None and actor_of_user(search.user_id) is None:
        words = "Whoever began this does not work here any more. Begin it again."
        Search.update(state="failed", words=words, lease=None, ended_at=now()).where(mine).execute()
        return
    with acting_as(system(current_actor().org_id)):
        _look(search)


def _look(search: Search) -> None:
    total = Contact.select().where(Contact.erased_at.is_null(), Contact.archived_at.is_null()).count()
    mine = Search.id == search.id

    def progress(share: int) -> None:
        Search.update(total=total, done=total * share // 100, lease=now() + LEASE).where(mine).execute()

    progress(0)
    found = blocking.candidates(progress)
    if search.import_id is not None:
        those = ImportedContact.select(ImportedContact.contact_id)
        added = {i for (i,) in those.where(ImportedContact.import_id == search.import_id).tuples()}
        found = {pair: ways for pair, ways in found.items() if not added.isdisjoint(pair)}
    kept = sum(_keep(search, few, found) for few in chunked(sorted(found), BATCH))
    with transaction():
        if search.import_id is None:  # what was found before and is not found any more
            gone = Pair.search_id.is_null() | (Pair.search_id != search.id)
            Pair.delete().where(Pair.state == "open", gone, Pair.created_at < search.created_at).execute()
        Search.update(
            state="finished", found=kept, total=total, done=total, lease=None, ended_at=now()
        ).where(mine).execute()  # fmt: skip


def _keep(search: Search, pairs: Sequence[tuple[int, int]], ways: Mapping[tuple[int, int], set[str]]) -> int:
    """Compare these pairs and keep those that may be one; what was said of one before stays said."""
    people = known([i for pair in pairs for i in pair])
    rows = []
    for one, other in pairs:
        if one not in people or other not in people:
            continue
        likeness = compare(people[one], people[other])
        if likeness.best >= PERHAPS:
            rows.append(row_of(one, other, likeness, ways[one, other]) | {"search_id": search.id})
    keep(rows)
    return len(rows)


def keep(rows: Sequence[dict[str, Any]]) -> None:
    """Write pairs; one that is there gets the new score."""
    fresh = [getattr(Pair, name) for name in ("score", *SETS, "ways", "reasons", "is_doubtful", "search_id")]
    with transaction():
        for few in chunked(rows, 100):
            query = Pair.insert_many(few)
            query.on_conflict(conflict_target=[Pair.org, Pair.contact_id, Pair.other_id], preserve=fresh).execute()


def row_of(one: int, other: int, likeness: Likeness, ways: Iterable[str]) -> dict[str, Any]:
    return {
        "contact_id": one, "other_id": other, "score": likeness.score, **likeness.points,
        "ways": f",{','.join(sorted(ways))},", "reasons": list(likeness.reasons),
        "is_doubtful": int(likeness.is_doubtful), "search_id": None,
    }  # fmt: skip


def known(contact_ids: Iterable[int]) -> dict[int, Person]:
    """What is known of these contacts, as far as the actor sees it; who was erased or archived is not there."""
    ids = sorted(set(contact_ids))
    emails, numbers = _by_contact(Email, Email.normal, ids), _by_contact(Telephone, Telephone.number, ids)
    streets: dict[int, set[str]] = {}
    towns: dict[int, set[str]] = {}
    for few in chunked(ids, BATCH):
        columns = (Address.contact_id, Address.line1, Address.suburb, Address.city, Address.postal_code)
        for i, line, suburb, city, code in Address.select(*columns).where(Address.contact_id.in_(few)).tuples():
            streets.setdefault(i, set()).add(blocking.street_of(line, suburb, city, code))
            towns.setdefault(i, set()).add(fold(city))
    identities: dict[int, dict[str, str]] = {}
    if current_actor().sees(DataSet.IDENTITY):
        for few in chunked(ids, BATCH):
            query = Identity.select(Identity.contact_id, Identity.kind, Identity.mac)
            for i, kind, mac in query.where(Identity.contact_id.in_(few)).tuples():
                identities.setdefault(i, {})[kind] = mac
    return {
        c.id: replace(
            _named(c.__data__),
            emails=frozenset(emails.get(c.id, ())),
            numbers=frozenset(numbers.get(c.id, ())),
            streets=frozenset(streets.get(c.id, set()) - {""}),
            towns=frozenset(towns.get(c.id, set()) - {""}),
            identities=identities.get(c.id, {}),
        )
        for c in _there(ids)
    }


def of(contact: Contact) -> list[Like]:
    """The contacts that look like this one, at this moment: a fixed number of queries."""
    me = known([contact.id]).get(contact.id)
    if me is None:
        return []
    macs = sorted(me.identities.values())
    also = [i for (i,) in Identity.select(Identity.contact_id).where(Identity.mac.in_(macs)).tuples()] if macs else []
    pairs = list(Pair.select().where((Pair.contact_id == contact.id) | (Pair.other_id == contact.id)))
    others = {p.contact_id if p.other_id == contact.id else p.other_id: p for p in pairs}
    apart = {i for i, pair in others.items() if pair.state == "dismissed"}
    also += [i for i, pair in others.items() if i not in apart and seen_ways(pair)]
    return _like(me, contact.sort_name, also, without={contact.id} | apart)


def like(names: Mapping[str, Any], email: str = "", telephone: str = "") -> list[Like]:
    """The contacts that look like somebody about to be added. What cannot be read is left out: the form says so."""
    emails: set[str] = set()
    numbers: set[str] = set()
    with suppress(InvalidEmail):
        emails = {normalise_email(email).normal} if email.strip() else set()
    with suppress(InvalidTelephone):
        numbers = {normalise_telephone(telephone)} - {""}
    me = replace(_named(names), emails=frozenset(emails), numbers=frozenset(numbers))
    return _like(me, sort_name_of(names) if _is_whole(me) else "", [], without=set())


def seen_ways(pair: Pair) -> bool:
    """Whether the pair was found by anything that the actor may know of."""
    return not set(pair.ways.strip(",").split(",")) <= set(hidden_sets())


def _like(me: Person, sort_name: str, also: Sequence[int], without: set[int]) -> list[Like]:
    ids = set(also)
    limit = blocking.MOST_TOGETHER
    if me.emails:
        query = Email.select(Email.contact_id).where(Email.normal.in_(sorted(me.emails)))
        ids |= {i for (i,) in query.limit(limit).tuples()}
    if me.numbers:
        query = Telephone.select(Telephone.contact_id).where(Telephone.number.in_(sorted(me.numbers)))
        ids |= {i for (i,) in query.limit(limit).tuples()}
    if sort_name:
        same = Contact.select(Contact.id).where(
            Contact.erased_at.is_null(), Contact.archived_at.is_null(), Contact.sort_name == sort_name
        )
        ids |= {i for (i,) in same.limit(limit).tuples()}
    people = known(ids - without)
    contacts = {c.id: c for c in _there(sorted(people))}
    found = []
    for contact_id, person in people.items():
        likeness = compare(me, person)
        score = likeness.seen(hidden_sets())
        if score >= PERHAPS:
            found.append(Like(contacts[contact_id], score, likeness))
    return sorted(found, key=lambda one: (-one.score, one.contact.id))[:MOST_LIKE]


def _is_whole(me: Person) -> bool:
    return bool(me.body) if me.kind == "body" else bool(me.first and me.last)


def _named(values: Mapping[str, Any]) -> Person:
    def folded(name: str) -> str:
        return fold(values.get(name) or "")

    kind = values.get("kind") or "person"
    return Person(
        kind=kind, first=folded("first_name"), last=folded("last_name"), called=folded("preferred_name"),
        body=folded("organisation") if kind == "body" else "", born=values.get("birth_date"),
    )  # fmt: skip


def _there(ids: Sequence[int]) -> Iterator[Contact]:
    for few in chunked(ids, BATCH):
        alive = (Contact.id.in_(few), Contact.erased_at.is_null(), Contact.archived_at.is_null())
        yield from Contact.select().where(*alive)


def _by_contact(model: Any, column: Any, ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for few in chunked(ids, BATCH):
        for i, text in model.select(model.contact_id, column).where(model.contact_id.in_(few)).tuples():
            found.setdefault(i, set()).add(text)
    return found


def _idle() -> Any:
    return (Search.state == "waiting") | ((Search.state == "running") & (Search.lease < now()))

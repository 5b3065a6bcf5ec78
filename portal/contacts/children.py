"""Which contacts are children, and whether a competent person consented: for pages, lists, the gate and exports."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from portal.contacts.child_rules import Consent, Standing, is_child, latest_birth, standing
from portal.contacts.membership import is_member
from portal.contacts.models import NOTHING, Contact, Group
from portal.contacts.more_models import Identity, Relation
from portal.contacts.relation_rules import COMPETENT
from portal.core.actor import acting_as, current_actor, system
from portal.core.clock import now

CHIPS = {
    Standing.PENDING: ("Child: consent missing", "warn"),
    Standing.CONSENTED: ("Child", "info"),
    Standing.MARKETING: ("Child", "info"),
    Standing.RENEW: ("Now 18: ask for consent anew", "warn"),
}


def standings(contact_ids: Sequence[int]) -> dict[int, Standing]:
    """How each of these contacts stands, whom the actor sees. Whom he knows for a child depends on his groups;
    whether somebody consented for one does not.
    """
    children, dated = _children(contact_ids)
    given = _consents(contact_ids)
    today = now().date()
    return {i: standing(i in children, given.get(i, []), today, is_dated=i in dated) for i in contact_ids}


def as_the_gate_sees(contact_ids: Sequence[int]) -> dict[int, Standing]:
    """The children among these contacts of the caller, as the portal itself knows them: for the gate."""
    with acting_as(system(current_actor().org_id)):
        children, _ = _children(contact_ids)
        given = _consents(sorted(children))
        today = now().date()
        return {i: standing(True, given.get(i, []), today) for i in children}


def chips(contact_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    return {i: CHIPS[found] for i, found in standings(contact_ids).items() if found in CHIPS}


def are_children() -> Any:
    """The condition on Contact that it is a child, as far as the actor may know."""
    late = latest_birth(now().date())
    stated = Identity.select(Identity.contact_id)
    unknown = NOTHING
    if groups := _groups_of_children():
        unknown = is_member(groups) & Contact.id.not_in(stated.where(Identity.born.is_null(False)))
    born = Contact.id.in_(Contact.select(Contact.id).where(Contact.birth_date > late))
    by_number = Contact.id.in_(stated.where(Identity.born > late))
    return (Contact.kind == "person") & (born | (Contact.birth_date.is_null() & (by_number | unknown)))


def are_pending() -> Any:
    """The condition that it is a child for whom nobody competent has consented, as the portal itself knows it."""
    today = now().date()
    with acting_as(system(current_actor().org_id)):
        lasting = Relation.until.is_null() | (Relation.until > today)
        given = Relation.select(Relation.other_id).where(
            Relation.kind.in_(COMPETENT), Relation.consented_on <= today, lasting
        )
        return are_children() & Contact.id.not_in(given)


def _children(contact_ids: Iterable[int]) -> tuple[set[int], set[int]]:
    """Those of these contacts that are children, and those whose day of birth is known, in at most four queries."""
    today = now().date()
    query = Contact.select(Contact.id, Contact.birth_date)
    born = dict(query.where(Contact.id.in_(list(contact_ids)), Contact.kind == "person").tuples())
    unknown = [i for i, day in born.items() if day is None]
    stated: dict[int, date] = {}
    if unknown:
        mine = Identity.contact_id.in_(unknown) & Identity.born.is_null(False)
        stated = dict(Identity.select(Identity.contact_id, Identity.born).where(mine).tuples())
    grouped: set[int] = set()
    unknown = [i for i in unknown if i not in stated]
    if unknown and (groups := _groups_of_children()):
        inside = Contact.select(Contact.id).where(Contact.id.in_(unknown), is_member(groups))
        grouped = {row[0] for row in inside.tuples()}
    children = {i for i, day in born.items() if is_child(day, stated.get(i), i in grouped, today)}
    return children, {i for i, day in born.items() if day} | set(stated)


def _groups_of_children() -> list[int]:
    return [row[0] for row in Group.select(Group.id).where(Group.is_children == 1).tuples()]


def _consents(contact_ids: Sequence[int]) -> dict[int, list[Consent]]:
    """What parents and guardians of these contacts said, also those whom the actor does not see."""
    found: dict[int, list[Consent]] = {}
    if not contact_ids:
        return found
    with acting_as(system(current_actor().org_id)):
        query = Relation.select().where(
            Relation.other_id.in_(list(contact_ids)),
            Relation.kind.in_(COMPETENT),
            Relation.consented_on.is_null(False),
        )
        for row in query:
            consent = Consent(row.consented_on, bool(row.is_marketing_too), row.until)
            found.setdefault(row.other_id, []).append(consent)
    return found

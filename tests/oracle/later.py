"""What happens to whole contacts: the one place to add to, when the portal learns something new of this kind.

Each is called with the world and dice, does one thing by the portal's own service, and tells the witness.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from portal.consent.queries import restricted_of
from portal.contacts.models import Contact, Email
from portal.duplicates import parting, uniting
from portal.duplicates.models import Merge
from portal.privacy import erasing
from tests.oracle.witness import EVERY, Person, Stop
from tests.oracle.world import FEWEST, World

REFUSALS = ("no", "objected", "left", "complained")


@dataclass
class Union:
    """Two who were made one, and who each of them was before."""

    merge: Merge
    kept: int
    other: int
    before: Person
    hidden: Person
    spread: list[tuple[str, Stop]]  # what stopped an address of one, at those of the other


def erase(world: World, dice: Random) -> None:
    if world.count() <= FEWEST:
        return
    number = world.somebody(dice)
    erasing.erase([number], "asked")
    person = world.witness.people[number]
    for address in person.addresses:
        world.witness.stop(address, "erased", number)
    person.gone, person.addresses = True, []
    world.unions[:] = [one for one in world.unions if number not in (one.kept, one.other)]
    for other in world.witness.people.values():  # with a contact go the relations to others
        other.guardians = {i: too for i, too in other.guardians.items() if i in world.relations()}
    world.witness.forget_unreachable()


def merge(world: World, dice: Random) -> None:
    """Two grown people are found to be one. What either of them refused, and has not taken back, holds for both."""
    people = world.witness.people
    fit = [n for n, person in people.items() if not person.gone and not person.guardians and not _is_child(person)]
    if len(fit) < 2 or world.count() <= FEWEST:
        return
    kept, other = dice.sample(fit, 2)
    try:
        made = uniting.unite(kept, other)
    except uniting.Unmergeable:
        return
    one, two = people[kept], people[other]
    union = Union(
        made, kept, other, deepcopy(one), deepcopy(two), _spread(world, kept, [*one.addresses, *two.addresses])
    )
    world.unions.append(union)
    refused = [*_standing(world, one), *_standing(world, two)]
    one.words = sorted([*one.words, *two.words], key=lambda word: word.place)
    one.grounds += deepcopy(two.grounds)
    for name in ("dead", "put_away", "restricted", "asked"):
        setattr(one, name, getattr(one, name) or getattr(two, name))
    one.born = one.born or two.born
    one.spacing, one.had = max(one.spacing, two.spacing), [*one.had, *two.had]
    _look(one, kept)
    two.gone, two.addresses = True, []
    for kind, purpose in dict.fromkeys(refused):
        world.witness.said(kept, kind, purpose)
    world.witness.forget_unreachable()


def unmerge(world: World, dice: Random) -> None:
    """It was a mistake: each is again who he was; what was said since stays with whom it was said to."""
    if not world.unions:
        return
    union = dice.choice(world.unions)
    people = world.witness.people
    if people[union.kept].gone:
        return
    try:
        parting.part(Merge.get_by_id(union.merge.id))
    except parting.CannotPart:
        return
    world.unions[:] = [one for one in world.unions if one is not union]
    for address, stop in union.spread:
        if stop in world.witness.stops[address]:
            world.witness.stops[address].remove(stop)
    since = [word for word in people[union.kept].words if word.at > _at(union)]
    had_since = [at for at in people[union.kept].had if at > _at(union)]
    for number, person in ((union.kept, union.before), (union.other, union.hidden)):
        restored = deepcopy(person)
        if number == union.kept:
            restored.words += [word for word in since if word.kind in REFUSALS and word not in restored.words]
            restored.had += had_since
        restored.spacing = Contact.get_by_id(number).spacing
        for name in ("dead", "put_away", "restricted"):
            setattr(restored, name, _is(number, name))
        _look(restored, number)
        people[number] = restored
    world.witness.forget_unreachable()


def _spread(world: World, kept: int, addresses: list[str]) -> list[tuple[str, Stop]]:
    """What was said of one address of somebody holds for all of them, once they are one person's."""
    kinds = dict.fromkeys(stop.kind for address in addresses for stop in world.witness.stops[address])
    spread = []
    for address in addresses:
        there = {stop.kind for stop in world.witness.stops[address]}
        for kind in kinds:
            if kind not in there:
                world.witness.stop(address, kind, kept)
                spread.append((address, world.witness.stops[address][-1]))
    return spread


def _at(union: Union) -> datetime:
    return union.merge.created_at


def _is(number: int, name: str) -> bool:
    """How the portal marks somebody: parting leaves a mark where a colleague set it since."""
    contact = Contact.get_by_id(number)
    if name == "restricted":
        return number in restricted_of([number])
    return bool(contact.deceased_on if name == "dead" else contact.archived_at)


def _look(person: Person, number: int) -> None:
    """The addresses that are kept of somebody now, the first one first."""
    mine = Email.select().where(Email.contact_id == number).order_by(Email.is_primary.desc(), Email.id)
    person.addresses = [email.normal for email in mine]


def _standing(world: World, person: Person) -> list[tuple[str, int]]:
    """What somebody refused that no later word of his own took back."""
    found = []
    for word in person.words:
        if word.kind in REFUSALS and world.witness._refusal_stands(person, word):
            kind = word.kind if word.kind in ("no", "objected") else "no"
            purposes = [word.purpose] if word.purpose != EVERY else sorted(world.purposes)
            found += [(kind, EVERY if kind == "objected" else purpose) for purpose in purposes]
    return found


def _is_child(person: Person) -> bool:
    return person.is_child(datetime.now(UTC).date())


CHANGES: dict[str, Callable[[World, Random], None]] = {"erase": erase, "merge": merge, "unmerge": unmerge}

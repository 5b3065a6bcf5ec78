"""Which contacts are worth comparing: those with an address, number or street of their own in common, and those whose
names resemble each other among people born on one day or living in one town. Comparing everybody with everybody would
take hours; this takes seconds, and holds little more than a name for each contact at once.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

from peewee import fn
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from portal.contacts.models import Address, Contact, Email, Telephone
from portal.contacts.more_models import Identity
from portal.contacts.names import fold
from portal.duplicates.rules import alike

Found = dict[tuple[int, int], set[str]]  # (smaller id, larger id) -> the sets by which the two were found
MOST_TOGETHER = 30  # more contacts with one address or number than this are no one person: an office, a school
MOST_ALIKE = 3  # who resembles more people of one town than this is told by nothing but a common name
_SIMILAR = 0.9
Progress = Callable[[int], None]


def candidates(progress: Progress = lambda _share: None) -> Found:
    """The pairs to compare. To be called as the portal itself; `progress` hears how many hundredths are done."""
    found: Found = {}
    _of_one_key(found, "identity", Identity, Identity.mac)
    _of_one_key(found, "email", Email, Email.normal)
    _of_one_key(found, "telephone", Telephone, Telephone.number)
    progress(10)
    streets, towns = _places()
    _of_groups(found, "address", streets)
    del streets
    progress(25)
    names, bodies, born = _names()
    for together in born.values():
        _resembling(found, "plain", together, names)
    del born
    progress(40)
    _of_towns(found, towns, names, progress)
    _of_bodies(found, bodies)
    _drop_gone(found, names, bodies)
    progress(90)
    return found


def _of_one_key(found: Found, way: str, model: Any, column: Any) -> None:
    """Contacts that have the same address or number."""
    twice = model.select(column).group_by(column).having(fn.COUNT(column) > 1)
    rows = model.select(column, model.contact_id).where(column.in_(twice)).order_by(column).tuples().iterator()
    together: dict[str, set[int]] = defaultdict(set)
    for key, contact_id in rows:
        together[key].add(contact_id)
    _of_groups(found, way, together.values())


def _of_groups(found: Found, way: str, groups: Iterable[Iterable[int]]) -> None:
    for group in groups:
        ids = sorted(set(group))
        if 2 <= len(ids) <= MOST_TOGETHER:
            for pair in combinations(ids, 2):
                found.setdefault(pair, set()).add(way)


def _places() -> tuple[list[list[int]], dict[str, list[int]]]:
    """Who lives at one address, where more than one does; and who lives in each town."""
    streets: dict[int, list[int]] = defaultdict(list)
    towns: dict[str, list[int]] = defaultdict(list)
    columns = (Address.contact_id, Address.line1, Address.suburb, Address.city, Address.postal_code)
    for contact_id, line, suburb, city, code in Address.select(*columns).tuples().iterator():
        town = fold(city)
        if town:
            towns[town].append(contact_id)
        if key := street_of(line, suburb, city, code):
            streets[hash(key)].append(contact_id)
    return [ids for ids in streets.values() if len(ids) > 1], towns


def street_of(line: str, suburb: str, city: str, code: str) -> str:
    """A street and number with its place, for comparing; "" where there is none."""
    street = fold(line).replace(".", "").replace(",", " ")
    if not any(c.isdigit() for c in street):
        return ""
    words = {"road": "rd", "street": "st", "avenue": "ave", "drive": "dr", "crescent": "cres", "lane": "ln"}
    return " ".join([*(words.get(word, word) for word in street.split()), "|", fold(city) or fold(suburb) or code])


Names = dict[int, tuple[str, str]]


def _names() -> tuple[Names, dict[int, str], dict[Any, list[int]]]:
    """The folded names of people and of bodies, and who was born on each day."""
    names: Names = {}
    bodies: dict[int, str] = {}
    born: dict[Any, list[int]] = defaultdict(list)
    seen: dict[str, str] = {}  # one copy of each name

    def folded(text: str) -> str:
        if text not in seen:
            seen[text] = fold(text)
        return seen[text]

    columns = (
        Contact.id,
        Contact.kind,
        Contact.first_name,
        Contact.last_name,
        Contact.organisation,
        Contact.birth_date,
    )
    query = Contact.select(*columns).where(Contact.erased_at.is_null(), Contact.archived_at.is_null())
    for contact_id, kind, first, last, body, day in query.tuples().iterator():
        if kind == "body":
            bodies[contact_id] = folded(body)
            continue
        names[contact_id] = (folded(first), folded(last))
        if day is not None:
            born[day].append(contact_id)
    return names, bodies, born


def _of_towns(found: Found, towns: dict[str, list[int]], names: Names, progress: Progress) -> None:
    """People of one town whose names resemble each other: tried among those whose surnames begin alike, and among
    those whose first names do.
    """
    for number, ids in enumerate(towns.values()):
        here: Found = {}
        for place, letters in ((1, 2), (0, 3)):
            blocks: dict[str, list[int]] = defaultdict(list)
            for contact_id in dict.fromkeys(ids):
                if contact_id in names and all(names[contact_id]):
                    blocks[names[contact_id][place][:letters]].append(contact_id)
            for block in blocks.values():
                _resembling(here, "address", block, names)
        often = Counter(contact_id for pair in here for contact_id in pair)
        for pair in here:
            if max(often[pair[0]], often[pair[1]]) <= MOST_ALIKE:
                found.setdefault(pair, set()).add("address")
        progress(40 + 45 * (number + 1) // len(towns))


def _resembling(found: Found, way: str, block: Sequence[int], names: Names) -> None:
    """Those within the block whose first and last names resemble each other."""
    ids = [i for i in block if i in names and any(names[i])]
    whole = [" ".join(names[i]) for i in ids]
    for place, contact_id in enumerate(ids[:-1], start=1):
        near = process.extract(
            whole[place - 1], whole[place:], scorer=JaroWinkler.similarity, score_cutoff=_SIMILAR, limit=None
        )
        for _, _, far in near:
            other = ids[place + far]
            if other != contact_id and all(map(alike, names[contact_id], names[other])):
                found.setdefault((min(contact_id, other), max(contact_id, other)), set()).add(way)


def _of_bodies(found: Found, bodies: dict[int, str]) -> None:
    together: dict[str, list[int]] = defaultdict(list)
    for contact_id, name in bodies.items():
        if name:
            together[name].append(contact_id)
    _of_groups(found, "plain", together.values())


def _drop_gone(found: Found, names: Names, bodies: dict[int, str]) -> None:
    """Without those who were erased or archived."""
    for pair in [p for p in found if not all(i in names or i in bodies for i in p)]:
        del found[pair]

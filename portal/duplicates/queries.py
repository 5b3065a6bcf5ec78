"""The list of pairs that may be one contact, as the reader may know of them: his score counts only what he may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, and_, or_
from typing import Any

from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.duplicates.finding import hidden_sets
from portal.duplicates.models import Pair
from portal.duplicates.rules import CERTAIN, LEVELS, LIKELY, PERHAPS, SETS, bounded, level_of, said

PAGE = 25


@dataclass(frozen=True)
class Line:
    """A pair as it is listed, with why the two may be one."""

    pair: Pair
    score: int
    level: str
    reasons: list[str]
    one: contacts.Row
    other: contacts.Row


def count(level: str = "") -> int:
    """How many open pairs there are, of one level or of all."""
    return int(_open(level).count())


def counts() -> dict[str, int]:
    return {level: count(level) for level in LEVELS}


def page(level: str, number: int) -> list[list[Line]]:
    """One page of pairs, the likeliest first; those that share a contact stand together."""
    return grouped(lines(list(_open(level).order_by(_score().desc(), Pair.id).paginate(number, PAGE))))


def dismissed(number: int) -> list[Line]:
    """The pairs of which somebody said that they are two."""
    query = Pair.select().where(Pair.state == "dismissed", *_known())
    return lines(list(query.order_by(Pair.id.desc()).paginate(number, PAGE)))


def count_dismissed() -> int:
    return int(Pair.select().where(Pair.state == "dismissed", *_known()).count())


def certain_ids(least: int, after: int, limit: int) -> list[int]:
    """The next open pairs of at least this score, in the order of their ids."""
    query = _open("certain" if least >= CERTAIN else "", least=least)
    return [row.id for row in query.where(Pair.id > after).order_by(Pair.id).limit(limit)]


def count_certain(least: int) -> int:
    return int(_open("certain" if least >= CERTAIN else "", least=least).count())


def lines(pairs: Sequence[Pair]) -> list[Line]:
    """The pairs with their contacts: a fixed number of queries."""
    ids = sorted({i for pair in pairs for i in (pair.contact_id, pair.other_id)})
    rows = {row.contact.id: row for row in contacts.rows(contacts.by_ids(ids))}
    hidden = hidden_sets()
    found = []
    for pair in pairs:
        if pair.contact_id in rows and pair.other_id in rows:
            score = seen_score(pair)
            reasons = said(pair.reasons, hidden)
            found.append(Line(pair, score, level_of(score), reasons, rows[pair.contact_id], rows[pair.other_id]))
    return found


def grouped(found: Sequence[Line]) -> list[list[Line]]:
    """Those that share a contact together, in the order of the first of each."""
    groups: list[list[Line]] = []
    for line in found:
        mine = {line.pair.contact_id, line.pair.other_id}
        joined = [g for g in groups if any(mine & {one.pair.contact_id, one.pair.other_id} for one in g)]
        if not joined:
            groups.append([line])
            continue
        joined[0].append(line)
        for further in joined[1:]:
            joined[0].extend(further)
            groups.remove(further)
    return groups


def seen_score(pair: Pair) -> int:
    hidden = hidden_sets()
    points = {name: getattr(pair, name) for name in SETS if name not in hidden}
    is_doubtful = bool(pair.is_doubtful) and points.get("identity", 0) <= 0
    return bounded(sum(points.values()), is_doubtful=is_doubtful)


def find(pair_id: int) -> Pair | None:
    """The pair, where the actor may know of it."""
    found: Pair | None = Pair.get_or_none(Pair.id == pair_id, *_known())
    return found


def _open(level: str, least: int = PERHAPS) -> Any:
    query = Pair.select().where(Pair.state == "open", *_known())
    certain = _is_certain()
    if level == "certain":
        return query.where(certain)
    query = query.where(_score() >= (LIKELY if level == "likely" else least))
    if level == "likely":
        return query.where(~certain)
    return query.where(_score() < LIKELY) if level == "perhaps" else query


def _score() -> Any:
    """The score as far as the reader may know it. What is doubtful is not cut here: see _is_certain."""
    hidden = hidden_sets()
    if not hidden:
        return Pair.score
    return reduce(add, [getattr(Pair, name) for name in SETS if name not in hidden])


def _is_certain() -> Any:
    hidden = hidden_sets()
    if not hidden:
        return Pair.score >= CERTAIN
    sure = Pair.is_doubtful == 0
    if "identity" not in hidden:
        sure = sure | (Pair.identity > 0)
    return (_score() >= CERTAIN) & sure


def _known() -> list[Any]:
    """The conditions that the pair was found by something the reader may know of, and that both are still there."""
    hidden = hidden_sets()
    gone = Contact.select(Contact.id).where(Contact.archived_at.is_null(False))
    conditions: list[Any] = [Pair.contact_id.not_in(gone), Pair.other_id.not_in(gone)]
    if hidden:
        seen = [Pair.ways.contains(f",{name},") for name in SETS if name not in hidden]
        conditions.append(reduce(or_, seen))
    return [reduce(and_, conditions)]

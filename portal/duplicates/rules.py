"""How much two contacts look like one, and why. Pure: what is known of both decides.

Each thing that is the same gives points, apart for each set of data that may be hidden from a reader; what differs
takes some away. People of one household share a surname, an address, a telephone: a first name of its own outweighs it
all. The points are those of R29 and P-16-1: a proposal, which a person or a stated bound decides on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

CERTAIN, LIKELY, PERHAPS = 90, 65, 40
LEVELS: dict[str, tuple[str, int, int]] = {  # words, from, up to
    "certain": ("Certain", CERTAIN, 100),
    "likely": ("Likely", LIKELY, CERTAIN - 1),
    "perhaps": ("Perhaps", PERHAPS, LIKELY - 1),
}
SETS = ("plain", "email", "telephone", "address", "identity")
# word -> (set of data, points, how it is said)
REASONS: dict[str, tuple[str, int, str]] = {
    "identity": ("identity", 200, "the same identity number"),
    "other_identity": ("identity", -100, "another identity number"),
    "email": ("email", 45, "the same email address"),
    "telephone": ("telephone", 35, "the same telephone"),
    "street": ("address", 25, "the same address"),
    "town": ("address", 10, "the same town"),
    "born": ("plain", 35, "the same birth date"),
    "born_swapped": ("plain", 20, "day and month of birth the other way round"),
    "other_born": ("plain", -40, "another birth date"),
    "name": ("plain", 45, "the same name"),
    "name_swapped": ("plain", 40, "first and last name the other way round"),
    "similar_name": ("plain", 35, "a name that is nearly the same"),
    "initial": ("plain", 30, "the same surname, and initials that fit"),
    "part_of_name": ("plain", 20, "the same name, as far as one is given"),
    "nameless": ("plain", 10, "a name is known of one of them only"),
    "first_name": ("plain", 5, "the same first name, with another surname"),
    "household": ("plain", -120, "the same surname, but another first name: perhaps one household"),
    "other_name": ("plain", -80, "another name"),
}
# A name that only resembles the other is never certain by itself, whatever else is the same.
DOUBTS = frozenset({"similar_name", "initial", "part_of_name", "nameless", "first_name"})
_SIMILAR = 0.9
_BODY_SIMILAR = 90


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a contact, folded for comparing."""

    kind: str = "person"
    first: str = ""
    last: str = ""
    called: str = ""
    body: str = ""
    born: date | None = None
    emails: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    identities: Mapping[str, str] = field(default_factory=dict)  # kind -> keyed hash


@dataclass(frozen=True)
class Likeness:
    """How alike two are: points for each set, and the words of REASONS."""

    points: Mapping[str, int]
    reasons: tuple[str, ...]

    @property
    def score(self) -> int:
        return self.seen(())

    @property
    def is_doubtful(self) -> bool:
        """Whether the names leave a doubt, which only an identity number takes away."""
        return not DOUBTS.isdisjoint(self.reasons)

    def seen(self, hidden: Iterable[str]) -> int:
        """The score for whom these sets are hidden from."""
        seen = {name: n for name, n in self.points.items() if name not in set(hidden)}
        return bounded(sum(seen.values()), is_doubtful=self.is_doubtful and seen.get("identity", 0) <= 0)

    @property
    def best(self) -> int:
        """The most that it is for anybody."""
        return bounded(self.points["plain"] + sum(n for name, n in self.points.items() if name != "plain" and n > 0))


def bounded(points: int, *, is_doubtful: bool = False) -> int:
    return max(0, min(CERTAIN - 1 if is_doubtful else 100, points))


def level_of(score: int) -> str:
    """certain, likely or perhaps; "" for what is not worth a word."""
    return next((name for name, (_, least, _) in LEVELS.items() if score >= least), "")


def compare(one: Person, other: Person) -> Likeness:
    """What speaks for their being one, and what against. A person and a body are never one."""
    if one.kind != other.kind:
        return _of([])
    found = []
    shared = one.identities.keys() & other.identities.keys()
    if any(one.identities[kind] == other.identities[kind] for kind in shared):
        found.append("identity")
    elif "id_number" in shared:
        found.append("other_identity")
    found += ["email"] if one.emails & other.emails else []
    found += ["telephone"] if one.numbers & other.numbers else []
    found += ["street"] if one.streets & other.streets else []
    found += ["town"] if one.towns & other.towns else []
    if one.kind == "person":
        found += _births(one.born, other.born)
        found.append(_names(one, other))
    else:
        found.append(_bodies(one.body, other.body))
    return _of([word for word in found if word])


def _of(found: list[str]) -> Likeness:
    points = dict.fromkeys(SETS, 0)
    for word in found:
        where, number, _ = REASONS[word]
        points[where] += number
    return Likeness(points, tuple(found))


def said(reasons: Iterable[str], hidden: Iterable[str] = ()) -> list[str]:
    """The reasons in words, without those that would tell what is hidden from the reader."""
    closed = set(hidden)
    known = [REASONS[word] for word in reasons if word in REASONS]
    return [words for where, _, words in known if where not in closed]


def _births(one: date | None, other: date | None) -> list[str]:
    if one is None or other is None:
        return []
    if one == other:
        return ["born"]
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return ["born_swapped"]
    return ["other_born"]


def _names(one: Person, other: Person) -> str:
    if not (one.first or one.last) or not (other.first or other.last):
        return "nameless"
    if (one.first, one.last) == (other.first, other.last):
        return "name" if one.first and one.last else "part_of_name"
    if one.first and one.last and (one.first, one.last) == (other.last, other.first):
        return "name_swapped"
    same_last = not one.last or not other.last or alike(one.last, other.last)
    same_first = not one.first or not other.first or _same_first(one, other)
    if same_last and same_first:
        if not all((one.last, other.last, one.first, other.first)):
            return "part_of_name"
        return "similar_name"
    if same_last and _initials_fit(one.first, other.first):
        return "initial"
    if same_last and one.last and other.last:
        return "household"
    return "first_name" if same_first and one.first and other.first else "other_name"


def _same_first(one: Person, other: Person) -> bool:
    firsts = {one.first, one.called} - {""}
    others = {other.first, other.called} - {""}
    return any(alike(a, b) for a in firsts for b in others) or _one_of_many(one.first, other.first)


def _one_of_many(one: str, other: str) -> bool:
    """Thandi, and Thandi Precious."""
    a, b = one.split(), other.split()
    return len(a) != len(b) and alike(a[0], b[0])


def _initials_fit(one: str, other: str) -> bool:
    short, long = sorted((one.replace(".", " "), other.replace(".", " ")), key=len)
    letters = short.replace(" ", "")
    return 0 < len(letters) <= 3 and letters[0] == long[:1] and len(letters) < len(long) and short.strip() != long


def alike(one: str, other: str) -> bool:
    """Whether one is the other with a slip of the finger. Short names differ by one letter and are other names."""
    if one == other:
        return True
    if min(len(one), len(other)) < 4:
        return False
    return JaroWinkler.similarity(one, other, score_cutoff=_SIMILAR) >= _SIMILAR


def _bodies(one: str, other: str) -> str:
    if not one or not other:
        return "nameless"
    if one == other:
        return "name"
    return "similar_name" if token_sort_ratio(one, other, score_cutoff=_BODY_SIMILAR) else "other_name"

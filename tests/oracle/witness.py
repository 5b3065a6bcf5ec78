"""Who may be written to, decided a second time: from the law and the test's own list of what happened, by nothing of
the portal's.

It follows domain.md 1.12 (direct marketing), 1.16 (the gate) and 7.7 (after erasing). Where the portal is stricter
than it must be, this says nothing; where it is laxer, it cries.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

MARKETING, INFORMATION, ANSWER, REQUEST = "direct_marketing", "information", "transactional", "consent_request"
UNASKED = (MARKETING, INFORMATION, REQUEST)
EVERY = 0  # in the place of a purpose: all marketing there is


@dataclass(frozen=True)
class Word:
    """What a person said, or somebody for him."""

    at: datetime
    order: int  # in which it was written down, for what was said at the same moment
    kind: str  # yes | no | objected | left | complained | stays | over
    purpose: int = EVERY
    proven: bool = False
    source: int = 0  # the import that told it

    @property
    def place(self) -> tuple[datetime, int]:
        return self.at, self.order


@dataclass
class Ground:
    """Something else than consent, on which a person is kept for a purpose."""

    purpose: int
    holds: bool = True


@dataclass
class Person:
    name: str
    addresses: list[str]
    born: date | None = None
    gone: bool = False
    dead: bool = False
    put_away: bool = False
    restricted: bool = False
    asked: bool = False
    spacing: int = 0  # wants at most one piece of marketing in so many days
    had: list[datetime] = field(default_factory=list)  # when marketing reached him
    words: list[Word] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    guardians: dict[int, bool] = field(default_factory=dict)  # a relation in force: whether it agrees to appeals too

    def is_child(self, today: date) -> bool:
        if self.born is None:
            return False
        birthday = (self.born.year + 18, self.born.month, self.born.day)
        return (today.year, today.month, today.day) < birthday


@dataclass
class Stop:
    """An address that must be left alone."""

    kind: str  # left | complained | objected | erased
    person: int
    at: datetime
    order: int


@dataclass
class Mailing:
    kind: str
    purpose: int
    runs: bool = True


class Witness:
    """The list of what happened, and the judge."""

    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self.mailings: dict[int, Mailing] = {}
        self.stops: dict[str, list[Stop]] = defaultdict(list)
        self.unreachable: set[str] = set()
        self.asked: set[str] = set()
        self.reached: set[tuple[int, str]] = set()
        self.suspended = False
        self.nameless = False  # a detail of the organisation is missing
        self.wants_proof = False
        self._orders = 0

    # ------------------------------------------------------------------------------ what happens

    def next(self) -> int:
        self._orders += 1
        return self._orders

    def said(
        self, person: int, kind: str, purpose: int = EVERY, *, proven: bool = False, at: datetime | None = None,
        source: int = 0,
    ) -> None:  # fmt: skip
        word = Word(at or datetime.now(UTC), self.next(), kind, purpose, proven, source)
        self.people[person].words.append(word)

    def stop(self, address: str, kind: str, person: int) -> None:
        self.stops[address].append(Stop(kind, person, datetime.now(UTC), self.next()))

    def agrees(self, number: int, at: datetime) -> None:
        """A proven yes, told by a colleague, opens the person's addresses again, unless somebody else closed them."""
        for address in self.people[number].addresses:
            self.stops[address] = [
                stop for stop in self.stops[address]
                if stop.kind in ("complained", "erased") or stop.at > at or self._still_means(stop, number, address)
            ]  # fmt: skip

    def _still_means(self, stop: Stop, number: int, address: str) -> bool:
        other = self.people[stop.person]
        if stop.person == number or other.gone or address not in other.addresses:
            return False
        return any(self._refusal_stands(other, word) for word in other.words if word.kind in ("objected", "left"))

    @staticmethod
    def _refusal_stands(person: Person, word: Word) -> bool:
        later = [
            w for w in person.words if w.place > word.place and (w.kind == "stays" or (w.kind == "yes" and w.proven))
        ]
        return not later

    def comes_back(self, address: str) -> None:
        """Somebody takes back by his own act that he left: what only he stopped is open again."""
        self.stops[address] = [stop for stop in self.stops[address] if stop.kind != "left"]

    def forget_unreachable(self) -> None:
        """What nobody holds any more, nobody knows anything of."""
        held = {address for person in self.people.values() if not person.gone for address in person.addresses}
        self.unreachable &= held

    # --------------------------------------------------------------------------------- the judge

    def objection(self, number: int, address: str, mailing_id: int) -> str:
        """Why this message may not leave at this instant; "" when it may. The order of domain.md 1.16."""
        mailing = self.mailings[mailing_id]
        person = self.people.get(number)
        today = datetime.now(UTC).date()
        if self.suspended or self.nameless:
            return "the organisation may not send"
        if not mailing.runs:
            return "the campaign was stopped"
        if person is None or person.gone:
            return "there is no such person"
        if person.dead:
            return "deceased"
        if person.restricted or person.put_away:
            return "restricted or put away"
        if person.is_child(today) and not person.guardians:
            return "a child for whom nobody competent agreed"
        if address not in person.addresses:
            return "not an address of this person"
        if mailing.kind in UNASKED:
            if address in self.unreachable:
                return "unreachable"
            if reason := self._stopped(person, address, mailing):
                return reason
            if (mailing_id, address) in self.reached:
                return "had it already"
        if mailing.kind == REQUEST:
            return self._not_to_be_asked(person, address, mailing, today)
        if mailing.kind == MARKETING and any(
            (datetime.now(UTC) - at).total_seconds() < person.spacing * 86_400 for at in person.had
        ):
            return "wants marketing less often, and had some"
        if mailing.kind == MARKETING:
            return self._no_consent(person, mailing.purpose, today)
        if mailing.kind == INFORMATION:
            return self._no_ground(person, mailing.purpose)
        return ""

    def plainly_allowed(self, number: int, kind: str, purpose: int) -> str:
        """The address at which somebody must be reached by all means: he never refused anything, no list told of him,
        nobody shares the address, and nothing else is in the way; "" for whom it is not so plain.
        """
        person = self.people[number]
        if not person.addresses or any(word.kind != "yes" or word.source for word in person.words):
            return ""
        address = person.addresses[0]
        shared = sum(address in other.addresses for other in self.people.values() if not other.gone) > 1
        if shared or self.stops[address] or person.born is None or person.is_child(datetime.now(UTC).date()):
            return ""
        self.mailings[0] = Mailing(kind, purpose)
        return "" if self.objection(number, address, 0) else address

    def _stopped(self, person: Person, address: str, mailing: Mailing) -> str:
        for stop in self.stops[address]:
            if stop.kind != "objected" or mailing.kind != INFORMATION:
                return f"the address: {stop.kind}"
        return ""

    def _no_consent(self, person: Person, purpose: int, today: date) -> str:
        if person.is_child(today) and not any(person.guardians.values()):
            return "a child whose guardian did not agree to appeals"
        refusal = self._refusal(person, purpose)
        proven = self._last(person, ("yes",), purpose, proven=True)
        if self._last(person, ("stays",), EVERY) is not None and self._is_told(person, purpose):
            proven = max(filter(None, (proven, self._last(person, ("stays",), EVERY))), key=lambda word: word.place)
        if refusal is not None:
            if proven is None or proven.place < refusal.place:
                return f"refused: {refusal.kind}"
            return ""
        if proven is not None:
            return ""
        if self._is_told(person, purpose) or (person.is_child(today) and any(person.guardians.values())):
            return "not proven" if self.wants_proof else ""
        return "no consent"

    def _no_ground(self, person: Person, purpose: int) -> str:
        left = self._last(person, ("left", "complained", "stays"), EVERY)
        proven = self._last(person, ("yes",), purpose, proven=True)
        if left is not None and left.kind != "stays" and (proven is None or proven.place < left.place):
            return f"refused: {left.kind}"
        withdrawn = self._last(person, ("no",), purpose)
        if any(ground.holds and ground.purpose == purpose for ground in person.grounds) or person.guardians:
            return ""
        if withdrawn is not None and (proven is None or proven.place < withdrawn.place):
            return "refused, and no other ground"
        if proven is not None or self._is_told(person, purpose):
            return ""
        return "no ground for this purpose"

    def _not_to_be_asked(self, person: Person, address: str, mailing: Mailing, today: date) -> str:
        if person.is_child(today):
            return "a child is not asked"
        if address in self.asked:
            return "this address was asked before"
        if person.asked:
            return "this person was asked before"
        refusal = self._refusal(person, mailing.purpose)
        return f"refused: {refusal.kind}" if refusal else ""

    def _refusal(self, person: Person, purpose: int) -> Word | None:
        """The last no to this purpose, or to all marketing; one by a click holds until it is taken back."""
        stays = self._last(person, ("stays",), EVERY)
        found = [
            word for word in person.words
            if (word.kind == "no" and word.purpose == purpose)
            or word.kind in ("objected", "complained")
            or (word.kind == "left" and (stays is None or stays.place < word.place))
        ]  # fmt: skip
        return max(found, key=lambda word: word.place) if found else None

    def _is_told(self, person: Person, purpose: int) -> bool:
        """Whether somebody's word says that the person agreed: what an undone import said does not count."""
        over = {word.source for word in person.words if word.kind == "over"}
        return any(word.kind == "yes" and word.purpose == purpose and not (word.source and word.source in over)
                   for word in person.words)  # fmt: skip

    @staticmethod
    def _last(person: Person, kinds: tuple[str, ...], purpose: int, *, proven: bool = False) -> Word | None:
        found = [
            w for w in person.words if w.kind in kinds and w.purpose in (purpose, EVERY) and (w.proven or not proven)
        ]
        return max(found, key=lambda word: word.place) if found else None

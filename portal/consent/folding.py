"""What everything a contact said comes to, for each purpose and channel. Pure: the events alone decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from portal.consent.grounds import GRANTS, REFUSALS

Key = tuple[int, str]  # (id of the purpose, channel)


class Said(Protocol):
    """An event, as the fold reads it."""

    id: int
    purpose_id: int
    channel: str
    kind: str
    proof: str
    given_by: str
    at: datetime
    import_id: int | None


@dataclass(frozen=True)
class State:
    """What holds now: missing | requested | asserted | proven | withheld | withdrawn | objected | expired."""

    standing: str = "missing"
    at: datetime | None = None
    event_id: int | None = None
    given_by: str = "self"
    import_id: int | None = None  # the file that said it
    before: "State | None" = None  # of a refusal: the consent that it took back

    @property
    def is_given(self) -> bool:
        return self.standing in ("asserted", "proven")

    @property
    def is_refused(self) -> bool:
        return self.standing in REFUSALS


MISSING = State()


def fold(events: Iterable[Said], marketing: Iterable[Key] = ()) -> dict[Key, State]:
    """The state of each purpose and channel that anything was said about. An objection counts for each key of
    `marketing` too: all there is of direct marketing (POPIA s 11(3)(b)).

    The order is that in which things were said, not written down. Who refused is not brought back by the word of
    others: only a consent that can be proven takes a refusal back (s 69(2)). An import that was undone takes back what
    it said itself, and not what somebody else had said of the same person. What is given again was given before: where
    the consent was another's, or a file's that was taken back, there is nothing to give again.
    """
    found: dict[Key, State] = {}
    everywhere = list(marketing)
    for event in sorted(events, key=lambda one: (one.at, one.id)):
        key = (event.purpose_id, event.channel)
        for touched in [key, *(k for k in everywhere if k != key)] if event.kind == "objected" else [key]:
            found[touched] = _after(found.get(touched, MISSING), event)
    return found


def of(states: Mapping[Key, State], purpose_id: int, channel: str) -> State:
    return states.get((purpose_id, channel), MISSING)


def _after(state: State, event: Said) -> State:
    if event.kind == "expired":
        if state.before is not None and event.import_id in (None, state.before.import_id):
            return replace(state, before=None)
        if event.import_id not in (None, state.import_id):
            return state
    if event.kind == "reconfirmed" and not (state.is_given or state.before):
        return state
    standing = _standing(state.standing, event)
    if standing == state.standing and event.kind not in GRANTS:
        return state
    is_firmer = state.import_id is not None and event.import_id is None  # it stays when the file is taken back
    if standing == state.standing and event.proof != "proven" and not is_firmer:
        return state  # a word does not take the place of what it only repeats
    taken_back = state if state.is_given else state.before
    return State(
        standing, event.at, event.id, event.given_by, event.import_id, taken_back if standing in REFUSALS else None
    )


def _standing(before: str, event: Said) -> str:
    if event.kind in GRANTS:
        if event.proof == "proven":
            return "proven"
        return before if before in REFUSALS or before == "proven" else "asserted"
    if event.kind == "requested":
        return "requested" if before in ("missing", "expired") else before
    if event.kind == "expired":
        return "expired" if before in ("asserted", "proven", "requested") else before
    if event.kind in ("withheld", "withdrawn") and before == "objected":
        return before
    return event.kind

"""When two contacts are made one, the stricter wins (P-16-1, I01): whatever either refused, and every address that
must be left alone, holds for both. Nothing that was said is changed or taken out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.consent.folding import MISSING, Key, State
from portal.consent.models import ConsentEvent, Suppression
from portal.consent.queries import states, suppressions
from portal.consent.recording import record
from portal.consent.suppressing import STRENGTH as GRAVITY
from portal.consent.suppressing import suppress
from portal.contacts.models import Email
from portal.core.actor import current_actor
from portal.core.keys import address_macs

MERGED = "merged"  # the method of a refusal that one of two contacts had said
STRENGTH = ("withheld", "withdrawn", "objected")


@dataclass(frozen=True)
class Word:
    """What two contacts had said before they were made one."""

    states: Mapping[int, Mapping[Key, State]]
    normals: Mapping[int, Sequence[str]]
    stops: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # address -> {scope: reason}


def word_of(contact_ids: Sequence[int]) -> Word:
    normals: dict[int, list[str]] = {i: [] for i in contact_ids}
    query = Email.select(Email.contact_id, Email.normal).where(Email.contact_id.in_(list(contact_ids)))
    for contact_id, normal in query.tuples():
        normals[contact_id].append(normal)
    stops = suppressions(sorted({n for mine in normals.values() for n in mine}))
    return Word(states(contact_ids), normals, stops)


def keep_stricter(contact_id: int, before: Word) -> tuple[list[list[int]], list[int]]:
    """What either refused, the one contact refuses: say so where what was said since would tell otherwise, and leave
    each address alone that must be for either. Returns the events that were added, each with the contact whose word it
    repeats, and the ids of the suppressions. Belongs to the caller's transaction.
    """
    refused: dict[Key, tuple[int, int]] = {}  # how strong, and whose word it is
    for owner, held in before.states.items():
        for key, state in held.items():
            if state.is_refused:
                refused[key] = max(refused.get(key, (-1, 0)), (STRENGTH.index(state.standing), owner))
    said = []
    now_held = states([contact_id]).get(contact_id, {})
    for (purpose_id, channel), (strength, owner) in sorted(refused.items()):
        held_now = now_held.get((purpose_id, channel), MISSING)
        if not held_now.is_refused or STRENGTH.index(held_now.standing) < strength:
            record(
                [contact_id], purpose_id=purpose_id, channels=[channel], kind=STRENGTH[strength], method=MERGED
            )  # fmt: skip
            said.append([last_event(), owner])
            now_held = states([contact_id]).get(contact_id, {})
    return said, _carry(before)


def lift_carried(suppression_ids: Sequence[int]) -> None:
    """For the undo of a merge: the addresses of the one are left alone no longer because of the other."""
    Suppression.delete().where(Suppression.id.in_(list(suppression_ids))).execute()


def refusals_since(contact_id: int, after: int) -> list[ConsentEvent]:
    """What the contact refused after an event, by its own word."""
    mine = (ConsentEvent.contact_id == contact_id) & (ConsentEvent.id > after) & (ConsentEvent.method != MERGED)
    return list(ConsentEvent.select().where(mine, ConsentEvent.kind.in_(list(STRENGTH))).order_by(ConsentEvent.id))


def last_event() -> int:
    return int(ConsentEvent.select(ConsentEvent.id).order_by(ConsentEvent.id.desc()).limit(1).scalar() or 0)


def repeat_for(contact_id: int, events: Sequence[ConsentEvent]) -> None:
    """Who was one with another, and refused while he was, refuses for both."""
    for event in events:
        record(
            [contact_id], purpose_id=event.purpose_id, channels=[event.channel], kind=event.kind, method=MERGED,
            at=event.at,
        )  # fmt: skip


def _carry(before: Word) -> list[int]:
    """Every stop of any address of either part for all addresses of both, the gravest reason of each scope (I01)."""
    added = []
    org_id = current_actor().org_id
    normals = sorted({normal for theirs in before.normals.values() for normal in theirs})
    stops: dict[str, str] = {}
    for normal in normals:
        for scope, reason in before.stops.get(normal, {}).items():
            stops[scope] = max(stops.get(scope, reason), reason, key=GRAVITY.index)
    for normal in normals:
        for scope, reason in stops.items():
            if scope not in before.stops.get(normal, {}) and suppress("email", normal, reason, scope):
                macs = address_macs(org_id, "email", normal)
                mine = (Suppression.channel == "email") & Suppression.mac.in_(macs) & (Suppression.scope == scope)
                added += [row[0] for row in Suppression.select(Suppression.id).where(mine).tuples()]
    return added

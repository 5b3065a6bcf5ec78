"""Does again in a restored database what its backup is too old to know of: erasures, and refusals (I04).

To be run before a restored installation answers a request or sends a message: `portal privacy replay`.
"""

from dataclasses import dataclass

from peewee import chunked

from portal.consent import recording, suppressing
from portal.consent.models import ConsentEvent
from portal.contacts.models import Contact
from portal.core.db import transaction
from portal.privacy import erasing, journal, scrubbing
from portal.privacy.erasure_rules import DE_IDENTIFY, ERASE
from portal.privacy.journal import Gone, Told

SAID_BEFORE = "Said before the database was put back."


@dataclass
class Replayed:
    """How much was done again, and what is wrong with the journal, in a sentence, or ""."""

    erased: int = 0
    de_identified: int = 0
    suppressed: int = 0
    lifted: int = 0
    refused: int = 0
    trouble: str = ""


def replay() -> Replayed:
    """Apply the journal to the database of the current organisation. Twice does no harm."""
    told = journal.read()
    done = Replayed(trouble=told.trouble)
    with transaction():
        wishes = [wish for wish in told.wishes.values() if not wish.is_lifted]
        done.suppressed = suppressing.suppress_many(wishes)
    _refusals(told, done)
    done.erased = _gone(ERASE, told.erased)
    done.de_identified = _gone(DE_IDENTIFY, told.de_identified)
    with transaction():  # last: who was erased may have brought his address back since, and an erasure takes it away
        done.lifted = suppressing.lift_again([wish for wish in told.wishes.values() if wish.is_lifted])
    if done.erased or done.de_identified:
        scrubbing.scrub()
    return done


def _gone(act: str, people: dict[Gone, str]) -> int:
    gone = 0
    for reason in sorted(set(people.values())):
        mine = [one for one, why in people.items() if why == reason]
        for few in chunked(mine, erasing.BATCH):
            with transaction():
                gone += erasing.do(act, _there(few), reason, again=True).gone
    return gone


def _refusals(told: Told, done: Replayed) -> None:
    for people, refused in told.refusals:
        ids = _there([gone for gone in people if gone not in told.erased and gone not in told.de_identified])
        same = (ConsentEvent.purpose_id == refused.purpose_id) & (ConsentEvent.kind == refused.kind)
        same = same & (ConsentEvent.at >= refused.at) & ConsentEvent.channel.in_(refused.channels)
        known = ConsentEvent.select(ConsentEvent.contact_id).where(ConsentEvent.contact_id.in_(ids), same)
        fresh = sorted(set(ids) - {row[0] for row in known.tuples()})
        if fresh:
            with transaction():
                recording.record(
                    fresh, purpose_id=refused.purpose_id, channels=refused.channels, kind=refused.kind,
                    detail=SAID_BEFORE, at=refused.at,
                )  # fmt: skip
            done.refused += len(fresh)


def _there(people: list[Gone]) -> list[int]:
    """Those who are in this database, and are the same: an id may have been given out again since."""
    made = {gone.contact_id: gone.made_at for gone in people}
    query = Contact.select(Contact.id, Contact.created_at).where(
        Contact.id.in_(sorted(made) or [0]), Contact.erased_at.is_null()
    )
    return [row[0] for row in query.tuples() if journal.stamp_of(row[1]) == made[row[0]]]

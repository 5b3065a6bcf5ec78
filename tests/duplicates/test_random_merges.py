"""Whatever is said, merged and taken apart, in any order: the strictest always wins, and an undo restores (I01)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.consent import restricting, suppressing
from portal.consent.purposes import first
from portal.consent.queries import Candidate, facts, restricted_of, states, suppressions
from portal.consent.recording import record
from portal.consent.rules import Aim, Allow, PurposeClass, may_send
from portal.contacts.models import Contact, Email
from portal.core.clock import now
from portal.core.db import db, transaction
from portal.duplicates import parting, uniting
from portal.duplicates.models import Merge

REFUSED = {"withheld", "withdrawn", "objected"}
PEOPLE = st.integers(0, 3)
SAID = st.sampled_from(["granted", "proven", "withheld", "withdrawn", "objected", "suppressed", "restricted"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), PEOPLE, SAID),
        st.tuples(st.just("merge"), PEOPLE, PEOPLE),
        st.tuples(st.just("part"), PEOPLE, PEOPLE),
    ),
    max_size=14,
)


class _Over(Exception):
    """The example is over; nothing of it stays."""


def standing(contact_id):
    state = states([contact_id]).get(contact_id, {}).get((first().id, "email"))
    return state.standing if state else "missing"


def is_stopped(contact_id):
    """Whether any address of the contact must be left alone."""
    normals = [e.normal for e in Email.select().where(Email.contact_id == contact_id)]
    return bool(suppressions(normals))


def picture(contact_id):
    normals = tuple(sorted(e.normal for e in Email.select().where(Email.contact_id == contact_id)))
    stopped = tuple(sorted(suppressions(normals)))
    return standing(contact_id), normals, stopped, contact_id in restricted_of([contact_id])


def may_be_sent(contact_id):
    aim = Aim(PurposeClass.DIRECT_MARKETING)
    normals = [e.normal for e in Email.select().where(Email.contact_id == contact_id)]
    found = facts([Candidate(contact_id, normal) for normal in normals], aim)
    return any(isinstance(may_send(one, now()), Allow) for one in found)


def say(contact_id, word, at):
    if word == "restricted":
        restricting.restrict(contact_id, "contested")
    elif word == "suppressed":
        suppressing.suppress("email", Email.get(Email.contact_id == contact_id).normal, "unsubscribed")
    else:
        proven = {"proof": "proven", "method": "telephone", "recording": "a tape"} if word == "proven" else {}
        kind = "granted" if word == "proven" else word
        record([contact_id], purpose_id=first().id, channels=["email"], kind=kind, at=at, **proven)


def play(ids, steps):
    at = now() - timedelta(days=2)
    undoable = {}
    for what, one, two in steps:
        at += timedelta(minutes=1)
        alive = [i for i in ids if Contact.get_by_id(i).merged_into is None]
        one_id = alive[one % len(alive)]
        if what == "say":
            say(one_id, two, at)
            undoable.clear()  # what is said between is another test's matter
        elif what == "merge" and len(alive) > 1:
            two_id = next(i for i in alive[two % len(alive) :] + alive if i != one_id)
            before = picture(one_id), picture(two_id)
            merge = uniting.unite(one_id, two_id)
            undoable[merge.id] = (one_id, two_id, before)
            after = picture(one_id)
            if {before[0][0], before[1][0]} & REFUSED:
                assert after[0] in REFUSED
            if before[0][2] or before[1][2]:
                assert after[2] == after[1]
            assert after[3] == (before[0][3] or before[1][3])
            if {before[0][0], before[1][0]} & REFUSED or before[0][2] or before[1][2] or after[3]:
                assert not may_be_sent(one_id)
        elif what == "part" and undoable:
            merge_id = max(undoable)
            one_id, two_id, before = undoable.pop(merge_id)
            parting.part(Merge.get_by_id(merge_id))
            assert (picture(one_id), picture(two_id)) == before


@pytest.mark.one_database
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@example(steps=[("merge", 0, 0), ("say", 0, "suppressed"), ("merge", 0, 0)])
@given(steps=STEPS)
def test_the_strictest_always_wins_and_an_undo_restores(person, steps):
    try:
        with transaction():
            ids = [person(name, email=f"{name.lower()}@example.org").id for name in ("Ann", "Ben", "Cas", "Dan")]
            play(ids, steps)
            raise _Over
    except _Over:
        pass
    assert not db.in_transaction()

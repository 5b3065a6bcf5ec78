"""What lifts the wish to be left alone: the person's own act, and only as much as he has proven."""

from datetime import timedelta

import pytest

from portal.consent import suppressing
from portal.consent.lifting_rules import ACTS, ADDED, SUBSCRIBED, UNDONE, lifted_by
from portal.consent.models import Suppression
from portal.consent.suppressing import STRENGTH
from portal.contacts.models import Contact, Email, recording
from portal.core.clock import now
from portal.privacy import erasing, replaying

MAIL = "thandi@example.org"


@pytest.mark.parametrize(
    ("act", "is_proven", "lifted"),
    [
        (UNDONE, False, {"unsubscribed"}),
        (UNDONE, True, {"unsubscribed"}),
        (ADDED, False, set()),
        (ADDED, True, {"erased"}),
        (SUBSCRIBED, False, set()),
        (SUBSCRIBED, True, {"unsubscribed", "staff", "objected", "erased"}),
    ],
)
def test_what_an_act_of_the_persons_own_lifts(act, is_proven, lifted):
    assert lifted_by(act, is_own=True, is_proven=is_proven) == lifted
    assert "complained" not in lifted
    assert lifted <= set(STRENGTH)


@pytest.mark.parametrize("act", ACTS)
def test_nobody_elses_act_lifts_anything(act):
    assert lifted_by(act, is_own=False, is_proven=True) == frozenset()


def test_no_other_act_is_known():
    with pytest.raises(ValueError, match="no such act"):
        lifted_by("import", is_own=True, is_proven=True)


@pytest.mark.parametrize("reason", STRENGTH)
@pytest.mark.parametrize("act", ACTS)
def test_the_table_holds_in_the_database(as_olivia, act, reason):
    suppressing.suppress("email", MAIL, reason, "everything")

    assert suppressing.may_return(MAIL, act) is (reason in lifted_by(act, is_own=True, is_proven=True))
    assert suppressing.lift_proven("email", MAIL, act) is (reason in lifted_by(act, is_own=True, is_proven=True))
    assert not suppressing.lift_proven("email", "another@example.org", act)


def test_what_was_said_after_the_proof_holds(as_olivia):
    suppressing.suppress("email", MAIL, "objected", "everything")

    assert not suppressing.lift_proven("email", MAIL, SUBSCRIBED, said_at=now() - timedelta(minutes=1))
    assert Suppression.get().reason == "objected"


def test_an_address_brought_back_stays_so_where_the_erasure_is_done_again(as_olivia, thandi):
    """A backup that knows the contact is put back; what the owner did after his erasure is done after it (I04)."""
    erasing.erase([thandi.id])
    suppressing.lift_proven("email", MAIL, SUBSCRIBED)
    with recording():
        Contact.update(erased_at=None).where(Contact.id == thandi.id).execute()
        Email.create(contact_id=thandi.id, address=MAIL, normal=MAIL, is_primary=1)

    assert replaying.replay().erased == 1

    assert Email.select().count() == 0
    assert not suppressing.check_new([MAIL])

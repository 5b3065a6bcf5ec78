"""What "Why did I get this?" says, and to whom it says nothing."""

from dataclasses import dataclass

import pytest

from portal.consent.folding import MISSING, State
from portal.consent.purposes import first
from portal.consent.recording import record as say
from portal.consent.rules import PurposeClass
from portal.contacts import record
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.delivery.kinds import kind_of
from portal.profile.why import AGREED, ANSWERS, BECAUSE, PARENT_AGREED, because_of
from tests.profile.conftest import SECRET
from tests.profile.test_profile import link

pytestmark = pytest.mark.one_database

GIVEN, TOLD = State("proven"), State("asserted")
BY_PARENT = State("asserted", given_by="competent")
REFUSED = State("withdrawn")
APPEAL, NEWS = PurposeClass.DIRECT_MARKETING, PurposeClass.INFORMATION


@dataclass
class Ground:
    basis: str


@pytest.mark.parametrize(
    ("kind", "state", "bases", "said"),
    [
        (APPEAL, GIVEN, [], AGREED),
        (APPEAL, TOLD, ["contract"], AGREED),  # direct marketing rests on consent alone (s 69)
        (APPEAL, MISSING, ["our_interest"], ""),
        (APPEAL, BY_PARENT, [], PARENT_AGREED),
        (APPEAL, REFUSED, ["contract"], ""),
        (NEWS, GIVEN, [], AGREED),
        (NEWS, GIVEN, ["contract"], BECAUSE["contract"]),
        (NEWS, MISSING, ["law", "our_interest"], BECAUSE["our_interest"]),
        (NEWS, MISSING, ["special_consent"], ANSWERS),  # a ground of special information is not told
        (NEWS, MISSING, [], ANSWERS),
        (NEWS, REFUSED, ["law"], ""),
    ],
)
def test_the_ground_in_words(kind, state, bases, said):
    assert because_of(kind, state, [Ground(basis) for basis in bases]) == said


def test_a_newsletter_leads_there(org, sent):
    with acting_as(system(org.id)):
        ready = kind_of("email").render(sent.campaign_id, [sent])[sent.id]

    assert f"{link(sent)}/why" in ready.message.decode().replace("=\r\n", "").replace("=3D", "=")


def test_the_page_says_what_it_was_and_on_what_ground_and_no_more(app, org, sent):
    with acting_as(system(org.id)), transaction():
        record.change(contacts.find(sent.contact_id), "contact.details_changed", source="signed_up")
    page = app.test_client().get(f"{link(sent)}/why")

    assert page.status_code == 200
    assert "sent “Spring” to p•••@example.org on" in page.text
    assert "because you agreed to it, on" in page.text
    assert "You signed up." in page.text
    for hidden in ("Dube", "p0@example.org", "082", SECRET):
        assert hidden not in page.text


def test_who_said_no_since_then_is_told_that_nothing_more_comes(app, org, sent):
    with acting_as(system(org.id)), transaction():
        say([sent.contact_id], purpose_id=first().id, channels=["email"], kind="withdrawn", method="link")

    page = app.test_client().get(f"{link(sent)}/why")

    assert "You said no since then" in page.text
    assert "because" not in page.text

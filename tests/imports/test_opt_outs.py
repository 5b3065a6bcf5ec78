"""No choice on any page of an import lifts an opt-out, and a removed person does not come back (I02, I03)."""

from itertools import product

import pytest

from portal.consent.models import ConsentEvent, Suppression
from portal.consent.purposes import first
from portal.consent.queries import Candidate, facts
from portal.consent.recording import record
from portal.consent.rules import Aim, PurposeClass, Refuse, may_send
from portal.contacts import record as contact_record
from portal.contacts.models import Contact, Email
from portal.contacts.queries import Filter, count
from portal.core.clock import now
from portal.core.db import transaction
from portal.imports import service
from portal.imports.declaring import SOURCES
from portal.imports.models import ImportProblem

GONE, LEFT, SPAM, FREE = "gone@example.org", "left@example.org", "spam@example.org", "free@example.org"
ROWS = f"First name,Email\nLena,{LEFT}\nSam,{SPAM}\nFred,{FREE}\nThandi,thandi@example.org\nGustav,{GONE}\n"


def refusals(*normals: str) -> list[str]:
    """Why each of these addresses is not written to, on whichever contact it stands; "" where it is."""
    found = []
    for normal in normals:
        rows = [Candidate(email.contact_id, normal) for email in Email.select().where(Email.normal == normal)]
        answers = [may_send(fact, now()) for fact in facts(rows, Aim(PurposeClass.DIRECT_MARKETING))]
        found += [answer.reason if isinstance(answer, Refuse) else "" for answer in answers]
    return found


@pytest.mark.one_database
def test_no_option_of_an_import_lifts_an_opt_out(take, opt_out, org, thandi):
    org.legal_name = "Hope House"
    opt_out(LEFT, "unsubscribed")
    opt_out(SPAM, "complained")
    opt_out(GONE, "erased")
    with transaction():
        record([thandi.id], purpose_id=first().id, channels=["email"], kind="withheld")
    before = Suppression.select().count()
    said = ConsentEvent.select().where(ConsentEvent.contact_id == thandi.id).count()

    for existing, source, channels in product(("update", "skip", "add"), SOURCES, ((), ("email",))):
        if source == "bought":
            continue
        ended = take(ROWS, existing, source, channels)
        assert (ended.state, ended.held, ended.failed) == ("finished", 2, 1), (existing, source)

    assert Suppression.select().count() == before
    assert set(refusals(LEFT)) == {"unsubscribed"}
    assert set(refusals(SPAM)) == {"complained"}
    assert set(refusals("thandi@example.org")) == {"withheld"}
    assert set(refusals(FREE)) == {"", "no_consent"}  # who was added while no consent was declared
    assert Email.select().where(Email.normal == GONE).count() == 0
    held = Contact.select(Contact.id).where(Contact.first_name.in_(["Lena", "Sam"]))
    assert ConsentEvent.select().where(ConsentEvent.contact_id.in_(held)).count() == 0
    assert ConsentEvent.select().where(ConsentEvent.contact_id == thandi.id).count() == said


def test_a_removed_person_is_refused_without_saying_who_it_was(take, opt_out):
    opt_out(GONE, "erased")

    ended = take(f"First name,Email,Cell\nGustav,{GONE},082 555 0134\nFred,{FREE},\n")

    assert (ended.added, ended.failed, count(Filter())) == (1, 1, 1)
    problem = ImportProblem.get()
    assert (problem.row, problem.column, problem.message) == (2, "Email", "This address asked not to be contacted.")
    assert not any(problem.cells)


def test_an_address_that_could_not_be_reached_is_no_better_for_standing_in_a_file(take, thandi):
    contact_record.mark_email("thandi@example.org", "undeliverable", "There is no such mailbox.")

    take(f"First name,Email\nNomsa,thandi@example.org\nFred,{FREE}\n", "add")

    assert refusals("thandi@example.org", FREE) == ["undeliverable", "undeliverable", ""]


def test_the_report_says_how_many_are_not_written_to_and_not_who(take, opt_out, client_of, olivia):
    opt_out(LEFT, "unsubscribed")
    ended = take(f"First name,Email\nLena,{LEFT}\nFred,{FREE}\n")

    page = client_of(olivia).get(f"/imports/{ended.id}").text

    assert "1 row holds an address that asked not to be written to" in page
    assert LEFT not in page
    assert service.problems_of(ended) == []

"""Forms 1 and 2 on paper, filled with what is known and what the reader may see."""

import io

import pypdfium2
import pytest

from portal.contacts import record
from portal.contacts.models import Telephone
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.requests import printed, service
from portal.requests.service import Asked
from tests.users.conftest import limited

SAID = "The street is an old one."


def words(paper: bytes) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(paper)) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


@pytest.mark.parametrize(
    ("kind", "law", "heading"),
    [("object", "Form 1", "C. Reasons for the objection"), ("correct", "[ x ] Correct or delete", "C. The information"),
     ("delete", "Form 2", "C. The information")],
)  # fmt: skip
def test_the_form_holds_what_is_known(client_of, olivia, thandi, as_olivia, org, kind, law, heading):
    row = service.note(Asked(kind, "paper", SAID, contact_id=thandi.id))
    answer = client_of(olivia).get(f"/requests/{row.id}/form")
    assert answer.mimetype == "application/pdf"
    assert row.reference in answer.headers["Content-Disposition"]
    paper = words(answer.data)
    for known in (law, heading, "Thandi", SAID, org.name, row.reference, "Identity number"):
        assert known in paper
    assert "on paper (PDF)" in client_of(olivia).get(f"/requests/{row.id}").text


def test_other_requests_have_no_form(client_of, olivia, thandi, as_olivia):
    row = service.note(Asked("access", "paper", SAID, contact_id=thandi.id))
    assert client_of(olivia).get(f"/requests/{row.id}/form").status_code == 404
    assert "on paper (PDF)" not in client_of(olivia).get(f"/requests/{row.id}").text


def test_somebody_who_is_no_contact_fills_in_the_rest(as_olivia):
    row = service.note(Asked("delete", "paper", "", who="Somebody Else", reach="1 Long Street"))
    paper = words(printed.render(row))
    assert "Somebody Else" in paper
    assert "1 Long Street" in paper


def test_what_is_hidden_from_the_reader_stays_empty(client_of, olivia, thandi, as_olivia, org):
    with transaction():
        record.add_part(Telephone, thandi.id, "contact.telephone_added", number="+27825550161", is_primary=1)
    row = service.note(Asked("object", "paper", SAID, contact_id=thandi.id))
    assert "082 555 0161" in words(client_of(olivia).get(f"/requests/{row.id}/form").data)
    colleague = limited(org, "Adam", Role.ADMINISTRATOR, denied=["telephone"])
    assert "082 555 0161" not in words(client_of(colleague).get(f"/requests/{row.id}/form").data)

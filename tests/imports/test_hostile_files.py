"""Files that mean harm are refused in words, with little memory, before anything unpacks them (D02, D03)."""

import json
import subprocess
import sys

import pytest

from portal.contacts.models import Contact
from portal.imports import service
from portal.imports.reading import open_table
from tests.imports import hostile

TWO = "First name,Email\nAnn,ann@example.org\nBen,ben@example.org\n"


@pytest.mark.parametrize(("which", "megabytes"), [("BOMBS", 150), ("REFUSED", 150)])
def test_a_hostile_file_is_refused_with_a_sentence_in_little_memory(which, megabytes):
    program = [sys.executable, "-m", "tests.imports.try_hostile", which, str(megabytes)]
    ran = subprocess.run(program, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert set(said) == set(getattr(hostile, which))
    assert {name: words for name, words in said.items() if not words.endswith(".")} == {}


@pytest.mark.parametrize(
    "body",
    [
        TWO.encode("utf-16"), TWO.encode("utf-16-le"), TWO.encode("utf-16-be"), TWO.encode("utf-8-sig"),
        b"\xef\xbb\xbf" + TWO.encode("utf-8-sig"), TWO.replace("\n", "\r\n").encode(), TWO.replace("\n", "\r").encode(),
        b"First name,Email\r\nAnn,ann@example.org\nBen,ben@example.org\r", TWO.replace(",", ";").encode(),
        TWO.replace(",", "\t").encode(), ("sep=|\n" + TWO.replace(",", "|")).encode(),
        TWO.replace("Ann", '"Ann; or, perhaps"').encode(), b"\n\n,,\n" + TWO.encode(),
    ],
    ids=[
        "UTF-16", "UTF-16 without a mark", "the other UTF-16", "a mark", "a mark twice", "CRLF", "CR", "mixed newlines",
        "semicolons", "tabs", "declared", "another delimiter in a cell", "empty rows first",
    ],
)  # fmt: skip
def test_a_table_in_strange_dress_is_read_all_the_same(tmp_path, body):
    path = tmp_path / "x.csv"
    path.write_bytes(body)

    table = open_table(path, "x.csv")
    rows = [cells for _, cells in table.rows]

    assert table.headings == ["First name", "Email"]
    assert [cells[1] for cells in rows] == ["ann@example.org", "ben@example.org"]


def test_a_cell_that_cannot_be_kept_is_a_problem_of_its_row_alone(take):
    ended = take(
        "First\0 name,Email,Notes\nA\0nn,ann@example.org,x\nBen,ben@example.org," + "x" * 9_000 + "\n"
        "Cora,cora@example.org," + "y" * 12_000 + "\nDan\u202e,dan@example.org,\nEd,ed@example.org,,too,many\n"
    )

    assert (ended.state, ended.added, ended.failed) == ("finished", 1, 4)
    told = [(problem.row, problem.column, problem.message) for problem in service.problems_of(ended)]
    assert [row for row, _, _ in told] == [2, 4, 5, 6]
    assert told[0] == (2, "First name", "The text holds characters that cannot be shown; type it again.")
    assert "at most" in told[1][2]
    assert [contact.first_name for contact in Contact.select()] == ["Ben"]

"""Columns said once are known the next time, as far as whoever comes then may bring them in."""

import io

import pytest

from portal.contacts import designing
from portal.contacts.design_rules import Design
from portal.core.actor import acting_as
from portal.imports import mappings, service
from portal.imports.models import Mapping
from tests.conftest import actor_of

HEAD = "Wie,Waar,Nommer\n"
ROW = "Ann,ann@example.org,082 555 0134\n"
SAID = {"Wie": "first_name", "Waar": "email", "Nommer": "ignore"}


def bring(folder, head: str = HEAD, row: str = ROW):
    return service.take_in(folder, "skenkers.csv", io.BytesIO((head + row).encode()))


@pytest.fixture
def remembered(as_olivia, tmp_path):
    made = bring(tmp_path)
    service.declare(made, SAID, "own", "", [])
    service.start(service.find(made.id), "update", [])
    return Mapping.get()


def test_the_same_headings_in_any_order_are_mapped_the_same_way(remembered, tmp_path):
    again = bring(tmp_path, "nommer,Wie,waar\n", "082 555 0134,Ann,ann@example.org\n")
    assert (again.mapping, again.mapped_as) == (
        {"nommer": "ignore", "Wie": "first_name", "waar": "email"}, remembered.used_at,
    )  # fmt: skip

    other = bring(tmp_path, "Wie,Waar\n", "Ann,ann@example.org\n")
    assert (other.mapping["Wie"], other.mapped_as) == ("ignore", None)


def test_the_latest_word_counts_and_the_name_stays(remembered, tmp_path):
    mappings.rename(remembered, "Donors of the church")
    made = bring(tmp_path)
    service.declare(made, SAID | {"Nommer": "mobile"}, "own", "", [])
    service.start(service.find(made.id), "update", [])

    assert [(row.name, row.columns["Nommer"]) for row in mappings.every()] == [("Donors of the church", "mobile")]


def test_what_is_hidden_or_gone_is_left_out_of_remembered_columns(as_olivia, alice, tmp_path):
    page = designing.add_page("Volunteers")
    shirt = designing.add_field(page, Design("text", "Shirt", "to order", "ordinary"))
    made = bring(tmp_path)
    service.declare(made, SAID | {"Nommer": f"field:{shirt.id}"}, "own", "", [])
    service.start(service.find(made.id), "update", [])
    assert bring(tmp_path).mapping["Nommer"] == f"field:{shirt.id}"

    designing.archive_field(shirt)

    assert bring(tmp_path).mapping["Nommer"] == "ignore"
    with acting_as(actor_of(alice)):  # an editor sees not all that files tell, and so none of what others said of them
        assert (bring(tmp_path).mapped_as, mappings.every()) == (None, [])


def test_remembered_columns_are_named_and_forgotten_on_a_page(remembered, client_of, olivia, tmp_path):
    client = client_of(olivia)
    path = f"/imports/columns/{remembered.id}"
    assert "Wie: First name" in client.get("/imports/columns").text
    shown = client.get(f"/imports/{bring(tmp_path).id}").text
    assert "Mapped as on" in shown

    wrong = client.post(path, data={"name": "  "})
    assert (wrong.status_code, "Enter a name." in wrong.text) == (422, True)
    assert client.post(path, data={"name": "Donors"}).status_code == 303
    assert Mapping.get().name == "Donors"
    assert client.post(f"{path}/removal").status_code == 303

    assert mappings.every() == []
    assert bring(tmp_path).mapped_as is None
    assert client.post(f"{path}/removal").status_code == 404

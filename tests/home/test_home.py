"""Home and the settings."""

import io

import pytest
from PIL import Image

from portal.core.tenancy import Org
from tests.conftest import HX

pytestmark = pytest.mark.one_database


def test_home_greets_and_lists_what_is_left_to_do(client_of, olivia, thandi):
    page = client_of(olivia).get("/")

    assert "Olivia" in page.text
    assert "First steps" in page.text
    assert "Ngcobo, Thandi" in page.text


def test_what_stands_in_the_way_of_sending_is_named_with_its_place(client_of, charlie):
    page = client_of(charlie).get("/")

    assert "Before you can send" in page.text
    assert "/settings/organisation#information_officer" in page.text


def test_the_organisations_details_are_saved(client_of, olivia, org):
    data = {"name": "Hope House", "legal_name": "Hope House NPC", "timezone": "Africa/Johannesburg",
            "address": "12 Marion Avenue\r\nDurban", "telephone": "031 555 0100"}  # fmt: skip

    answer = client_of(olivia).post("/settings/organisation", data=data)

    assert answer.status_code == 303
    kept = Org.get_by_id(org.id)
    assert (kept.address, kept.telephone) == ("12 Marion Avenue, Durban", "+27315550100")


def test_a_colour_that_cannot_be_read_is_refused(client_of, olivia):
    answer = client_of(olivia).post("/settings/look", data={"colour": "#ffee00"}, headers=HX)

    assert answer.status_code == 422
    assert "too light" in answer.text


def test_a_logo_is_made_afresh_from_its_pixels(client_of, olivia, org):
    picture = io.BytesIO()
    Image.new("RGB", (2400, 600), "teal").save(picture, "JPEG", comment=b"CNRY-place")
    picture.seek(0)
    client = client_of(olivia)

    client.post("/settings/look", data={"colour": "#0f6b57", "logo": (picture, "logo.jpg")})

    logo = client.get("/settings/logo")
    assert (logo.status_code, logo.content_type) == (200, "image/jpeg")
    assert b"CNRY" not in logo.data
    assert Image.open(io.BytesIO(logo.data)).size == (1200, 300)


@pytest.mark.parametrize("body", [b"<svg onload='x'>", b"GIF89a<script>", b"", b"%PDF-1.4"])
def test_what_is_no_picture_is_refused_in_words(client_of, olivia, body):
    answer = client_of(olivia).post(
        "/settings/look", data={"colour": "#0f6b57", "logo": (io.BytesIO(body), "logo.png")}
    )

    assert (answer.status_code, "not a picture" in answer.text) == (422, True) or body == b""


def test_the_search_reaches_people_and_groups(client_of, olivia, thandi):
    assert "Ngcobo, Thandi" in client_of(olivia).get("/find?q=thandi").text
    assert "Nothing was found" in client_of(olivia).get("/find?q=zzz").text

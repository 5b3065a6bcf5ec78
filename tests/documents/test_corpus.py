"""Hostile files and names: each ends in a sentence, or lies in the store as data under a random name (D01, D04)."""

import io
import re

import pytest
from PIL import Image

from portal.core.actor import acting_as, system
from portal.documents import service
from portal.documents.models import Document
from portal.documents.rules import BadDocument
from portal.documents.serving import POLICY
from tests.conftest import actor_of
from tests.documents.files import BAD, GOOD, NAMES, photo_with_place, picture, png_head

pytestmark = pytest.mark.one_database  # what is asked here is asked before any database is


def send(client, name, body):
    return client.post("/documents", data={"files": (io.BytesIO(body), name)}, headers={"Accept": "application/json"})


def documents(org):
    with acting_as(system(org.id)):
        return list(Document.select().order_by(Document.id))


def test_bad_files_end_in_a_sentence_and_leave_nothing(client_of, alice, org, stored):
    client = client_of(alice)
    for what, (name, body) in BAD.items():
        answer = send(client, name, body)

        assert answer.status_code == 422, (what, answer.status_code)
        sentence = answer.json["refused"][0]["sentence"]
        assert re.fullmatch(r"[A-Z][^<]+\.", sentence), (what, sentence)
        assert "macros" in sentence or not what.startswith(("macros", "old office")), what
    assert documents(org) == []
    assert stored() == []


def test_good_files_come_back_as_files_that_run_nowhere(client_of, alice, org):
    client = client_of(alice)
    for what, (name, body) in GOOD.items():
        answer = send(client, name, body)

        assert answer.status_code == 200, (what, answer.json)
        made = documents(org)[-1]
        answer = client.get(f"/documents/{made.id}/content")
        assert answer.headers["Content-Disposition"].startswith("attachment;"), what
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"] == made.media_type
        assert len(answer.data) == made.size
        assert made.type.is_picture or answer.data == body, what


def test_names_are_text_and_never_a_path_or_a_header(client_of, alice, org, stored):
    client = client_of(alice)
    for name in NAMES:
        with acting_as(actor_of(alice)):
            try:
                made = service.add(io.BytesIO(b"hello"), name)
            except BadDocument:
                continue
        assert len(made.filename) <= 130
        assert made.filename.lower().endswith((".txt", ".md", ".csv", ".text"))
        assert not re.search(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e/\\<>:"|?*]', made.filename), ascii(name)
        told = client.get(f"/documents/{made.id}/content").headers["Content-Disposition"]
        assert re.fullmatch(
            r"attachment; filename=\"[A-Za-z0-9 .,_()-]+\"(; filename\*=UTF-8''[A-Za-z0-9%._~-]+)?", told
        )
    assert client.get("/documents?page=2").status_code == 200
    assert len(documents(org)) > 60
    assert all(re.fullmatch("[0-9a-f]{32}", path.name) for path in stored())
    assert {path.stat().st_mode & 0o777 for path in stored()} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in stored()} == {0o700}


def test_names_that_reach_us_through_a_browser_never_break_anything(client_of, alice):
    client = client_of(alice)
    for name in NAMES[::4]:
        answer = send(client, name.encode("utf-8", "replace").decode(), b"hello")

        assert answer.status_code in (200, 422), ascii(name)


def test_a_photograph_loses_its_place_and_whatever_else_it_said(client_of, alice, org):
    client = client_of(alice)
    send(client, "garden.jpg", photo_with_place())

    body = client.get(f"/documents/{documents(org)[0].id}/content").data

    fresh = Image.open(io.BytesIO(body))
    assert dict(fresh.getexif()) == {}
    assert (fresh.format, fresh.size) == ("JPEG", (40, 60))  # the right way up
    for word in (b"CNRY", b"script", b"Exif", b"GPS"):
        assert word not in body


def test_what_hides_behind_the_pixels_of_a_picture_does_not_come_along(client_of, alice, org):
    client = client_of(alice)
    send(client, "x.png", picture() + b"PK\x03\x04<script>alert(1)</script>")

    body = client.get(f"/documents/{documents(org)[0].id}/content").data

    assert b"script" not in body


def test_a_gif_becomes_a_png(client_of, alice, org):
    client = client_of(alice)
    send(client, "dance.gif", picture("GIF"))

    made = documents(org)[0]

    assert (made.filename, made.media_type) == ("dance.png", "image/png")
    assert client.get(f"/documents/{made.id}/content").data.startswith(b"\x89PNG")


@pytest.mark.parametrize("size", [(50_000, 50_000), (1, 60_000_000)])
def test_a_flood_of_pixels_is_told_by_its_head(client_of, alice, size):
    answer = send(client_of(alice), "x.png", png_head(*size))

    assert "50 million pixels" in answer.json["refused"][0]["sentence"]

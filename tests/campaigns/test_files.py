"""Pictures in a letter, which its readers see, and files sent along."""

import io

import pytest
from PIL import Image

from portal.campaigns import attachments, service
from portal.campaigns.cleaning import from_editor, text_of, to_editor, undescribed_pictures
from portal.core.actor import acting_as, system
from tests.conftest import actor_of

SRC = "/pictures/AAEAAAABAAAAAQabcdefgh"


def png(width=800):
    out = io.BytesIO()
    Image.new("RGB", (width, 200), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def campaign(alice):
    with acting_as(actor_of(alice)):
        return service.create("Spring")


def test_a_picture_is_taken_in_and_seen_by_whoever_has_its_address(client_of, alice, campaign, app):
    told = client_of(alice).post(f"/campaigns/{campaign.id}/pictures", data={"file": (io.BytesIO(png()), "garden.png")})

    assert told.status_code == 200
    seen = app.test_client().get(told.json["url"])
    assert (seen.status_code, seen.content_type) == (200, "image/jpeg")
    assert "public" in seen.headers["Cache-Control"]
    assert app.test_client().get(told.json["url"][:-2] + "xx").status_code == 404


@pytest.mark.parametrize("body", [b"", b"<svg onload=alert(1)>", b"%PDF-1.4"])
def test_what_is_no_picture_is_refused_in_words(client_of, alice, campaign, body):
    told = client_of(alice).post(f"/campaigns/{campaign.id}/pictures", data={"file": (io.BytesIO(body), "x.png")})

    assert told.status_code == 422
    assert "not a picture" in told.json["sentence"]


def test_the_words_under_a_picture_are_its_description_and_come_back_to_the_editor():
    written = (
        f'<figure data-trix-attachment="{{}}" class="attachment"><img src="{SRC}" width="800" height="200" onload="x">'
        "<figcaption class='a'>The <b>“new”</b> garden</figcaption></figure>"
    )

    kept = from_editor(written)

    assert undescribed_pictures(kept) == 0
    assert 'alt="The “new” garden"' in kept
    assert "onload" not in kept
    assert "[The “new” garden]" in text_of(kept)
    assert "&quot;caption&quot;: &quot;The “new” garden&quot;" in to_editor(kept).replace("\\u201c", "“").replace(
        "\\u201d", "”"
    )
    assert from_editor(kept) == kept


def test_a_picture_without_a_description_stands_in_the_way(alice, campaign):
    with acting_as(actor_of(alice)):
        changed = service.change(campaign, 1, subject="Spring", body=f'<figure><img src="{SRC}"></figure>')
        words = [check.words for check in service.before_sending(changed) if not check.is_done]

    assert words == ["A description for each picture: choose it and write under it"]


def test_a_file_goes_along_and_can_be_taken_out(client_of, alice, campaign, org):
    client = client_of(alice)
    client.post(f"/campaigns/{campaign.id}/files", data={"file": (io.BytesIO(b"%PDF-1.4 x"), "plan.pdf")})
    page = client.get(f"/campaigns/{campaign.id}").text
    with acting_as(system(org.id)):
        file = attachments.files_of(campaign.id)[0]
        number = attachments.of(campaign.id)[0].id

    assert (file.name, file.kind) == ("plan.pdf", "application/pdf")
    assert "plan.pdf" in page
    client.post(f"/campaigns/{campaign.id}/files/{number}/removal")
    assert "plan.pdf" not in client.get(f"/campaigns/{campaign.id}").text


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("run.exe", b"MZ", "kind cannot be sent along"),
        ("page.html", b"<script>", "kind cannot be sent along"),
        ("plan.pdf", b"MZ", "not what its name says"),
        ("plan.pdf", b"%PDF-" + b"x" * 2_000, "5 MB in all"),
    ],
)
def test_what_cannot_go_along_is_said(client_of, alice, campaign, name, body, words, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_BYTES", 1_000)

    answer = client_of(alice).post(f"/campaigns/{campaign.id}/files", data={"file": (io.BytesIO(body), name)})

    assert answer.status_code == 422
    assert words in answer.text


def test_nothing_is_added_once_it_has_begun(alice, campaign, org):
    with acting_as(system(org.id)):
        campaign.state = "sending"
        with pytest.raises(attachments.BadFile, match="has begun"):
            attachments.add(campaign, "plan.pdf", b"%PDF-1")

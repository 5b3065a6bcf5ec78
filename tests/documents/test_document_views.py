"""The pages of documents, as a browser, as htmx and as our script see them."""

import io
from datetime import date, timedelta

import pytest

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import photos
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.tenancy import Org
from portal.documents import service, uploads
from portal.documents.models import Document
from portal.web.streaming import as_attachment
from tests.conftest import HX, actor_of
from tests.documents import files

pytestmark = pytest.mark.one_database

JSON = {"Accept": "application/json"}


def parts(*named):
    return {"files": [(io.BytesIO(body), name) for name, body in named]}


GOOD, BAD = ("letter.txt", b"hello"), ("x.svg", b"<svg><script>1</script></svg>")


@pytest.fixture
def letter(alice):
    with acting_as(actor_of(alice)):
        return service.add(io.BytesIO(b"hello"), "letter.txt", title="Letter of thanks", folder="Letters")


def test_several_files_at_once_without_javascript(client_of, alice):
    answer = client_of(alice).post("/documents", data=parts(GOOD, ("b.pdf", files.pdf())) | {"folder": "Board"})

    assert (answer.status_code, answer.location) == (303, "/documents?folder=Board")
    page = client_of(alice).get(answer.location).text
    assert "letter" in page
    assert "Board" in page


def test_the_good_ones_are_kept_and_the_others_say_why(client_of, alice):
    answer = client_of(alice).post("/documents", data=parts(GOOD, BAD) | {"folder": "Board"})

    assert answer.status_code == 422
    assert "1 file was kept" in answer.text
    assert "x.svg</b>: Web pages and SVG drawings are not taken in" in answer.text
    assert 'value="Board"' in answer.text
    assert Document._meta.database.execute(Document._meta.table.select(Document._meta.table.title)).fetchall() == [
        ("letter",)
    ]


def test_our_script_is_told_about_each_file(client_of, alice):
    client = client_of(alice)

    assert client.post("/documents", data=parts(GOOD), headers=JSON).json == {"kept": 1, "refused": []}
    told = client.post("/documents", data=parts(BAD), headers=JSON)
    assert (told.status_code, told.json["kept"], told.json["refused"][0]["name"]) == (422, 0, "x.svg")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"keep_until": "never"}, "Enter a date such as"),
        ({"title": "x" * 201}, "at most 200"),
        ({"kind": "nonsense"}, "Not a valid choice"),
        ({"folder": "x\u202ey"}, "hidden characters"),
    ],
)
def test_wrong_facts_are_told_at_their_field_and_nothing_is_kept(client_of, alice, stored, typed, sentence):
    answer = client_of(alice).post("/documents", data=parts(GOOD) | typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert stored() == []


def test_no_file_is_told(client_of, alice, thandi):
    for url in ("/documents", f"/contacts/{thandi.id}/documents"):
        answer = client_of(alice).post(url, data={})
        assert (answer.status_code, uploads.NOTHING_CHOSEN in answer.text) == (422, True)


def test_the_list_finds_sorts_and_pages(client_of, alice, letter):
    client = client_of(alice)
    with acting_as(actor_of(alice)):
        for number in range(55):
            service.add(io.BytesIO(b"x" * (number + 1)), f"Minutes {number:02}.txt", kind="minutes")

    assert "Minutes 00" in client.get("/documents").text
    assert "1–50 of 56" in client.get("/documents").text
    assert "Letter of thanks" not in client.get("/documents?kind=minutes").text
    assert "Letter of thanks" in client.get("/documents?q=THANKS").text
    assert "No document is like that" in client.get("/documents?q=nothing").text
    assert "Letter of thanks" in client.get("/documents?folder=Letters").text
    assert (
        "Minutes" not in client.get("/documents?folder=Letters", headers=HX).text.split("<table")[1].split("</table")[0]
    )
    assert "Minutes 54" in client.get("/documents?sort=size&down=1").text.split("</tr>")[1]
    assert client.get("/documents?sort=nonsense&page=99&show=x&kind=y").status_code == 200


def test_editing_saves_the_facts_in_place(client_of, alice, letter):
    client = client_of(alice)
    facts = {"title": "Thanks", "kind": "letter", "folder": "", "keep_until": "2031-02-03"}

    assert 'value="Letter of thanks"' in client.get(f"/documents/{letter.id}/edit", headers=HX).text
    part = client.post(f"/documents/{letter.id}", data=facts, headers=HX)
    bad = client.post(f"/documents/{letter.id}", data=facts | {"title": ""}, headers=HX)

    assert "3 Feb 2031" in part.text
    assert "<html" not in part.text
    assert (bad.status_code, "Enter a title." in bad.text) == (422, True)
    with acting_as(actor_of(alice)):
        assert service.find(letter.id).keep_until == date(2031, 2, 3)


def test_replacing_and_removing(client_of, alice, letter, stored):
    client = client_of(alice)

    bad = client.post(f"/documents/{letter.id}/content", data=parts(BAD))
    none = client.post(f"/documents/{letter.id}/content", data={})
    good = client.post(f"/documents/{letter.id}/content", data=parts(("new.pdf", files.pdf())))

    assert (bad.status_code, "SVG drawings" in bad.text) == (422, True)
    assert (none.status_code, uploads.NOTHING_CHOSEN in none.text) == (422, True)
    assert good.status_code == 303
    assert "cannot be undone" in client.get(f"/documents/{letter.id}/removal").text
    gone = client.post(f"/documents/{letter.id}/removal")
    assert (gone.status_code, gone.location) == (303, "/documents?folder=Letters")
    assert client.get(f"/documents/{letter.id}").status_code == 404
    assert stored() == []


def test_each_look_and_each_download_is_noted(client_of, bob, alice):
    with acting_as(actor_of(alice)):
        made = service.add(io.BytesIO(files.pdf(pages=7)), "x.pdf")
    client = client_of(bob)

    page = client.get(f"/documents/{made.id}?page=9").text
    picture = client.get(f"/documents/{made.id}/preview?page=2")
    client.get(f"/documents/{made.id}/content")

    assert "Page 5 of 7" in page
    assert "The first 5 pages" in page
    assert picture.data.startswith(b"\x89PNG")
    assert picture.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    with acting_as(actor_of(bob)):
        told = [e.detail["how"] for e in LogEntry.select().where(LogEntry.action == "document.opened")]
    assert told == ["page 2", "whole"]


def test_what_has_no_preview_says_so(client_of, alice, letter):
    client = client_of(alice)

    assert "not shown here" in client.get(f"/documents/{letter.id}").text
    answer = client.get(f"/documents/{letter.id}/preview")
    assert (answer.status_code, "cannot be shown here" in answer.text) == (409, True)


def test_a_reader_reads_and_changes_nothing(client_of, bob, letter):
    client = client_of(bob)

    page = client.get("/documents").text

    assert "Letter of thanks" in page
    assert "data-upload" not in page
    assert client.post("/documents", data=parts(GOOD)).status_code == 403
    assert client.get(f"/documents/{letter.id}/edit").status_code == 403


def test_without_the_right_there_are_no_documents_anywhere(client_of, adam, alice, thandi, letter):
    with acting_as(actor_of(alice)):
        service.add(io.BytesIO(b"x"), "x.txt", contact_id=thandi.id, title="CNRY")
        photos.change(thandi, io.BytesIO(files.picture()), "x.png")
    Membership.update(denied=["documents"]).where(Membership.user == adam).execute()
    client = client_of(adam)

    for url in (
        "/documents",
        f"/documents/{letter.id}",
        f"/documents/{letter.id}/content",
        f"/contacts/{thandi.id}/photo",
    ):
        assert client.get(url).status_code == 403, url
    page = client.get(f"/contacts/{thandi.id}").text
    assert "CNRY" not in page
    assert 'class="face' not in page
    assert 'id="documents"' not in page
    assert "/documents" not in client.get("/").text


def test_the_block_of_a_contact_lists_and_takes_documents(client_of, alice, thandi):
    client = client_of(alice)
    url = f"/contacts/{thandi.id}/documents"

    answer = client.post(url, data=parts(GOOD) | {"title": "Consent form", "kind": "consent"})
    told = client.post(url, data=parts(BAD), headers=JSON)
    block = client.get(url, headers=HX).text

    assert answer.location == f"/contacts/{thandi.id}#documents"
    assert told.status_code == 422
    assert "Consent form" in block
    assert "<html" not in block
    assert "Consent form" in client.get(f"/contacts/{thandi.id}").text
    assert "Consent form" not in client.get("/documents").text


def test_a_photo_stands_beside_the_name(client_of, alice, thandi):
    client = client_of(alice)
    url = f"/contacts/{thandi.id}/photo"

    assert client.get(url).status_code == 404
    assert client.post(url, data={"file": (io.BytesIO(b"x"), "x.png")}).status_code == 422
    assert client.post(url, data={}).status_code == 422
    assert client.post(url, data={"file": (io.BytesIO(files.photo_with_place()), "x.jpg")}).status_code == 303
    assert "Photo of Thandi" in client.get(f"/contacts/{thandi.id}").text
    face = client.get(url)
    assert (face.status_code, face.content_type, b"CNRY" in face.data) == (200, "image/jpeg", False)
    assert client.post(f"{url}/removal").status_code == 303
    assert client.get(url).status_code == 404


def test_what_is_due_or_held_back_is_listed_wherever_it_belongs(client_of, alice, thandi, clamd):
    with acting_as(actor_of(alice)):
        past = now().date() - timedelta(days=1)
        service.add(io.BytesIO(b"x"), "x.txt", contact_id=thandi.id, title="Old consent", keep_until=past)
        service.add(io.BytesIO(files.EICAR), "x.txt", title="Bad one")
    client = client_of(alice)

    assert "Due to be removed (1)" in client.get("/documents").text
    assert "Old consent" in client.get("/documents?show=due").text
    held = client.get("/documents?show=held").text
    assert "Bad one" in held
    assert "malware: held back" in held
    with acting_as(actor_of(alice)):
        bad = Document.get(Document.title == "Bad one")
    assert "found malware" in client.get(f"/documents/{bad.id}").text
    for way in ("content", "preview"):
        answer = client.get(f"/documents/{bad.id}/{way}")
        assert (answer.status_code, "not handed out" in answer.text) == (409, True)


def test_a_full_store_is_told(client_of, alice, org):
    Org.update(document_quota=3).where(Org.id == org.id).execute()

    answer = client_of(alice).post("/documents", data=parts(GOOD))

    assert answer.status_code == 422
    assert "There is no room for this file" in answer.text


@pytest.mark.one_database
def test_a_file_larger_than_others_may_be_is_taken_here_and_only_here(app, client_of, alice, org):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    client = client_of(alice)
    large = b"a" * 5000

    assert client.post("/documents", data=parts(("x.txt", large))).status_code == 303
    assert client.post("/imports", data={"file": (io.BytesIO(large), "x.csv")}).status_code == 413


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("letter.pdf", 'attachment; filename="letter.pdf"'),
        ("é x.pdf", "attachment; filename=\"_ x.pdf\"; filename*=UTF-8''%C3%A9%20x.pdf"),
        ('a"b\r\n.pdf', "attachment; filename=\"a_b__.pdf\"; filename*=UTF-8''a%22b%0D%0A.pdf"),
        ("", "attachment; filename=\"file\"; filename*=UTF-8''"),
    ],
)
def test_the_name_of_a_download_stays_within_its_quotes(name, header):
    assert as_attachment(name) == header


def test_who_sees_no_documents_does_not_take_away_the_photo_either(client_of, alice, thandi):
    with acting_as(actor_of(alice)):
        photos.change(thandi, io.BytesIO(files.picture()), "x.png")
        kept = Contact.get_by_id(thandi.id).photo_id
    Membership.update(denied=["documents"]).where(Membership.user == alice).execute()
    client = client_of(alice)

    for url in ("photo", "photo/removal"):
        data = {"file": (io.BytesIO(files.picture()), "x.png")}
        assert client.post(f"/contacts/{thandi.id}/{url}", data=data).status_code == 403
    with acting_as(system(thandi.org_id)):
        assert Contact.get_by_id(thandi.id).photo_id == kept


def test_wrong_facts_without_a_file_are_told_too(client_of, alice, thandi):
    for url in ("/documents", f"/contacts/{thandi.id}/documents"):
        answer = client_of(alice).post(url, data={"kind": "nonsense"})
        assert (answer.status_code, uploads.NOTHING_CHOSEN in answer.text) == (422, True)

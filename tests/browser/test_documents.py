"""Documents in a real browser: several at once with how far each is, and files that try to run, opened directly."""

import pytest
from playwright.sync_api import Error, Page, expect

from tests.documents import files
from tests.documents.files import MARK

pytestmark = pytest.mark.browser
LATE = b"hello\n" * 2000 + MARK.encode()
# What is kept though a script is in it: where a browser would look for one, there is none.
KEPT = {
    "late.txt": LATE,
    "late.csv": LATE,
    "letter.eml": files.EML + MARK.encode(),
    "late.mp3": files.MP3 + b"\0" * 9000 + MARK.encode(),
    "open.pdf": files.pdf().replace(
        b"%%EOF", b"% /OpenAction << /S /JavaScript /JS (fetch('/RAN')) >>\n" + b"%" * 5000 + MARK.encode() + b"\n%%EOF"
    ),
    "picture.png": files.picture() + MARK.encode(),
}
FRAMED = """url => new Promise(done => {
    const frame = document.createElement("iframe");
    frame.src = url;
    document.body.append(frame);
    setTimeout(done, 300);
})"""


def bring(page: Page, named: dict[str, bytes]) -> None:
    chosen = [{"name": name, "mimeType": "text/html", "buffer": body} for name, body in named.items()]
    page.goto("/documents")
    page.get_by_label("Files").set_input_files(chosen)
    page.get_by_label("Folder").fill("Journey")
    page.get_by_role("button", name="Add to the documents").click()


def test_several_files_at_once_are_kept_or_say_why(alice: Page):
    bring(alice, {"good.pdf": files.pdf(pages=2), "drawing.svg": b"<svg><script>1</script></svg>"})

    expect(alice.locator("#said")).to_contain_text("1 file was kept, 1 not.")
    expect(alice.get_by_text("SVG drawings are not taken in")).to_be_visible()
    alice.get_by_role("link", name="good", exact=True).click()
    picture = alice.locator("#preview img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    alice.get_by_role("link", name="Next").click()
    expect(alice.get_by_text("Page 2 of 2")).to_be_visible()


def test_nothing_that_is_kept_ever_runs(alice: Page):
    bring(alice, KEPT)
    expect(alice.locator("#said")).to_contain_text(f"{len(KEPT)} files were kept.")
    asked: list[str] = []
    alice.context.on("request", lambda request: asked.append(request.url))
    rows = alice.locator("tr[data-row]").filter(has_text="Journey").get_by_role("link", name="Download")
    urls = [str(row.get_attribute("href")) for row in rows.all()]
    assert len(urls) >= len(KEPT)

    for url in urls:
        with pytest.raises(Error, match="Download is starting"):
            alice.goto(url)
        alice.goto("/documents")
        alice.evaluate(FRAMED, url)
        assert alice.title() != "RAN"
    assert [one for one in asked if "RAN" in one] == []

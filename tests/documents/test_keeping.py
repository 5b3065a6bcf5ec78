"""The store, the encryption of files, and the words of the scanner."""

import io
import os
import random
from pathlib import Path

import pytest

from portal.config import BadSettings, Settings
from portal.documents import keeping, pdf, sealed_files
from portal.documents.sealed_files import PIECE, Damaged, new_key, opened, sealed
from portal.gateways.clamd import BadScanner, Scanner, ScannerAway
from portal.gateways.storage import BadStorage, Folder, Missing, from_url
from tests.documents import files
from tests.documents.conftest import FakeClamd

TAG = 16


def whole(pieces):
    return b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_a_file_comes_back_as_it_was_whatever_the_pieces_it_travels_in(size):
    plain, key = random.Random(size).randbytes(size), new_key()
    chest = whole(sealed(key, [plain[i : i + 1000] for i in range(0, size, 1000)]))

    assert whole(opened(key, [chest[i : i + 777] for i in range(0, len(chest), 777)])) == plain
    assert size < 20 or plain not in chest


def block(chest, number):
    return chest[number * (PIECE + TAG) : (number + 1) * (PIECE + TAG)]


@pytest.mark.parametrize(
    ("harm", "change"),
    [
        ("cut at a piece", lambda c: c[: 2 * (PIECE + TAG)]),
        ("cut within a piece", lambda c: c[:-5]),
        ("two pieces changed places", lambda c: block(c, 1) + block(c, 0) + c[2 * (PIECE + TAG) :]),
        ("a piece twice", lambda c: block(c, 0) + block(c, 0) + c[2 * (PIECE + TAG) :]),
        ("a piece left out", lambda c: block(c, 0) + c[2 * (PIECE + TAG) :]),
        ("one bit", lambda c: c[:100] + bytes([c[100] ^ 1]) + c[101:]),
        ("something appended", lambda c: c + b"x"),
        ("nothing left", lambda c: b""),
    ],
)
def test_a_file_that_was_tampered_with_does_not_open(harm, change):
    key = new_key()
    chest = whole(sealed(key, [b"a" * PIECE, b"b" * PIECE, b"c" * 10]))

    with pytest.raises(Damaged):
        whole(opened(key, [change(chest)]))


def test_another_key_opens_nothing():
    with pytest.raises(Damaged):
        whole(opened(new_key(), sealed(new_key(), [b"x"])))
    assert len(sealed_files.new_key()) == 32


def test_a_full_disk_is_told_in_a_sentence(app, tmp_path):
    class Full(Folder):
        def put(self, pieces):
            with Path("/dev/full").open("wb", buffering=0) as disk:
                for piece in pieces:
                    disk.write(piece)
            return ""

    keeping._store[:] = [Full(tmp_path)]

    with pytest.raises(keeping.BadDocument, match="disk"):
        keeping.take_in(io.BytesIO(b"hello"), "x.txt")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(app, tmp_path):
    with (tmp_path / "sparse").open("w+b") as sparse:
        sparse.truncate(10 * 2**30)

        with pytest.raises(keeping.BadDocument, match=r"larger than 100\.0 MB"):
            keeping.take_in(sparse, "x.txt")


def test_the_store_keeps_all_of_a_file_or_nothing(tmp_path):
    folder = Folder(tmp_path / "store")

    def broken():
        yield b"half"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        folder.put(broken())

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    name = folder.put([b"a", b"b"])
    assert whole(folder.open(name)) == b"ab"
    assert [found for found, _ in folder.names()] == [name]
    folder.remove(name)
    folder.remove(name)
    with pytest.raises(Missing):
        folder.open(name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "/etc/passwd", "a" * 31, "A" * 32, "coming", "0" * 32 + "\n"])
def test_the_store_opens_nothing_but_its_own_names(tmp_path, name):
    with pytest.raises(Missing):
        Folder(tmp_path).open(name)


@pytest.mark.parametrize("url", ["s3://bucket", "https://x.example", "documents", "file://host/x", "file:x"])
def test_a_store_nobody_knows_is_refused_at_the_start(tmp_path, url):
    with pytest.raises(BadStorage):
        from_url(url, tmp_path)
    with pytest.raises(BadSettings, match="STORAGE_URL"):
        Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), "STORAGE_URL": url})


@pytest.mark.parametrize("url", ["http://x", "clamd", "unix://host/x", "tcp://", "tcp://x:y"])
def test_a_scanner_nobody_can_reach_is_refused_at_the_start(tmp_path, url):
    with pytest.raises(BadScanner):
        Scanner.from_url(url)
    with pytest.raises(BadSettings, match="CLAMD_URL"):
        Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), "CLAMD_URL": url})


def test_addresses_of_stores_and_scanners_are_understood(tmp_path):
    given = {"STORAGE_URL": f"file://{tmp_path}/x%20y", "CLAMD_URL": "tcp://127.0.0.1"}
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path)} | given)

    assert settings.storage_url == given["STORAGE_URL"]
    assert from_url(settings.storage_url, tmp_path).root == tmp_path / "x y"
    assert Scanner.from_url(settings.clamd_url) == Scanner(host="127.0.0.1", port=3310)


@pytest.mark.parametrize(
    "answer", ["stream: some trouble ERROR", "INSTREAM size limit exceeded. ERROR", "UNKNOWN COMMAND", " ", "OK"]
)
def test_an_answer_that_is_no_verdict_is_no_verdict(tmp_path, answer):
    fake = FakeClamd(tmp_path / "s", answer)
    fake.start()

    with pytest.raises(ScannerAway):
        Scanner.from_url(fake.url).malware_in([b"x"])
    fake.stop()
    assert "cannot be reached" in Scanner.from_url(fake.url).answers()


def test_a_scanner_that_hangs_up_in_the_middle_gives_no_verdict(tmp_path):
    fake = FakeClamd(tmp_path / "s")
    fake._talk = lambda connection: None
    fake.start()

    with pytest.raises(ScannerAway):
        Scanner.from_url(fake.url).malware_in([b"x" * 10_000] * 500)
    fake.stop()


def test_pages_of_a_pdf_are_drawn_and_a_hostile_one_harms_nobody(tmp_path):
    for body, pages in ((files.pdf(pages=3), 3), (b"%PDF-1.4\n" + os.urandom(5000) + b"%%EOF", None)):
        path = tmp_path / "x.pdf"
        path.write_bytes(body)
        with path.open("rb") as file:
            assert pdf.pages_of(file) == pages
            if pages is None:
                continue
            assert pdf.draw(file, 3, 100).startswith(b"\x89PNG")
            with pytest.raises(pdf.Undrawable):
                pdf.draw(file, 4, 100)


def test_what_cannot_go_back_is_taken_in_too(app, org):

    class Pipe(io.RawIOBase):
        left = b"hello"

        def seekable(self):
            return False

        def read(self, size=-1):
            piece, self.left = self.left, b""
            return piece

    content = keeping.take_in(Pipe(), "x.txt")

    assert (content.size, content.media_type) == (5, "text/plain; charset=utf-8")
    assert whole(keeping.pieces_of(content.place, content.sealed_key)) == b"hello"
    with pytest.raises(keeping.Lost):
        keeping.pieces_of("0" * 32, content.sealed_key)
    with pytest.raises(keeping.Lost):
        keeping.pieces_of(content.place, "x")

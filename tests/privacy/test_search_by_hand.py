"""The search by hand opens what lies about: it would find a word wherever it is."""

import gzip
import io
import zipfile
import zlib

import pytest

from portal.gateways import pdf
from tests.privacy.by_hand import opened

WORD = b"Zanzibarova"


def archive(name: str, body: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, body)
    return file.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        WORD, gzip.compress(WORD), zlib.compress(WORD), gzip.compress(gzip.compress(WORD)),
        archive("word/document.xml", WORD), gzip.compress(archive("a.txt", WORD)),
        pdf.write("A letter", "Hope House", [[pdf.Text(WORD.decode())]]),
    ],
    ids=["plain", "gzip", "zlib", "gzip twice", "archive", "archive in gzip", "pdf"],
)  # fmt: skip
def test_a_word_is_found_however_it_is_packed(raw):
    assert any(WORD in view for _, view in opened(raw))


def test_an_empty_file_has_nothing_in_it():
    assert list(opened(b"")) == [("", b"")]

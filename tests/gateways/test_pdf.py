"""Files for printing: every letter of the country's names has its shape in them; marks are shown, not obeyed."""

import pytest
from reportlab.pdfbase import pdfmetrics

from portal.gateways import pdf
from portal.gateways.pdf import Text

NAMES = [
    "Ngcobo-Ó",
    "ǃXóõ",
    "ǂKhomani",
    "Ṱhoho ya Ḽanga",
    "Anélle van Zyl",
    "Šiđar",
    "Κώστας",
    "Иван",
    "“R 1 234.50” – €",
]


@pytest.mark.parametrize("font", [pdf.PLAIN, pdf.BOLD])
def test_every_letter_has_its_shape_in_the_file(font):
    made = pdf.write("Names", "Hope House", [[Text(name) for name in NAMES]])

    shapes = pdfmetrics.getFont(font).face.charToGlyph
    assert [letter for name in NAMES for letter in name if ord(letter) not in shapes] == []
    assert made.startswith(b"%PDF-")
    assert b"/FontFile2" in made
    assert b"/ToUnicode" in made


def test_the_same_makes_the_same_bytes_and_other_words_do_not():
    def made(words):
        return pdf.write("T", "A", [[Text(words)]], foot="Hope House")

    assert made("one") == made("one")
    assert made("one") != made("two")


@pytest.mark.parametrize(
    "words", ["<b>bold", "<img src='http://127.0.0.1:9/x.png'/>", "</para>", "&amp;", "a\nb", "", "\x07"]
)
def test_what_looks_like_a_mark_is_shown_and_fetches_nothing(words):
    assert pdf.write(words, words, [[Text(words, "title"), Text(words)]], foot=words).startswith(b"%PDF-")


def test_a_part_longer_than_a_page_goes_on_to_the_next():
    made = pdf.write("T", "A", [[Text(f"Line {number}") for number in range(200)]])

    assert made.count(b"/Type /Page\n") >= 3

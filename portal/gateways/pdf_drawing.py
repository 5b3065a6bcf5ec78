"""Draws what portal.gateways.pdf is to write, with reportlab: memory that a process without papers is spared."""

from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

from portal.gateways.pdf import BOLD, PLAIN, Text

FONTS = Path(__file__).resolve().parent / "fonts"
INK, QUIET = HexColor("#22201c"), HexColor("#6b655c")
_one_at_a_time = Lock()

_STYLES = {
    "title": ParagraphStyle("title", fontName=BOLD, fontSize=17, leading=22, textColor=INK, spaceAfter=2 * mm),
    "heading": ParagraphStyle("heading", fontName=BOLD, fontSize=11, leading=15, textColor=INK, spaceBefore=4 * mm),
    "text": ParagraphStyle("text", fontName=PLAIN, fontSize=9.5, leading=13.5, textColor=INK, spaceAfter=1 * mm),
    "quiet": ParagraphStyle("quiet", fontName=PLAIN, fontSize=8.5, leading=12, textColor=QUIET, spaceAfter=1 * mm),
}


def write(title: str, author: str, parts: Sequence[Sequence[Text]], foot: str) -> bytes:
    with _one_at_a_time:  # fonts and settings of the library belong to the process
        _prepare()
        story: list[Any] = []
        for part in parts:
            lines = [Paragraph(_marked(text.words), _STYLES[text.look]) for text in part]
            story += [KeepTogether(lines), Spacer(1, 2 * mm)]
        out = BytesIO()
        document = SimpleDocTemplate(
            out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=20 * mm,
            title=title, author=author, lang="en-ZA", invariant=1,
        )  # fmt: skip

        def number(canvas: Any, page: Any) -> None:
            canvas.setFont(PLAIN, 8)
            canvas.setFillColor(QUIET)
            canvas.drawString(20 * mm, 11 * mm, foot[:110])
            canvas.drawRightString(A4[0] - 20 * mm, 11 * mm, f"Page {page.page}")

        document.build(story, onFirstPage=number, onLaterPages=number)
        return out.getvalue()


def _marked(words: str) -> str:
    return "<br/>".join(escape(line) for line in words.split("\n"))


def _prepare() -> None:
    if PLAIN in pdfmetrics.getRegisteredFontNames():
        return
    rl_config.trustedHosts, rl_config.trustedSchemes = [], []  # nothing is ever fetched for a file
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))

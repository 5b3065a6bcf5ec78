"""Writes PDF files: text of any language of the country on A4, in letters that lie in the file itself.

The same content at the same time makes the same bytes, so that a digest of them says something.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"


@dataclass(frozen=True)
class Text:
    """A paragraph: `look` is title, heading, text or quiet. What stands in it is shown as it is, never as marks."""

    words: str
    look: str = "text"


def write(title: str, author: str, parts: Sequence[Sequence[Text]], foot: str = "") -> bytes:
    """A PDF of these parts; the lines of one part stay on one page where they can."""
    written: bytes = import_module("portal.gateways.pdf_drawing").write(title, author, parts, foot)
    return written

"""Documents as pictures to be looked at in a page: pictures made small, and the first pages of PDF files."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from portal.documents import pdf, pictures
from portal.documents.models import Document
from portal.documents.rules import BadDocument, NotOpened

MOST_PAGES = 5
PDF, PNG = "application/pdf", "image/png"


@dataclass(frozen=True)
class Preview:
    body: bytes
    media_type: str


def pages(document: Document) -> int:
    """How many pages can be looked at; 0 when the document has no preview."""
    if not document.is_open:
        return 0
    if document.type.is_picture:
        return 1
    return min(document.pages or 0, MOST_PAGES) if document.media_type == PDF and pdf.can_draw() else 0


def of(document: Document, pieces: Iterator[bytes], page: int = 1) -> Preview:
    """The document, or a page of it, as a picture. Raises NotOpened when it cannot be shown."""
    try:
        with _laid_down(pieces) as file:
            if document.type.is_picture:
                return Preview(pictures.small(file), document.media_type)
            return Preview(pdf.draw(file, page, pictures.PREVIEW), PNG)
    except (BadDocument, pdf.Undrawable):
        raise NotOpened("This document cannot be shown here. Download it to read it.") from None


@contextmanager
def _laid_down(pieces: Iterator[bytes]) -> Iterator[BinaryIO]:
    """The content as a file without a name, gone when it is closed."""
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        yield file

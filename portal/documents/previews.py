"""Pictures of documents to be looked at in a page: pictures made small, and pages of PDF files drawn by a program that
is confined. The file itself never reaches the page.
"""

import importlib.util
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from portal.documents import pictures
from portal.documents.models import Document
from portal.documents.rules import BadDocument, NotOpened

MOST_PAGES = 5
SECONDS = 15
PNG, JPEG = "image/png", "image/jpeg"
_PROGRAM = Path(__file__).with_name("pdf_page.py")
_few = threading.BoundedSemaphore(2)  # programs at one time of each process


@dataclass(frozen=True)
class Preview:
    body: bytes
    media_type: str


def can_draw_pdf() -> bool:
    """Whether the library that reads PDF files is installed; it comes with the extra `preview`."""
    return importlib.util.find_spec("pypdfium2") is not None


def of(document: Document, pieces: Iterator[bytes], page: int = 1) -> Preview:
    """The document, or a page of it, as a picture. Raises NotOpened when it cannot be shown."""
    with _laid_down(pieces) as file:
        if document.type.is_picture:
            try:
                return Preview(pictures.small(file), document.media_type)
            except BadDocument as error:
                raise NotOpened(str(error)) from None
        return Preview(_page(file, page), PNG)


def _page(file: BinaryIO, number: int) -> bytes:
    if not can_draw_pdf():
        raise NotOpened("This installation cannot show pages of PDF files. Download it to read it.")
    command = [sys.executable, "-I", str(_PROGRAM), str(number), str(pictures.PREVIEW)]
    with _few:
        try:
            ran = subprocess.run(command, stdin=file, capture_output=True, env={}, timeout=SECONDS, check=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise NotOpened("This PDF cannot be shown here. Download it to read it.") from error
    _, _, picture = ran.stdout.partition(b"\n")
    return picture


@contextmanager
def _laid_down(pieces: Iterator[bytes]) -> Iterator[BinaryIO]:
    """The content as a file without a name, gone when it is closed."""
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        file.seek(0)
        yield file

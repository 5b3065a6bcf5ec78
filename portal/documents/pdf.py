"""Pages of PDF files as pictures, drawn by a program that is confined: see pdf_page. The file never reaches a page."""

import importlib.util
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

SECONDS = 15
_PROGRAM = Path(__file__).with_name("pdf_page.py")
_few = threading.BoundedSemaphore(2)  # programs at one time of each process


class Undrawable(ValueError):
    """This PDF cannot be drawn: it is locked, damaged, or takes too much."""


def can_draw() -> bool:
    """Whether the library that reads PDF files is installed; it comes with the extra `preview`."""
    return importlib.util.find_spec("pypdfium2") is not None


def pages_of(file: BinaryIO) -> int | None:
    """How many pages it has; None when nobody here can tell."""
    if not can_draw():
        return None
    try:
        return int(_run(file, 0, 0).partition(b"\n")[0])
    except (Undrawable, ValueError):
        return None


def draw(file: BinaryIO, number: int, width: int) -> bytes:
    """A page as PNG. Raises Undrawable, also when there is no such page."""
    picture = _run(file, number, width).partition(b"\n")[2]
    if not picture:
        raise Undrawable("There is no such page.")
    return picture


def _run(file: BinaryIO, number: int, width: int) -> bytes:
    """`file` is one of the system's own, for its descriptor is handed on."""
    file.flush()
    file.seek(0)
    command = [sys.executable, "-I", str(_PROGRAM), str(number), str(width)]
    with _few:
        try:
            return subprocess.run(command, stdin=file, capture_output=True, env={}, timeout=SECONDS, check=True).stdout
        except (subprocess.SubprocessError, OSError) as error:
            raise Undrawable("The program that draws it gave up.") from error

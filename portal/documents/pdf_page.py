"""Draws one page of a PDF: a program of its own, run with little memory, little time and an empty environment.

`python -I pdf_page.py NUMBER WIDTH`, the file on standard input. On standard output a line with the number of pages,
and for a NUMBER from 1 the page as PNG. Whatever a hostile file does to the library that reads it, it does here.
"""

import resource
import sys

import pypdfium2

MEMORY = 1024**3
SECONDS = 10
TALLEST = 2  # times the width


def main() -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(kind, (limit, limit))
    number, width = map(int, sys.argv[1:3])
    document = pypdfium2.PdfDocument(sys.stdin.buffer)
    pages = len(document)
    sys.stdout.buffer.write(f"{pages}\n".encode())
    if 1 <= number <= pages:
        page = document[number - 1]
        scale = min(width / page.get_width(), width * TALLEST / page.get_height())
        page.render(scale=scale).to_pil().convert("RGB").save(sys.stdout.buffer, "PNG")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

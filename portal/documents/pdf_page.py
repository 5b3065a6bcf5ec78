"""Draws one page of a PDF: a program of its own, run with little memory, little time and an empty environment.

`python -I pdf_page.py NUMBER WIDTH`, the file on standard input: on standard output a line with the number of pages,
then the page as PNG. Whatever a hostile file does to the library that reads it, it does here.
"""

import resource
import sys

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
    import pypdfium2  # noqa: PLC0415 - only now, when it is confined

    number, width = map(int, sys.argv[1:3])
    document = pypdfium2.PdfDocument(sys.stdin.buffer)
    pages = len(document)
    page = document[min(number, pages) - 1]
    scale = min(width / page.get_width(), width * TALLEST / page.get_height())
    picture = page.render(scale=scale).to_pil()
    sys.stdout.buffer.write(f"{pages}\n".encode())
    picture.convert("RGB").save(sys.stdout.buffer, "PNG")


if __name__ == "__main__":
    main()

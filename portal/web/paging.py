"""Which page of a long list is shown."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, request


@dataclass(frozen=True)
class Paging:
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def page_number() -> int:
    """The page asked for in the address; anything that is not a positive number is the first."""
    text = request.args.get("page", "1")
    return max(1, min(int(text), 1_000_000)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def paging(total: int, size: int) -> Paging:
    """Where the reader stands. A page past the end is the last one."""
    last = max(1, -(-total // size))
    return Paging(min(page_number(), last), size, total)


def page_href(number: int) -> str:
    """The address of this list with another page: every other word of it stays."""
    words = request.args.to_dict(flat=False) | {"page": [str(number)]}
    return f"{request.path}?{urlencode(words, doseq=True)}"


def init_app(app: Flask) -> None:
    app.jinja_env.globals["page_href"] = page_href

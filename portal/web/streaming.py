"""Answers too long to be held in memory: the one place that knows what a generator loses when a view returns.

Flask tears the request down before the body is made, so the actor and the database connection are entered again
inside the generator, for as long as it runs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from flask import Response

from portal.core.actor import acting_as, current_actor
from portal.core.db import db


def stream(
    rows: Callable[[], Iterable[str] | Iterable[bytes]],
    *,
    name: str,
    content_type: str = "text/csv; charset=utf-8",
    more: Mapping[str, str] | None = None,
) -> Response:
    """Send what `rows` yields as a file called `name`. `rows` is called when the sending begins, not before."""
    actor = current_actor()

    def body() -> Iterator[Any]:
        was_open = not db.is_closed()
        db.connect(reuse_if_open=True)
        try:
            with acting_as(actor):
                yield from rows()
        finally:
            if not was_open:
                db.close()

    headers = {"Content-Disposition": as_attachment(name), **(more or {})}
    return Response(body(), content_type=content_type, headers=headers)


def as_attachment(name: str) -> str:
    """Content-Disposition for a file of this name (RFC 6266): whatever it holds, it stays within its quotes."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " .,-_()") else "_" for c in name) or "file"
    whole = f"; filename*=UTF-8''{quote(name, safe='')}" if plain != name else ""
    return f'attachment; filename="{plain}"{whole}'

"""How the content of a document leaves the building: as a file to be saved, or as a picture of it, under a policy in
which nothing runs (D01). Who may have it was asked before.
"""

from flask import Response

from portal.documents import previews, service
from portal.documents.models import Document
from portal.web.streaming import stream

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


def as_file(document: Document) -> Response:
    """The whole, to be saved. Raises NotOpened."""
    pieces = service.open_(document)
    more = _HEADERS | {"Content-Length": str(document.size)}
    return stream(lambda: pieces, name=document.filename, content_type=document.media_type, more=more)


def as_picture(document: Document, page: int) -> Response:
    """A picture of it, made here. Raises NotOpened."""
    return _picture(previews.of(document, service.open_(document, how=f"page {page}"), page))


def as_face(document: Document) -> Response:
    """A photo beside a name, shown in passing: leaves no entry."""
    return _picture(previews.of(document, service.peek(document)))


def _picture(preview: previews.Preview) -> Response:
    return Response(
        preview.body, content_type=preview.media_type, headers={**_HEADERS, "Content-Disposition": "inline"}
    )

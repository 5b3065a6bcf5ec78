"""Static files under names that carry a hash of what is in them, cached for a year, sent compressed."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, url_for

from portal.web.access import public
from portal.web.colours import BadColour, stylesheet

bp = Blueprint("web", __name__)
ROOT = Path(__file__).resolve().parents[2] / "static"
YEAR = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"^(?P<stem>.+)\.(?P<hash>[0-9a-f]{10})(?P<ending>\.[a-z0-9]+)$")


@dataclass(frozen=True)
class File:
    body: bytes
    packed: bytes
    hash: str
    kind: str


_files: dict[str, tuple[float, File]] = {}


def static_url(name: str) -> str:
    """The address of a static file, with its hash in the name."""
    stem, dot, ending = name.rpartition(".")
    return url_for("web.static", name=f"{stem}.{_read(name).hash}{dot}{ending}")


@bp.get("/static/<path:name>")
@public("styles, scripts and icons hold nothing of anybody")
def static(name: str) -> Response:
    match = _HASHED.match(name)
    plain = match["stem"] + match["ending"] if match else name
    try:
        file = _read(plain)
    except FileNotFoundError:
        abort(404)
    response = Response(file.body, content_type=file.kind)
    # What is vendored carries its version in its name; a file asked for by a stale hash is given, not kept.
    is_fixed = (match and match["hash"] == file.hash) or plain.startswith("vendor/")
    response.headers["Cache-Control"] = YEAR if is_fixed else "no-cache"
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] and len(file.packed) < len(file.body):
        response.set_data(file.packed)
        response.headers["Content-Encoding"] = "gzip"
    return response


@bp.get("/colour.css")
@public("an organisation's colour is on its public pages")
def colour() -> Response:
    try:
        css = stylesheet(request.args.get("c", ""))
    except BadColour:
        abort(404)
    return Response(css, content_type="text/css; charset=utf-8", headers={"Cache-Control": YEAR})


def _read(name: str) -> File:
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT) or not path.is_file():
        raise FileNotFoundError(name)
    changed = path.stat().st_mtime
    known = _files.get(name)
    if known is None or known[0] != changed:
        body = path.read_bytes()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        file = File(body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:10], kind)
        known = _files[name] = (changed, file)
    return known[1]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["static_url"] = static_url

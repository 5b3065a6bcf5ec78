"""What a request looks like when it arrives: asked by `portal doctor` from outside, so that it can tell whether the
proxies in front are set up rightly. The name of the probe is signed and good for a minute.
"""

import hmac
import time

from flask import Blueprint, Flask, Response, abort, jsonify, request

from portal.core import keys
from portal.web.access import public
from portal.web.proxies import address

bp = Blueprint("probe", __name__)
LASTS = 60  # seconds


def make() -> str:
    until = int(time.time()) + LASTS
    return f"{until}-{_mark(until)}"


@bp.get("/probe/<name>")
@public("a probe of the portal's own doctor, signed, tells how its own request arrived")
def arrived(name: str) -> Response:
    until, _, mark = name.partition("-")
    is_ours = until.isdecimal() and len(until) < 12 and hmac.compare_digest(mark.encode(), _mark(int(until)).encode())
    if not is_ours or int(until) < time.time():
        abort(404)
    return jsonify(address=address(), peer=request.remote_addr, host=request.host)


def _mark(until: int) -> str:
    return keys.portal_mac("probe", str(until))[:32]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)

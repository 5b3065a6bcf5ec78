"""Whether the portal is alive, and whether it can work. For whoever watches the machine: no login, no details."""

from flask import Blueprint, Flask, Response, jsonify
from peewee import PeeweeException
from redis import Redis, RedisError

from portal.core.tenancy import Org
from portal.web.access import public

bp = Blueprint("health", __name__)
_redis: list[Redis] = []


@bp.get("/healthz")
@public("a watcher asks whether the process lives")
def alive() -> Response:
    return jsonify(alive=True)


@bp.get("/readyz")
@public("a watcher asks whether the portal can work")
def ready() -> tuple[Response, int]:
    """503 without the database. Redis away is told, but pages and writes go on without it."""
    parts = {"database": _database_answers(), "queue": _queue_answers()}
    return jsonify(ready=parts["database"], **parts), 200 if parts["database"] else 503


def _database_answers() -> bool:
    try:
        Org.select(Org.id).limit(1).scalar()
    except PeeweeException:
        return False
    return True


def _queue_answers() -> bool:
    try:
        return bool(_redis[0].ping())
    except (RedisError, OSError):
        return False


def init_app(app: Flask) -> None:
    url = app.config["SETTINGS"].redis_url
    _redis[:] = [Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)]
    app.register_blueprint(bp)

"""Whether the portal is alive, and whether it can work. For whoever watches the machine: no login, no details."""

from flask import Blueprint, Flask, Response, jsonify
from peewee import PeeweeException
from redis import Redis, RedisError

from portal.run import migrate, pulse
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
    """503 without the database or its newest schema. What is behind the pages is told too, but they go on without:
    what should be sent meanwhile waits in the database.
    """
    is_ready = _database_is_ready()
    parts = {
        "database": is_ready,
        "queue": _queue_answers(),
        "scheduler": is_ready and pulse.lives(pulse.SCHEDULER),
        "workers": is_ready and pulse.lives(pulse.WORKERS),
    }
    return jsonify(ready=is_ready, **parts), 200 if is_ready else 503


def _database_is_ready() -> bool:
    try:
        return not migrate.pending()
    except PeeweeException:
        return False


def _queue_answers() -> bool:
    try:
        return bool(_redis[0].ping())
    except (RedisError, OSError):
        return False


def init_app(app: Flask) -> None:
    url = app.config["SETTINGS"].redis_url
    _redis[:] = [Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)]
    app.register_blueprint(bp)

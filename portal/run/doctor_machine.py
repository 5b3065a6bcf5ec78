"""What `portal doctor` says of the machine: folder, disk, clock, keys, passwords, database, queue and processes."""

import ctypes
import os
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from peewee import PeeweeException
from redis import Redis, RedisError

from portal.config import POOR_PASSWORDS, SHORTEST_SERVER_PASSWORD, Settings
from portal.core import db
from portal.core.clock import now
from portal.core.watching import DOUBTFUL, GOOD, WRONG, Finding
from portal.run import migrate, pulse

LEAST_ROOM = 500 * 1024 * 1024
DATABASE_MAY_DIFFER = timedelta(seconds=5)
_NOT_KEPT = 5  # TIME_ERROR of adjtimex(2): nothing sets this clock right


def ask(look: Callable[[], Finding], name: str) -> Finding:
    """What a look says; that it cannot be known, where the database is away."""
    try:
        return look()
    except PeeweeException:
        return Finding(name.strip("_").replace("_", " "), WRONG, "Not known without the database.")


def folder(settings: Settings) -> Finding:
    path = settings.data_dir
    if not path.is_dir() or not os.access(path, os.W_OK):
        return Finding("data folder", WRONG, f"{path} cannot be written to. Set PORTAL_DATA_DIR, or make it.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding("data folder", DOUBTFUL, f"Others on this machine may look into {path}.", f"chmod 700 {path}")
    return Finding("data folder", GOOD, f"{path} is the portal's own.")


def room(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir if settings.data_dir.is_dir() else "/").free
    words = f"{free // 1024**3:,} GB are free." if free >= 1024**3 else f"{free // 1024**2:,} MB are free."
    if free < LEAST_ROOM:
        helps = f"du -xh --max-depth=2 {settings.data_dir} | sort -h | tail"
        return Finding("disk", WRONG, f"Only {words} Make room: without it nothing can be saved.", helps)
    return Finding("disk", GOOD, words)


def database(settings: Settings) -> Finding:
    kind = "SQLite" if settings.database_url.startswith("sqlite") else "PostgreSQL"
    try:
        with db.connected():
            missing = migrate.pending()
    except PeeweeException as error:
        return Finding("database", WRONG, f"{kind} cannot be used: {str(error).strip().splitlines()[0]}")
    if missing:
        return Finding("database", WRONG, f"{kind} is not at this program's schema: run portal migrate.")
    return Finding("database", GOOD, f"{kind} answers and is at this program's schema.")


def queue(settings: Settings) -> Finding:
    try:
        redis = Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=2)
        redis.ping()
        keeps = redis.config_get("appendonly").get("appendonly")
    except (RedisError, OSError) as error:
        how = "Is portal up running?" if settings.uses_embedded_redis else "Look at REDIS_URL."
        return Finding("queue", WRONG, f"Redis cannot be reached ({type(error).__name__}). {how}")
    if keeps != "yes":
        return Finding(
            "queue", DOUBTFUL, "Redis keeps nothing on disk; set appendonly yes. Nothing is lost without it."
        )
    return Finding("queue", GOOD, "Redis answers.")


def processes(settings: Settings) -> Finding:
    try:
        with db.connected():
            silent = [name for name in (pulse.SCHEDULER, pulse.WORKERS) if not pulse.lives(name)]
    except PeeweeException:
        return Finding("processes", WRONG, "Nobody can work without the database.")
    if silent:
        minutes = pulse.LONGEST_SILENCE.seconds // 60
        return Finding(
            "processes",
            WRONG,
            f"No sign of life from {' and '.join(silent)} for {minutes} minutes: nothing is sent.",
            "systemctl restart in-contact",
        )
    return Finding("processes", GOOD, "Scheduler and workers give signs of life.")


def keys(settings: Settings) -> Finding:
    """Whether the keys, and the file that may hold them and the passwords, can be read by the portal only (R57)."""
    own = settings.data_dir / "keys"
    for path in (Path(".env").resolve(), *(sorted(own.iterdir()) if own.is_dir() else ())):
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Finding("keys", WRONG, f"Others on this machine may read {path}.", f"chmod 600 {path}")
    if settings.secret_keys[0].encode() in settings.address_keys.values():
        return Finding("keys", DOUBTFUL, "PORTAL_SECRET_KEY and PORTAL_ADDRESS_KEY are the same: make another one.")
    where = f"in {own}" if own.is_dir() else "in the environment"
    return Finding("keys", GOOD, f"They are {where}, cannot be guessed, and only the portal may read them.")


def database_password(settings: Settings) -> Finding:
    """Whether somebody else on this machine, or on the way, could open the database (R57)."""
    name = "database password"
    if settings.database_url.startswith("sqlite"):
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Finding(name, WRONG, f"Others on this machine may read {path}.", f"chmod 600 {path}")
        return Finding(name, GOOD, "SQLite has none; only the portal may read its file.")
    parts = urlsplit(settings.database_url)
    if not parts.hostname or parse_qs(parts.query).get("host", [""])[0].startswith("/"):
        return Finding(name, GOOD, "PostgreSQL is reached by a socket of this machine, which knows who asks.")
    password = unquote(parts.password or "")
    if password.lower() in POOR_PASSWORDS or len(password) < SHORTEST_SERVER_PASSWORD:
        words = f"That of DATABASE_URL is missing or easy to guess: at least {SHORTEST_SERVER_PASSWORD} characters."
        return Finding(name, WRONG, words, "openssl rand -hex 24")
    return Finding(name, GOOD, "That of DATABASE_URL is long enough not to be guessed.")


def clock(_settings: Settings) -> Finding:
    """Whether the time is right: codes, links, leases and backups go by it."""
    with db.connected():
        apart = abs(now() - (db.time_of_server() or now()))
        beaten = pulse.last(pulse.SCHEDULER)
    if apart > DATABASE_MAY_DIFFER:
        return Finding("clock", WRONG, f"It is {apart.seconds} seconds apart from the database server's.")
    if beaten is not None and beaten > now() + timedelta(minutes=1):
        return Finding("clock", WRONG, f"It was put back: the scheduler worked at {beaten:%d %b %Y %H:%M} UTC.")
    if not _is_kept_right():
        words = "Nothing sets it right: second factors and links go by it."
        return Finding("clock", DOUBTFUL, words, "apt-get install systemd-timesyncd")
    return Finding("clock", GOOD, f"It is {now():%d %b %Y %H:%M} UTC and kept right.")


def _is_kept_right() -> bool:
    """What the kernel says of its own clock. Where it cannot be asked, nothing is said against it."""
    room = ctypes.create_string_buffer(512)  # struct timex, zeros: only ask
    return int(ctypes.CDLL(None).adjtimex(room)) != _NOT_KEPT

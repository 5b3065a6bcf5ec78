"""`portal doctor`: looks at the whole installation and says what is right, what is doubtful and what is wrong."""

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from peewee import PeeweeException
from redis import Redis, RedisError

from portal.accounts import places
from portal.config import Settings
from portal.core import db
from portal.core.clock import now
from portal.delivery import transport
from portal.delivery.pace import BadLimit, Limit
from portal.documents import keeping, pdf
from portal.gateways import geoip, imap
from portal.gateways.countries import name_of
from portal.gateways.smtp import BadServer, answers
from portal.run import migrate, outside, pulse
from portal.signin import telling

GOOD, DOUBTFUL, WRONG = "good", "doubtful", "wrong"
LEAST_ROOM = 500 * 1024 * 1024
OLDEST_COUNTRIES = timedelta(days=30)
LEAST_DAYS = 14  # of a certificate


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do where it is not good."""

    name: str
    level: str
    words: str


def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order of what depends on what. Changes nothing, and sends nothing."""
    return [_look(look, settings) for look in LOOKS]


def _look(look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except PeeweeException:
        return Finding(look.__name__.strip("_").replace("_", " "), WRONG, "Not known without the database.")


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding("data folder", WRONG, f"{folder} cannot be written to. Set PORTAL_DATA_DIR, or make it.")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding("data folder", DOUBTFUL, f"Others on this machine may look into {folder}: chmod 700 {folder}")
    return Finding("data folder", GOOD, f"{folder} is the portal's own.")


def _room(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir if settings.data_dir.is_dir() else "/").free
    words = f"{free // 1024**3:,} GB are free." if free >= 1024**3 else f"{free // 1024**2:,} MB are free."
    if free < LEAST_ROOM:
        return Finding("disk", WRONG, f"Only {words} Make room: without it nothing can be saved.")
    return Finding("disk", GOOD, words)


def _database(settings: Settings) -> Finding:
    kind = "SQLite" if settings.database_url.startswith("sqlite") else "PostgreSQL"
    try:
        with db.db.connection_context():
            missing = migrate.pending()
    except PeeweeException as error:
        return Finding("database", WRONG, f"{kind} cannot be used: {str(error).strip().splitlines()[0]}")
    if missing:
        return Finding("database", WRONG, f"{kind} is not at this program's schema: run portal migrate.")
    return Finding("database", GOOD, f"{kind} answers and is at this program's schema.")


def _redis(settings: Settings) -> Finding:
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


def _processes(settings: Settings) -> Finding:
    try:
        with db.db.connection_context():
            silent = [name for name in (pulse.SCHEDULER, pulse.WORKERS) if not pulse.lives(name)]
    except PeeweeException:
        return Finding("processes", WRONG, "Nobody can work without the database.")
    if silent:
        minutes = pulse.LONGEST_SILENCE.seconds // 60
        return Finding(
            "processes", WRONG, f"No sign of life from {' and '.join(silent)} for {minutes} minutes: nothing is sent."
        )
    return Finding("processes", GOOD, "Scheduler and workers give signs of life.")


def _mail(settings: Settings) -> Finding:
    try:
        Limit.from_text(settings.smtp_limit)
    except BadLimit as error:
        return Finding("mail", WRONG, str(error))
    if settings.smtp_url is None:
        return Finding("mail", DOUBTFUL, "SMTP_URL is not set: mail only goes to the built-in catcher.")
    try:
        problem = answers(transport.server())
    except BadServer as error:
        problem = str(error)
    return Finding("mail", WRONG, problem) if problem else Finding("mail", GOOD, "The mail server lets us in.")


def _returned(settings: Settings) -> Finding:
    """Whether undeliverable mail comes back to us."""
    name = "returned mail"
    if not settings.bounce_address:
        words = (
            "BOUNCE_ADDRESS is not set: mail that cannot be delivered later on goes back to the sender's mailbox only."
        )
        return Finding(name, DOUBTFUL, words)
    if settings.bounce_url:
        try:
            problem = imap.answers(imap.Mailbox.from_url(settings.bounce_url))
        except imap.BadMailbox as error:
            problem = str(error)
        return (
            Finding(name, WRONG, problem) if problem else Finding(name, GOOD, "The mailbox of BOUNCE_URL lets us in.")
        )
    if settings.bounce_listen:
        return Finding(name, GOOD, f"It is taken at {settings.bounce_listen}.")
    return Finding(
        name, DOUBTFUL, "BOUNCE_ADDRESS is set, but neither BOUNCE_URL nor BOUNCE_LISTEN: pipe it to portal bounce."
    )


def _documents(settings: Settings) -> Finding:
    """Whether what people upload can be kept, and looked at."""
    trouble = keeping.store_trouble()
    if trouble:
        return Finding("documents", WRONG, f"{trouble} No document can be kept; look at STORAGE_URL.")
    where = settings.storage_url or "the data folder"
    if not pdf.can_draw():
        words = f"They are kept in {where}. Pages of PDF files are not shown: install the extra preview."
        return Finding("documents", DOUBTFUL, words)
    return Finding("documents", GOOD, f"They are kept in {where}, and pages of PDF files can be shown.")


def _malware(settings: Settings) -> Finding:
    """Whether what people upload is looked at."""
    if not keeping.has_scanner():
        words = "CLAMD_URL is not set: no scanner looks at documents for malware before they are handed out."
        return Finding("malware", DOUBTFUL, words)
    trouble = keeping.scanner_trouble()
    if trouble:
        return Finding("malware", WRONG, f"{trouble} Uploads wait and cannot be opened.")
    return Finding("malware", GOOD, "The scanner answers.")


def _countries(settings: Settings) -> Finding:
    """Whether the data that tells countries apart can be read, and how old it is."""
    name = "country data"
    problem = geoip.is_readable()
    if problem:
        return Finding(name, WRONG, f"{problem} Nobody can sign in from outside: run portal geo update.")
    made = geoip.built()
    open_to = ", ".join(sorted(map(name_of, places.of_installation())))
    words = f"Of {made}; open to {open_to}."
    if now().date() - made > OLDEST_COUNTRIES:
        return Finding(name, DOUBTFUL, f"{words} Networks move: run portal geo update.")
    return Finding(name, GOOD, words)


def _support(settings: Settings) -> Finding:
    recipients = telling.recipients()
    if not recipients:
        return Finding("support", DOUBTFUL, "Nobody is told of break-ins: set PORTAL_SUPPORT_EMAIL.")
    return Finding("support", GOOD, f"{len(recipients)} told when somebody tries to break in.")


def _breached(settings: Settings) -> Finding:
    path = settings.breached_passwords
    if path is None:
        return Finding("passwords", GOOD, "The built-in list of common passwords is used.")
    if not os.access(path, os.R_OK):
        return Finding("passwords", WRONG, f"PORTAL_BREACHED_PASSWORDS: {path} cannot be read.")
    return Finding("passwords", GOOD, f"{path} is used beside the built-in list.")


def _address(settings: Settings) -> Finding:
    """The public name: encrypted, with a certificate that others believe, kept to by browsers."""
    if settings.is_https:
        return _encryption(settings)
    if any(name in settings.base_url for name in ("//localhost", "//127.0.0.1")):
        return Finding("address", DOUBTFUL, f"{settings.base_url} is only for this machine. Set PORTAL_BASE_URL.")
    return Finding("address", WRONG, f"{settings.base_url} is not encrypted: passwords can be read on the way.")


def _encryption(settings: Settings) -> Finding:
    try:
        answer = outside.ask(settings, "/healthz")
    except outside.Unreachable as error:
        return Finding("address", WRONG, f"Under {settings.base_url} {error}.")
    kept = answer.headers.get("strict-transport-security", "")
    if "includesubdomains" not in kept.lower():
        return Finding(
            "address", WRONG, "The proxy takes Strict-Transport-Security away, or does not reach the portal."
        )
    if answer.days_left is not None and answer.days_left < LEAST_DAYS:
        return Finding("address", DOUBTFUL, f"The certificate ends in {answer.days_left} days.")
    try:
        plain = outside.ask(settings, "/", encrypted=False)
    except outside.Unreachable:
        return Finding("address", GOOD, f"{settings.base_url} is encrypted ({answer.tls}); nothing listens on port 80.")
    if plain.status not in (301, 308) or not plain.headers.get("location", "").startswith("https://"):
        return Finding("address", WRONG, "Port 80 answers pages without encryption; it must only lead to https.")
    return Finding("address", GOOD, f"{settings.base_url} is encrypted ({answer.tls}); port 80 leads there.")


def _true_address(settings: Settings) -> Finding:
    """Whether the portal knows from where a visitor comes, whatever he says himself (H01, H02)."""
    name = "true address"
    if not settings.is_https:
        return Finding(name, GOOD, "No proxy is in front; the connection's own address counts.")
    try:
        seen, is_near = outside.seen_address(settings)
    except outside.Unreachable as error:
        return Finding(name, WRONG, f"Not known: {error}.")
    if seen == "unknown":
        words = "The proxy in front is not listed: set PORTAL_TRUSTED_PROXIES, such as 127.0.0.1. Nobody can sign in."
        return Finding(name, WRONG, words)
    if seen == outside.FORGED and not is_near:
        words = "A visitor can say from where he comes: let the proxy append the true address to X-Forwarded-For."
        return Finding(name, WRONG, words)
    if seen in ("127.0.0.1", "::1"):
        words = "Visitors seem to be this machine itself: let the proxy append their address to X-Forwarded-For."
        return Finding(name, WRONG, words)
    if outside.is_port_open_to_others(settings.port):
        words = f"Port {settings.port} can be reached past the proxy: let PORTAL_BIND be 127.0.0.1, or close it."
        return Finding(name, WRONG, words)
    if is_near:
        return Finding(
            name,
            DOUBTFUL,
            "Asked from this machine itself, where a forged address cannot be told. Look again from another one.",
        )
    return Finding(name, GOOD, "Forged headers are not believed, and the web server itself is closed to others.")


def _foreign_name(settings: Settings) -> Finding:
    try:
        answer = outside.ask(settings, "/healthz", {"Host": "evil.example"})
    except outside.Unreachable:
        return Finding("foreign name", GOOD, "A request for another name is not answered.")
    if answer.status < 400:
        return Finding("foreign name", WRONG, "A request for another name is answered: the proxy must hand on Host.")
    return Finding("foreign name", GOOD, "A request for another name is refused.")


LOOKS: tuple[Callable[[Settings], Finding], ...] = (
    _folder,
    _room,
    _database,
    _redis,
    _processes,
    _mail,
    _returned,
    _documents,
    _malware,
    _countries,
    _support,
    _breached,
    _address,
    _true_address,
    _foreign_name,
)

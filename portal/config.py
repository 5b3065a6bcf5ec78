"""All settings, read once from the environment (and a `.env` file) into one frozen object.

Refuses to start, in words, when something is missing or weak. Keys are made in the data folder only while the
database is SQLite; with a database server they are demanded, so that two hosts never sign with different keys.
"""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values

from portal.gateways import backup_places
from portal.gateways.clamd import BadScanner, Scanner
from portal.gateways.storage import BadStorage, from_url

SHORTEST_KEY = 32
FEWEST_CHARACTERS = 8  # different ones; a key made at random of 32 has many more
_PLACEHOLDERS = ("changeme", "change-me", "change_me", "example", "default", "insecure", "1234567890")
POOR_PASSWORDS = {"", "postgres", "password", "portal", "admin", "root", "redis", "changeme", "secret", "test"}
SHORTEST_SERVER_PASSWORD = 12


class BadSettings(ValueError):
    """The program cannot start with these settings. The message says what to change."""


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    base_url: str
    secret_keys: tuple[str, ...]  # the first signs, all verify
    address_keys: dict[str, bytes]  # version -> root key; the last one is used for new rows
    database_url: str
    redis_url: str
    smtp_url: str | None = None
    smtp_limit: str | None = None
    bounce_url: str | None = None
    bounce_address: str = ""  # without one, what comes back goes to the sender of the campaign
    bounce_listen: str = ""
    tracking: bool = True
    storage_url: str | None = None  # without one, documents lie in the data folder
    backup_url: str | None = None  # the second place of backups; the first is the data folder
    clamd_url: str | None = None
    support_email: str = ""
    metrics_token: str = ""  # lets a program read /metrics from another machine
    trusted_proxies: tuple[str, ...] = ()
    geoip_database: Path | None = None  # the operator's own; without one, the shipped one in the data folder
    allowed_countries: frozenset[str] = frozenset()  # none named: those of the organisations, South Africa always
    confirmed_countries: frozenset[str] = frozenset()  # of the ten that are allowed only when named twice
    allowed_networks: tuple[str, ...] = ()  # private networks whose people may sign in though no country is known
    breached_passwords: Path | None = None
    port: int = 8000
    testing: bool = False

    @property
    def socket_path(self) -> Path:
        """Where the embedded Redis listens, when REDIS_URL is unset."""
        return self.data_dir / "redis.sock"

    @property
    def uses_embedded_redis(self) -> bool:
        return self.redis_url.startswith("unix://") and self.redis_url.endswith(str(self.socket_path))

    @property
    def catcher_port_file(self) -> Path:
        return self.data_dir / "catcher.port"

    @property
    def country_database(self) -> Path:
        return self.geoip_database or self.data_dir / "country.mmdb"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings. `environ` replaces the process's environment and `.env` in tests."""
        if environ is None:
            environ = environment()
        data_dir = Path(environ.get("PORTAL_DATA_DIR") or "data").resolve()
        port = _port(environ.get("PORT") or "8000")
        database_url = database_at(environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'portal.sqlite3'}")
        redis_url = environ.get("REDIS_URL") or f"unix://{data_dir / 'redis.sock'}"
        _check_server(redis_url, "REDIS_URL")
        may_make = database_url.startswith("sqlite")
        secret = _key(environ, "PORTAL_SECRET_KEY", data_dir / "keys" / "secret_key", may_make, versioned=False)
        address = _key(environ, "PORTAL_ADDRESS_KEY", data_dir / "keys" / "address_key", may_make, versioned=True)
        base_url = (environ.get("PORTAL_BASE_URL") or f"http://localhost:{port}").rstrip("/")
        if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc:
            raise BadSettings("PORTAL_BASE_URL must be the address people type, such as https://contacts.example.org.")
        bounce_url, bounce_address, bounce_listen = _returns(environ)
        return cls(
            data_dir=data_dir,
            base_url=base_url,
            secret_keys=_secret_keys(secret),
            address_keys=_address_keys(address),
            database_url=database_url,
            redis_url=redis_url,
            smtp_url=environ.get("SMTP_URL") or None,
            smtp_limit=environ.get("SMTP_LIMIT") or None,
            bounce_url=bounce_url,
            bounce_address=bounce_address,
            bounce_listen=bounce_listen,
            tracking=(environ.get("PORTAL_TRACKING") or "on") != "off",
            storage_url=_checked(environ, "STORAGE_URL", lambda url: from_url(url, data_dir)),
            backup_url=_checked(environ, "BACKUP_URL", backup_places.from_url),
            clamd_url=_checked(environ, "CLAMD_URL", Scanner.from_url),
            support_email=_one_address(environ, "PORTAL_SUPPORT_EMAIL"),
            metrics_token=_token(environ, "PORTAL_METRICS_TOKEN"),
            trusted_proxies=_networks(environ, "PORTAL_TRUSTED_PROXIES"),
            geoip_database=_path(environ, "GEOIP_DATABASE"),
            allowed_countries=_countries(environ, "PORTAL_ALLOWED_COUNTRIES"),
            confirmed_countries=_countries(environ, "PORTAL_CONFIRMED_COUNTRIES"),
            allowed_networks=_networks(environ, "PORTAL_ALLOWED_NETWORKS"),
            breached_passwords=_path(environ, "PORTAL_BREACHED_PASSWORDS"),
            port=port,
        )


def database_at(url: str) -> str:
    """The address of a database as it is used. Raises BadSettings for one with which the portal does not start."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if urlsplit(url).scheme not in ("sqlite", "postgresql"):
        raise BadSettings("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    _check_server(url, "DATABASE_URL")
    return url


def environment() -> dict[str, str]:
    """The process's environment, and beneath it what stands in `.env`."""
    from_file = {k: v for k, v in dotenv_values(".env").items() if v is not None}
    return {**from_file, **os.environ}


def _returns(environ: Mapping[str, str]) -> tuple[str | None, str, str]:
    """How mail that could not be delivered comes back: the mailbox, the return address, where we listen for it."""
    url = environ.get("BOUNCE_URL") or None
    listen = environ.get("BOUNCE_LISTEN") or ""
    user = unquote(urlsplit(url).username or "") if url else ""
    address = environ.get("BOUNCE_ADDRESS") or (user if "@" in user else "")
    if url and urlsplit(url).scheme not in ("imap", "imaps"):
        raise BadSettings("BOUNCE_URL must begin with imap:// or imaps://.")
    if listen and urlsplit(listen).scheme not in ("lmtp", "smtp"):
        raise BadSettings("BOUNCE_LISTEN must begin with lmtp:// or smtp://, such as lmtp://127.0.0.1:2424.")
    if (url or listen) and not address:
        raise BadSettings("Set BOUNCE_ADDRESS, the address to which undeliverable mail comes back.")
    if address and (address.count("@") != 1 or not address.isascii() or len(address.partition("@")[0]) > 20):
        raise BadSettings(
            "BOUNCE_ADDRESS must be an address such as bounces@example.org, with at most 20 letters before @."
        )
    return url, address, listen


def _checked(environ: Mapping[str, str], name: str, read: Callable[[str], object]) -> str | None:
    """An address that its gateway understands, or none."""
    url = environ.get(name) or None
    try:
        return url if url is None or read(url) else None
    except (BadStorage, BadScanner, backup_places.BadPlace) as error:
        raise BadSettings(str(error)) from None


def _words(environ: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in (environ.get(name) or "").split(",") if word.strip()]


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]).resolve() if environ.get(name) else None


def _one_address(environ: Mapping[str, str], name: str) -> str:
    text = (environ.get(name) or "").strip()
    if text and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", text):
        raise BadSettings(f"{name} must be one address such as support@example.org, not {text!r}.")
    return text


def _token(environ: Mapping[str, str], name: str) -> str:
    text = (environ.get(name) or "").strip()
    if text and (len(text) < SHORTEST_KEY or _is_guessable(text)):
        raise BadSettings(f"{name} can be guessed. Make one at random, such as with: openssl rand -hex 32")
    return text


def _networks(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses and networks; a name or a slip of the pen would silently trust nobody, or everybody."""
    for word in _words(environ, name):
        try:
            network = ipaddress.ip_network(word, strict=False)
        except ValueError:
            raise BadSettings(f"{name} holds addresses or networks such as 10.0.0.0/8, not {word!r}.") from None
        if network.prefixlen == 0:
            raise BadSettings(f"{name} may not hold {word}: that is everybody.")
    return tuple(_words(environ, name))


def _countries(environ: Mapping[str, str], name: str) -> frozenset[str]:
    codes = [word.upper() for word in _words(environ, name)]
    for code in codes:
        if not re.fullmatch("[A-Z]{2}", code):
            raise BadSettings(f"{name} holds country codes of two letters such as ZA,NA, not {code!r}.")
    return frozenset(codes)


def _check_server(url: str, name: str) -> None:
    """A database or queue that is reached over a network needs a password that cannot be guessed (R57, J01)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host or parts.scheme in ("sqlite", "unix") or host in ("localhost", "127.0.0.1", "::1"):
        return
    password = unquote(parts.password or "")
    if password.lower() in POOR_PASSWORDS or len(password) < SHORTEST_SERVER_PASSWORD:
        raise BadSettings(
            f"The password in {name} is missing or too easy to guess: a server reached over a network needs one of "
            f"at least {SHORTEST_SERVER_PASSWORD} characters."
        )


def _is_guessable(key: str) -> bool:
    return len(set(key)) < FEWEST_CHARACTERS or any(word in key.lower() for word in _PLACEHOLDERS)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise BadSettings(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _key(environ: Mapping[str, str], name: str, path: Path, may_make: bool, *, versioned: bool) -> str:
    """The key from the environment, else from the data folder, where it may have been put back from a backup, else made
    there (SQLite only).
    """
    if environ.get(name):
        return environ[name]
    if not may_make and not path.exists():
        raise BadSettings(f"Set {name}: with a database server the keys are not made by themselves.")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = ("v1:" if versioned else "") + secrets.token_hex(32)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text + "\n")
        except FileExistsError:
            pass  # another process of the same installation made it a moment ago
    return path.read_text().strip()


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if not keys or min(map(len, keys)) < SHORTEST_KEY:
        raise BadSettings(f"PORTAL_SECRET_KEY must have at least {SHORTEST_KEY} characters; make one at random.")
    if any(map(_is_guessable, keys)):
        raise BadSettings("PORTAL_SECRET_KEY can be guessed. Make one at random, such as with: openssl rand -hex 32")
    return keys


def _address_keys(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        version, _, key = part.strip().partition(":")
        if not version.startswith("v") or not version[1:].isdigit() or len(key) < SHORTEST_KEY:
            raise BadSettings(
                f"PORTAL_ADDRESS_KEY must be v1:KEY or v1:KEY,v2:KEY with keys of {SHORTEST_KEY} characters."
            )
        if _is_guessable(key):
            raise BadSettings(
                "PORTAL_ADDRESS_KEY can be guessed. Make one at random, such as with: openssl rand -hex 32"
            )
        keys[version] = key.encode()
    return keys

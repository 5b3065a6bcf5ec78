"""Brings an installation back on an empty machine, from one archive and the recovery key (R63, I04, I07).

All of it is laid out beside the data folder's own place and made ready there: brought to this program's schema, who was
erased since erased again, who asked to be left alone left alone, campaigns paused, everybody signed out. Only then does
it move to where web and workers look, the database last; until then they refuse to start.
"""

import fcntl
import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from portal.activity import anchors, heads, log
from portal.backups import opening, rules, snapshot
from portal.backups.models import BAD, GOOD, RUNNING, Backup
from portal.backups.opening import NotRestored, Source
from portal.backups.proving import DOCUMENTS
from portal.commanding import installed
from portal.config import Settings, environment
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import disconnect, transaction
from portal.core.tenancy import Org
from portal.core.written import moment
from portal.delivery import restored as delivery
from portal.gateways import geoip
from portal.gateways.storage import from_url as store_of
from portal.run import migrate, readying
from portal.signin import restored as signin

KEYS = ("PORTAL_SECRET_KEY", "PORTAL_ADDRESS_KEY")
BEGUN = "database-begun"  # which database a restore began to fill


@dataclass
class Restored:
    """What was put back, and what somebody should look at."""

    archive: str
    made_at: str
    migrated: list[str] = field(default_factory=list)
    rows: int = 0
    documents: int = 0
    unread: list[dict[str, Any]] = field(default_factory=list)  # documents that could not be read when it was made
    removed: int = 0  # files that went while it was made
    journal: str = ""
    replayed: dict[str, dict[str, Any]] = field(default_factory=dict)
    paused: dict[str, dict[str, int]] = field(default_factory=dict)  # of each organisation, with what is not certain
    passed_over: list[str] = field(default_factory=list)  # newer files without a seal
    troubles: list[str] = field(default_factory=list)


def read_settings() -> Settings:
    """The settings of this machine, without making keys: those of the backup come."""
    environ = environment()
    passing = {"PORTAL_SECRET_KEY": secrets.token_hex(32), "PORTAL_ADDRESS_KEY": f"v1:{secrets.token_hex(32)}"}
    return Settings.from_environment({**passing, **{name: text for name, text in environ.items() if text}})


def restore(settings: Settings, source: Source, name: str, *, with_journal: bool = True) -> Restored:
    """Put the archive of this name back. Raises NotRestored: a second try minds nothing of it."""
    made_at = rules.made_at(name)
    if made_at is None:
        raise NotRestored(f"{name} is not what a backup is called.")
    if rules.is_own(name):
        raise NotRestored(f"{name} is of one organisation, into a portal that runs: portal restore-organisation.")
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(settings.data_dir):
        folder = settings.data_dir / "restoring"
        again = _is_begun(settings, folder)
        _check_empty(settings, again)
        folder.mkdir(mode=0o700, exist_ok=True)
        _clear(folder, but=BEGUN if again else "")
        try:
            done = Restored(name, made_at.isoformat())
            manifest = opening.unpack(source, name, folder, store_of(settings.storage_url, folder))
            if with_journal:
                done.journal = opening.newest_journal(source, folder, [settings.data_dir / "erasures"])
            done.passed_over = source.passed_over
            there = _settings(settings, folder)
            _put_database(there, folder, manifest, done, again)
        except BaseException:
            if not _is_begun(settings, folder):
                shutil.rmtree(folder, ignore_errors=True)
            raise
        _make_ready(there, done, moment(made_at, rules.HOME))
        disconnect()
        _move(folder, settings.data_dir, _path(settings.database_url))
        if settings.geoip_database is None:
            geoip.install(settings.country_database)
    return done


def _clear(folder: Path, *, but: str = "") -> None:
    for path in folder.iterdir():
        if path.name == but:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _is_begun(settings: Settings, folder: Path) -> bool:
    """Whether the database of these settings is one that a restore began to fill: what is in it may be cleared away."""
    note = folder / BEGUN
    return note.exists() and note.read_text() == _mark(settings)


def _note_begun(settings: Settings, folder: Path) -> None:
    (folder / BEGUN).write_text(_mark(settings))


def _mark(settings: Settings) -> str:
    return hashlib.sha256(settings.database_url.encode()).hexdigest()


def _check_empty(settings: Settings, again: bool) -> None:
    if snapshot.is_sqlite(settings.database_url):
        path = _path(settings.database_url)
        if path.exists():
            raise NotRestored(f"There is a database already: {path}. Move it away first; nothing is overwritten.")
    elif not again and snapshot.has_tables(settings.database_url):
        raise NotRestored("The database of DATABASE_URL is not empty. Name an empty one; nothing is overwritten.")


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _settings(settings: Settings, folder: Path) -> Settings:
    """Those of the installation while it is being made ready, with the keys of the backup."""
    path = folder / "keys" / "address_key"
    if not path.exists():
        raise NotRestored("The backup holds no key of addresses.")
    environ = {"PORTAL_ADDRESS_KEY": path.read_text().strip(), "PORTAL_SECRET_KEY": secrets.token_hex(32)}
    keys = Settings.from_environment(environ).address_keys
    own = environment().get("PORTAL_ADDRESS_KEY")
    if own and settings.address_keys != keys:
        raise NotRestored("PORTAL_ADDRESS_KEY is not that of the backup. Take it away: the backup brings its own.")
    url = settings.database_url
    if snapshot.is_sqlite(url):
        url = f"sqlite:///{folder / snapshot.SQLITE}"
    elif not environment().get("PORTAL_SECRET_KEY"):
        with opening.private(folder / "keys" / "secret_key") as file:
            file.write(secrets.token_hex(32).encode() + b"\n")
    return replace(settings, data_dir=folder, database_url=url, address_keys=keys)


def _put_database(there: Settings, folder: Path, manifest: dict[str, Any], done: Restored, again: bool) -> None:
    readying.check_schema(manifest)
    kind = snapshot.SQLITE if snapshot.is_sqlite(there.database_url) else snapshot.POSTGRESQL
    path = folder / kind
    if not path.exists():
        other = "PostgreSQL" if kind == snapshot.SQLITE else "SQLite"
        raise NotRestored(f"This backup is of {other}; DATABASE_URL names another kind of database.")
    if kind == snapshot.POSTGRESQL:
        _note_begun(there, folder)
    try:
        contents = snapshot.loaded(path, there.database_url, again=again)
    except snapshot.NotTaken as error:
        raise NotRestored(str(error)) from None
    if contents.told != {name: manifest.get(name) for name in contents.told}:
        raise NotRestored("The database put back is not what the manifest says.")
    there_are = {file.place for file in contents.files if DOCUMENTS + file.place in manifest["files"]}
    done.rows, done.documents = sum(contents.tables.values()), len(there_are)
    done.unread = manifest.get("unread", [])
    done.removed = len(contents.files) - len(there_are) - len(done.unread)
    if kind == snapshot.POSTGRESQL:
        path.unlink()


def _make_ready(there: Settings, done: Restored, made: str) -> None:
    done.migrated = migrate.migrate(there.database_url)
    disconnect()
    with installed(there):
        signin.forget_everybody()
        delivery.hold_of_portal()
        Backup.update(state=BAD, words="It was broken off.").where(
            Backup.state == RUNNING, Backup.name != done.archive
        ).execute()
        Backup.update(state=GOOD, ended_at=now(), unread=done.unread).where(Backup.name == done.archive).execute()
        for org in list(Org.select().order_by(Org.id)):
            with acting_as(system(org.id)), shutting.let_in(org.id):
                head = heads.current()
                anchors.cut_after(head.seq if head else 0)
                readied = readying.make_ready(made)
                done.replayed[org.slug] = asdict(readied.replayed)
                if readied.replayed.trouble:
                    done.troubles.append(f"{org.slug}: {readied.replayed.trouble}")
                if readied.paused:
                    done.paused[org.slug] = readied.paused
                with transaction():
                    log.write("organisation.restored", reason=f"the backup of {made}")
        done.troubles += [
            f"{org.slug} was shut when this backup was made, and stays so: it was being put back from {org.restoring}. "
            f"Begin that anew: portal restore-organisation --org {org.slug} --archive {org.restoring} --key -"
            for org in shutting.shut()
        ]


def _move(folder: Path, data_dir: Path, target_of_database: Path) -> None:
    """To where web and workers look. What was there is put aside, not thrown away. The database goes last, and with it
    the last of what the folder holds: an empty one stops nobody.
    """
    aside = data_dir / f"before-{folder.name}-{now():%Y%m%d-%H%M%S}"
    database = folder / snapshot.SQLITE
    if database.exists():
        snapshot.settle(database)
    for path in sorted(folder.iterdir()):
        if path.name.startswith((snapshot.SQLITE, BEGUN)):
            continue
        target = data_dir / path.name
        if target.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            target.rename(aside / path.name)
        path.rename(target)
    _clear(folder, but=snapshot.SQLITE)
    if database.exists():
        database.rename(target_of_database)
    folder.rmdir()


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """While this lasts, `portal up` does not start here, nor another restore."""
    with (data_dir / "portal.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotRestored(f"The portal is running on the data folder {data_dir}. Stop it first.") from None
        file.truncate(0)
        yield

"""Puts one organisation back from a backup while the others go on (R60, security.md 2.7).

Everything that can refuse is looked at before anything is changed. Then the organisation is shut, its rows are taken
out and those of the archive put in, and what must hold after every restore is done; it opens in the transaction in
which the restore itself is written down. Killed anywhere, it stays shut, and the same command begins anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal.activity import log
from portal.backups import opening, rules, snapshot
from portal.backups.archive import Nowhere
from portal.backups.models import GOOD, Backup
from portal.backups.opening import NotRestored, Source
from portal.backups.proving import DOCUMENTS
from portal.commanding import installed
from portal.config import Settings
from portal.consent import restored as consent
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.db import disconnect, learn_sizes, scrub, transaction
from portal.core.tenancy import Org
from portal.core.written import moment
from portal.delivery.seals import RESTORED
from portal.run import (
    migrate,
    organisation_aside,
    organisation_files,
    organisation_people,
    organisation_record,
    organisation_shut,
    organisation_trust,
    readying,
)
from portal.run import organisation_rows as rows
from portal.run.organisation_aside import Aside
from portal.run.organisation_people import People

# Of the organisation's own row: its name in addresses, what the host decides, and how and from where its people sign in
# are not taken back.
STAYS = frozenset(
    {
        "id", "slug", "is_sample", "document_quota", "suspended_at", "suspended_reason", "restoring", "created_at",
        "countries", "requires_factor",
    }
)  # fmt: skip


@dataclass
class PutBack:
    """What was put back, and what somebody should look at."""

    organisation: str
    archive: str
    made_at: str
    rows: int = 0
    documents: int = 0  # that the machine had lost
    replayed: dict[str, Any] = field(default_factory=dict)
    restricted: int = 0  # contacts, again
    paused: dict[str, int] = field(default_factory=dict)
    people: People = field(default_factory=People)
    troubles: list[str] = field(default_factory=list)


def newest(source: Source) -> str:
    """The newest good backup that this key opens. Raises NotRestored."""
    listed = source.place.names()
    query = Backup.select().where(Backup.state == GOOD, Backup.recipient == source.key.recipient)
    for row in query.order_by(Backup.started_at.desc()):
        if row.name in listed:
            return str(row.name)
    raise NotRestored(f"No good backup in {source.place.words} was made for this key. Name one: --archive NAME")


def restore(settings: Settings, slug: str, source: Source, name: str) -> PutBack:
    """Put the organisation back as it is in the archive of this name. Raises NotRestored."""
    made_at = rules.made_at(name)
    if made_at is None:
        raise NotRestored(f"{name} is not what a backup is called.")
    done = PutBack(slug, name, made_at.isoformat())
    with organisation_shut.folder(settings.data_dir) as folder:
        with installed(settings):
            organisation_trust.check(_named(slug), source, name)
        disconnect()
        manifest = _lay_out(source, name, folder)
        with _database(settings, folder, manifest) as url, installed(settings), organisation_aside.opened(url) as aside:
            org = _named(slug)
            _check_same(aside, org)
            with acting_as(system(org.id)), shutting.let_in(org.id):
                _put_back(settings, org, aside, folder, source, done, moment(made_at, rules.HOME))
                learn_sizes()
                scrub(rows.tables())
    return done


def _lay_out(source: Source, name: str, folder: Path) -> dict[str, Any]:
    """All of the archive but its documents; with that every byte of it is compared."""

    def sink(member: str, _size: int) -> Any:
        if member.startswith(DOCUMENTS):
            return Nowhere()
        return opening.private(folder / opening.allowed(member))

    return source.open(name, sink)


@contextmanager
def _database(settings: Settings, folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """The archive's database beside the live one, brought to this program's schema."""
    readying.check_schema(manifest)
    kind = snapshot.SQLITE if (folder / snapshot.SQLITE).exists() else snapshot.POSTGRESQL
    if kind == snapshot.POSTGRESQL and snapshot.is_sqlite(settings.database_url):
        raise NotRestored("This backup is of PostgreSQL; DATABASE_URL names another kind of database.")
    try:
        with snapshot.beside(folder / kind, settings.database_url, organisation_shut.BESIDE) as (url, contents):
            if contents.told != {name: manifest.get(name) for name in contents.told}:
                raise NotRestored("The database in the backup is not what the manifest says.")
            migrate.migrate(url)
            organisation_files.name_imports(settings.data_dir)
            disconnect()
            yield url
    except snapshot.NotTaken as error:
        raise NotRestored(str(error)) from None


def _named(slug: str) -> Org:
    org = Org.get_or_none(Org.slug == slug)
    if org is None:
        raise NotRestored(f"There is no organisation called {slug!r}.")
    return org


def _check_same(aside: Aside, org: Org) -> None:
    found = aside.ask("SELECT created_at, restoring FROM org WHERE id = ?", (org.id,))
    if not found or Org.created_at.python_value(found[0][0]) != org.created_at:
        raise NotRestored(f"{org.name} is not in this backup: it was begun later, or elsewhere. Nothing was changed.")
    if found[0][1]:
        raise NotRestored("When this backup was made the organisation was being put back itself: take an older one.")


def _put_back(
    settings: Settings, org: Org, aside: Aside, folder: Path, source: Source, done: PutBack, made: str
) -> None:
    names = rows.tables()
    record = organisation_record.compare(aside)
    rows.check_ids(aside, org.id, [*names, organisation_people.TABLE, organisation_record.TABLE])
    its_journal = organisation_files.journal_of(folder, org.id)

    shutting.shut_for(org.id, done.archive)
    if its_journal is not None:
        organisation_files.bring_journal(its_journal)
        done.troubles.append(
            "The journal of erasures on this machine was lost or cut, and that of the backup was taken. Who was erased,"
            f" or asked to be left alone, after {made} may have come back: the record of the organisation tells of it."
        )
    rows.keep_ids(aside, org.id, names)
    rows.take_out(org.id, names)
    done.rows = rows.put_in(aside, org.id, names)
    _put_back_details(aside, org.id)
    done.people = organisation_people.put_back(aside, org.id)
    organisation_files.bring_imports(aside, org.id, folder, settings.data_dir)
    wanted = organisation_files.missing(aside, org.id)
    if wanted:
        lost = organisation_files.bring_documents(source, done.archive, folder, wanted)
        done.documents = len(wanted) - len(lost)
        done.troubles += [
            f"The document {place[:8]} is not whole here, and could not be had from the backup." for place in lost
        ]
    if record.damage:
        given_up = organisation_record.mend(aside, record)
        lost_entries = "1 entry is" if given_up == 1 else f"{given_up:,} entries are"
        done.troubles.append(
            f"The record was damaged and was mended from the backup; {lost_entries} lost. {record.damage}"
        )
    readied = readying.make_ready(made)
    done.replayed, done.paused = asdict(readied.replayed), readied.paused
    done.restricted = consent.restrict_again(record.since)
    if readied.replayed.trouble:
        done.troubles.append(readied.replayed.trouble)
    with transaction():
        log.write(
            RESTORED, reason=f"the backup of {made}", since=record.since,
            again=len(done.people.again), no_more=len(done.people.no_more),
        )  # fmt: skip
        shutting.open_again(org.id)


def _put_back_details(aside: Aside, org_id: int) -> None:
    columns = [name for name in organisation_aside.columns_of("org") if name not in STAYS]
    row = aside.one_of("org", org_id, columns)
    with transaction():
        named = ", ".join(f'"{name}" = ?' for name in columns)
        organisation_aside.tell(f"UPDATE org SET {named} WHERE id = ?", (*row, org_id))  # noqa: S608

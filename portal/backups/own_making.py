"""An organisation's own archive: its rows and its documents, readable, for its own key and the host's (R60). Nothing of
another organisation is in it, and not the installation's keys.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from portal.backups import keys, locking, own_rows, snapshot, stores, writing
from portal.backups.archive import PIECE, Member, file_member
from portal.backups.files import spooled
from portal.backups.keys import Key
from portal.backups.losses import Losses, Unread, from_store, opened
from portal.backups.proving import DOCUMENTS, Expected, prove
from portal.backups.snapshot import Contents, File, NotTaken
from portal.core.tenancy import Org
from portal.documents.rules import TYPES

_ENDINGS = {one.media_type: one.endings[0] for one in TYPES.values() if one.endings}


def make(name: str, key: Key, org_id: int, url: str, folder: Path) -> dict[str, Any]:
    """Make the archive of this name out of the copy of the database at this address; what is kept of it."""
    identity = locking.new_identity()
    database = folder / snapshot.SQLITE
    contents = own_rows.take_out(url, org_id, database)
    _check_open(database)
    files = _named(contents, database)
    losses, facts = Losses(len(files)), dict[str, Any]()

    def told() -> dict[str, Any]:
        facts["unread"] = losses.told()
        org = Org.get_by_id(org_id)
        return {"made": name, "organisation": {"id": org.id, "slug": org.slug}, **contents.told, **facts}

    others = [keys.current().recipient, str(identity.to_public())]
    seal = writing.write(name, _members(database, org_id, files, losses), told, folder, key, others)
    writing.spread(seal, key)
    there = {member: file for member, file in files.items() if file.place not in losses.places}
    prove(stores.own(), name, identity, Expected(contents, snapshot.SQLITE, there, is_readable=True))
    database.unlink()
    return {
        **writing.told_of(seal), **facts, "rows": sum(contents.tables.values()), "documents": len(there),
    }  # fmt: skip


def _check_open(database: Path) -> None:
    """Raises NotTaken for an organisation that was being put back when the copy was taken: half of it would be there,
    whatever is so by now.
    """
    with snapshot.reading(database) as rows:
        if rows("SELECT id FROM org WHERE restoring <> ''"):
            raise NotTaken("It was being put back from a backup when the copy was taken: the next one will hold it.")


def place_of(member: str) -> str:
    """The name in the store of a document in such an archive."""
    return PurePosixPath(member.removeprefix(DOCUMENTS)).stem


def _named(contents: Contents, database: Path) -> dict[str, File]:
    """What it holds of the store, each with the ending by which people open it. What the scanner holds back, or has not
    seen, is not handed out here either.
    """
    with snapshot.reading(database) as rows:
        types = dict(rows("SELECT place, media_type FROM document WHERE state = 'kept' AND place <> ''"))
    return {
        f"{DOCUMENTS}{file.place}{_ENDINGS.get(types.get(file.place, ''), '')}": file
        for file in contents.files
        if file.kind != "document" or file.place in types
    }


def _members(database: Path, org_id: int, files: dict[str, File], losses: Losses) -> Iterator[Member]:
    yield file_member(database.name, database)
    data_dir = stores.settings().data_dir
    for folder in ("anchors", "erasures"):
        path = data_dir / folder / f"{org_id}.jsonl"
        if path.is_file():
            yield file_member(f"{folder}/{path.name}", path)
    with snapshot.reading(database) as rows:
        waiting = [data_dir / "imports" / Path(path).name for (path,) in rows('SELECT path FROM "import"') if path]
    for path in waiting:
        if path.is_file():
            yield file_member(f"imports/{path.name}", path)
    for member, file in files.items():
        with spooled("making") as held:
            try:
                for piece in opened(file, from_store(file.place)):
                    held.write(piece)
            except Unread as unread:
                losses.note(file, unread.why)
                continue
            size = held.tell()
            held.seek(0)
            yield Member(member, size, iter(partial(held.read, PIECE), b""))

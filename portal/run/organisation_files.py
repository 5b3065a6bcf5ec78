"""The files of an organisation that is put back from a backup: those that its rows name and the machine has lost."""

import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.backups import losses, own_making, rules
from portal.backups.archive import PIECE, Nowhere, Sink
from portal.backups.losses import Unread
from portal.backups.opening import NotRestored, Source, private
from portal.backups.proving import DOCUMENTS
from portal.backups.snapshot import File
from portal.core.db import connected, transaction
from portal.core.sealing import Unopened, open_sealed
from portal.documents import keeping, sealed_files
from portal.privacy import journal
from portal.run.organisation_aside import Aside, ask, tell

JOURNALS, IMPORTS = "erasures", "imports"
IMPORT_NAME = re.compile(r"[0-9a-f]{32}")


def journal_of(folder: Path, org_id: int) -> Path | None:
    """Which journal of erasures is the newest: that of this machine (None), or the one laid out from the archive where
    the machine has lost its own, or the end of it. Raises NotRestored when they are not of one course.
    """
    laid_out = folder / JOURNALS / f"{org_id}.jsonl"
    if not laid_out.exists():
        return None
    own = journal.path()
    have, found = own.read_bytes() if own.exists() else b"", laid_out.read_bytes()
    if have.startswith(found):
        return None
    if found.startswith(have):
        return laid_out
    raise NotRestored("The journal of erasures on this machine is not that of this backup. Nothing was changed.")


def bring_journal(laid_out: Path) -> None:
    with private(journal.path()) as file:
        file.write(laid_out.read_bytes())


def name_imports(data_dir: Path) -> None:
    """In the archive's database, while that is the connected one and before anything of it is taken: whatever it says,
    a file that waits to be brought in lies in the data folder's own place, under a name as the portal gives them.
    """
    with connected(), transaction():
        for row_id, path in ask('SELECT id, path FROM "import"'):
            name = Path(path).name
            name = name if IMPORT_NAME.fullmatch(name) else "unknown"
            tell('UPDATE "import" SET path = ? WHERE id = ?', (str(data_dir / IMPORTS / name), row_id))


def bring_imports(aside: Aside, org_id: int, folder: Path, data_dir: Path) -> None:
    """Files that wait to be brought in."""
    for (path,) in aside.ask('SELECT path FROM "import" WHERE org_id = ?', (org_id,)):
        laid_out, target = folder / IMPORTS / Path(path).name, data_dir / IMPORTS / Path(path).name
        if path and laid_out.exists() and not target.exists():
            with private(target) as file:
                file.write(laid_out.read_bytes())


def missing(aside: Aside, org_id: int) -> dict[str, str]:
    """The files of the store that the archive's rows name and that are not there, or not what was kept, with their
    sealed keys. Each is read to its end.
    """
    documents = "SELECT place, sealed_key, sha256, 'document', id, org_id FROM document"
    exports = "SELECT place, sealed_key, '', 'export', id, org_id FROM export"
    found = [
        File(*row)
        for query in (documents, exports)
        for row in aside.ask(f"{query} WHERE org_id = ? AND place <> ''", (org_id,))
    ]
    return {file.place: file.sealed_key for file in found if not _is_there(file)}


def bring_documents(source: Source, name: str, folder: Path, wanted: dict[str, str]) -> list[str]:
    """Read the archive once more for these files, and put them into the store; those that could not be brought. In an
    organisation's own archive they are readable, and are sealed again by the key that its rows hold.
    """
    coming: dict[str, Path] = {}

    def sink(member: str, _size: int) -> Sink:
        place = own_making.place_of(member)
        if not member.startswith(DOCUMENTS) or place not in wanted:
            return Nowhere()
        coming[place] = folder / "coming" / place
        file: Any = private(coming[place])
        return file

    source.open(name, sink)
    brought = set()
    for place, path in coming.items():
        pieces = _pieces(path)
        try:
            if rules.is_own(name):
                pieces = sealed_files.sealed(b64decode(open_sealed(keeping.PURPOSE, wanted[place])), pieces)
            keeping.store().put_back(place, pieces)
            brought.add(place)
        except (OSError, Unopened):
            continue
        finally:
            path.unlink()
    return sorted(wanted.keys() - brought)


def _is_there(file: File) -> bool:
    try:
        losses.check(file, losses.from_store(file.place))
    except Unread:
        return False
    return True


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece

"""The morning after, with real processes: `python -m tests.drill --contacts 100000`, printed with its minutes (R63).

An installation that is sending is backed up; afterwards somebody is erased and somebody leaves. Then all of it is
wiped, and brought back in an empty folder from the place of the backups and the printed key alone.
"""

import argparse
import hashlib
import io
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.config import Settings
from portal.consent import suppressing
from portal.contacts.models import Contact, Email
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.delivery.models import WAITING, Delivery
from portal.documents import keeping
from portal.documents import service as documents
from portal.documents.models import Document
from portal.features import prepare
from portal.privacy import erasing
from tests.documents.files import pdf
from tests.kills import SLUG, Stage, is_up, stage, wait_until
from tests.sink import delivered

DOCUMENTS = 200
SLOWLY = "36000/hour"


def run(folder: Path, contacts: int) -> None:
    with stage(folder, contacts, limit=SLOWLY) as made:
        made.environ["BACKUP_URL"] = f"file://{folder}/bucket"
        (folder / "paper").write_text(made.portal("backup", "key")["key"])
        with inside(made):
            for number in range(DOCUMENTS):
                documents.add(io.BytesIO(pdf(f"Paper {number}")), f"paper {number}.pdf")
        made.start()
        wait_until(lambda: is_up(made), 60)
        made.portal("campaign", "start", 1, "--org", SLUG)
        wait_until(lambda: len(delivered(made.journal)) > 200, 300)
        begun = time.monotonic()
        archive = made.portal("backup", "create")
        say(f"{archive['name']}, {archive['state']}, {archive['size']:,} bytes, made while a campaign was sent", begun)
        assert archive["state"] == "good", archive
        erased, left, before = after_the_backup(made)
        lose(made)
        reached = set(delivered(made.journal))
        bring_back(made)
        compare(made, before, erased)
        stays_quiet(made, reached)
        goes_on(made, reached, {erased, left})


def after_the_backup(made: Stage) -> tuple[str, str, dict[str, str]]:
    """Whom the backup knows as he was: one is erased, one leaves. Their addresses, and a digest of everything else."""
    with inside(made):
        waits = Delivery.select(Delivery.contact_id, Delivery.address).where(Delivery.state == WAITING)
        one, other = waits.order_by(Delivery.id.desc()).limit(2)
        erasing.erase([one.contact_id])
        suppressing.suppress("email", other.address, "unsubscribed")
        before = digests()
    copied = time.monotonic()
    wait_until(lambda: newest(made, "erasures") > time.time() - (time.monotonic() - copied), 120)
    return one.address, other.address, before


def newest(made: Stage, words: str) -> float:
    found = [path.stat().st_mtime for path in (made.folder / "bucket").iterdir() if words in path.name]
    return max(found, default=0.0)


def lose(made: Stage) -> None:
    made.end()
    shutil.rmtree(made.environ["PORTAL_DATA_DIR"])
    made.environ["PORTAL_DATA_DIR"] = str(made.folder / "new machine")
    for name in ("PORTAL_ADDRESS_KEY", "PORTAL_SECRET_KEY", "SMTP_LIMIT"):  # the keys come with the archive
        del made.environ[name]


def bring_back(made: Stage) -> None:
    begun = time.monotonic()
    done = made.portal("restore", "--key", made.folder / "paper")
    say(f"{done['rows']:,} rows and {done['documents']} documents are back: {done['replayed']}", begun)
    assert done["troubles"] == []
    begun = time.monotonic()
    made.start()
    wait_until(lambda: is_up(made), 120)
    say("pages answer", begun)


def compare(made: Stage, before: dict[str, str], erased: str) -> None:
    with inside(made):
        now = digests()
        for document in Document.select():
            content = b"".join(keeping.pieces_of(document.place, document.sealed_key))
            assert hashlib.sha256(content).hexdigest() == document.sha256
    assert now == before, [name for name in before if before[name] != now[name]]
    for path in Path(made.environ["PORTAL_DATA_DIR"]).rglob("*"):
        assert not path.is_file() or erased.encode() not in path.read_bytes(), f"{path} still names who was erased"
    assert made.portal("log", "verify", "--org", SLUG)["ok"]
    print("every contact, address and document is as it was; who was erased is in no file; the record is whole")


def stays_quiet(made: Stage, reached: set[tuple[str, str]]) -> None:
    time.sleep(45)
    assert to_people(made) == {key for key in reached if key[1].startswith("p")}, "somebody was written to by itself"
    told = made.portal("campaign", "status", 1, "--org", SLUG)
    assert told["state"] == "paused", told
    print(f"the campaign is paused: {told}")


def goes_on(made: Stage, reached: set[tuple[str, str]], forbidden: set[str]) -> None:
    made.portal("campaign", "resume", 1, "--org", SLUG)
    wait_until(lambda: made.portal("campaign", "status", 1, "--org", SLUG)["state"] == "finished", 3600)
    later = {address for _, address in to_people(made) - reached}
    assert not later & forbidden, later & forbidden
    print(f"told to go on, it wrote to {len(later):,} more; to neither who was erased nor who had left")


def to_people(made: Stage) -> set[tuple[str, str]]:
    return {key for key in delivered(made.journal) if key[1].startswith("p")}


def digests() -> dict[str, str]:
    tables = {
        "contacts": Contact.select(Contact.id, Contact.first_name, Contact.last_name, Contact.erased_at.is_null()),
        "addresses": Email.select(Email.contact_id, Email.address),
        "documents": Document.select(Document.id, Document.filename, Document.sha256),
    }
    return {
        name: hashlib.sha256(repr(list(query.order_by(query.model.id).tuples())).encode()).hexdigest()
        for name, query in tables.items()
    }


@contextmanager
def inside(made: Stage) -> Iterator[None]:
    prepare(Settings.from_environment(made.environ))
    with db.connection_context(), acting_as(system(1)):
        yield


def say(words: str, begun: float) -> None:
    print(f"{(time.monotonic() - begun) / 60:5.1f} min  {words}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--contacts", type=int, default=20_000)
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), wishes.contacts)


if __name__ == "__main__":
    main()

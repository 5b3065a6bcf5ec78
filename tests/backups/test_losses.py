"""Documents that cannot be read cost no backup: the rest is in it, and they are named until they are put right."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.accounts.models import User
from portal.backups import losses, making, service, stores, telling
from portal.backups.models import Backup
from portal.backups.opening import Source
from portal.commanding import installed, use
from portal.config import Settings
from portal.core.actor import acting_as, system
from portal.core.tenancy import Org
from portal.core.watching import GOOD, WRONG
from portal.delivery.models import PortalMail
from portal.documents import service as documents
from portal.documents.models import Document
from portal.features import prepare
from portal.gateways.backup_places import Folder
from portal.run import restore, restore_cli, watch
from tests.backups.test_making import opened
from tests.backups.test_restoring import empty as empty
from tests.backups.test_restoring import read_keys
from tests.conftest import ClientOf, actor_of
from tests.documents.files import pdf


@pytest.fixture
def kept_documents(kept: Settings, recovery_key: str, org: Org) -> list[Document]:
    """Four documents of Hope House."""
    with acting_as(system(org.id)):
        return [documents.add(io.BytesIO(pdf()), f"paper {number}.pdf") for number in range(4)]


def lies(kept: Settings, document: Document) -> Path:
    return kept.data_dir / "documents" / document.place[:2] / document.place[2:4] / document.place


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])


def in_place_of_it_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("sabotage", "why"),
    [
        (Path.unlink, "missing"), (cut_off, "damaged"), (flip, "damaged"),
        (lambda path: path.write_bytes(b""), "damaged"), (in_place_of_it_a_folder, "cannot be read"),
    ],
)  # fmt: skip
def test_the_rest_is_good_and_the_document_is_named(
    kept: Settings, kept_documents: list[Document], recovery_key: str, sabotage: Callable[[Path], object], why: str
) -> None:
    ill = kept_documents[1]
    sabotage(lies(kept, ill))
    made = service.make()

    assert (made.state, made.words, made.documents) == ("good", "", 3)
    told = {"org": "hope-house", "org_id": ill.org_id, "kind": "document", "id": ill.id, "why": why}
    assert made.unread == [told]
    with opened(kept, made, recovery_key) as archive:
        assert json.load(archive.extractfile("manifest.json"))["unread"] == [told]
        assert len([name for name in archive.getnames() if name.startswith("documents/")]) == 3


def test_who_must_know_reads_it_until_it_is_put_right(
    kept: Settings, kept_documents: list[Document], olivia: User, client_of: ClientOf
) -> None:
    User.create(email="support@portal.example", name="Sipho", is_support=1)
    ill, path = kept_documents[1], lies(kept, kept_documents[1])
    whole = path.read_bytes()
    path.unlink()
    service.make()
    for _ in range(3):
        watch.look_after()

    found = telling.documents_backed_up()
    assert (found.level, found.words.partition(". ")[0]) == (
        WRONG, f"The last good backup is without 1 document: document {ill.id} of hope-house (missing)"
    )  # fmt: skip
    assert telling.backups().level == GOOD
    mails = [mail.message for mail in PortalMail.select() if "documents backed up" in mail.message]
    assert len(mails) == 1
    assert "without 1 document of yours" in reading(olivia)
    assert notices(olivia) == ["The last backup is without 1 document"]
    page = client_of(olivia).get("/settings/backups").text
    assert (f"/documents/{ill.id}" in page, "paper 1, missing" in page.replace("</a>", "")) == (True, True)

    path.write_bytes(whole)
    assert service.make().unread == []
    watch.look_after()

    assert telling.documents_backed_up().level == GOOD
    assert (reading(olivia).endswith("put back and compared."), notices(olivia)) == (True, [])
    assert len([mail for mail in PortalMail.select() if "documents backed up" in mail.message]) == 2


def reading(user: User) -> str:
    with acting_as(actor_of(user)):
        return telling.read().words


def notices(user: User) -> list[str]:
    with acting_as(actor_of(user)):
        return [notice.link for notice in telling.on_home()]


@pytest.mark.one_database
def test_support_reads_the_numbers_of_what_is_missing(
    kept: Settings, kept_documents: list[Document], client_of: ClientOf
) -> None:
    lies(kept, kept_documents[1]).unlink()
    service.make()
    page = client_of(User.create(email="sam@example.org", name="Sam", is_support=1)).get("/support/backups").text
    assert f"Without document {kept_documents[1].id} of hope-house (missing)" in page
    assert "paper 1" not in page


@pytest.mark.one_database
def test_another_organisation_reads_nothing_of_it(
    kept: Settings, kept_documents: list[Document], charlie: User, client_of: ClientOf
) -> None:
    lies(kept, kept_documents[1]).unlink()
    service.make()
    assert "without" not in reading(charlie)
    assert notices(charlie) == []
    assert "without these documents" not in client_of(charlie).get("/settings/backups").text


@pytest.mark.one_database
def test_once_the_document_is_removed_nobody_is_told_any_more(
    kept: Settings, kept_documents: list[Document], olivia: User
) -> None:
    lies(kept, kept_documents[1]).unlink()
    service.make()
    with acting_as(actor_of(olivia)):
        documents.remove(documents.find(kept_documents[1].id))
    assert notices(olivia) == []
    assert service.make().unread == []


@pytest.mark.one_database
def test_a_store_that_is_gone_makes_it_bad(kept: Settings, kept_documents: list[Document]) -> None:
    (kept.data_dir / "documents").rename(kept.data_dir / "elsewhere")
    made = making.create()
    assert (made.state, made.words) == (
        "bad", "The store of documents seems to be gone: 4 of 4 files cannot be read."
    )  # fmt: skip
    assert not list(stores.own().names())


@pytest.mark.one_database
def test_what_is_removed_while_it_is_made_is_not_lost(
    kept: Settings, kept_documents: list[Document], empty: Settings, recovery_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(prepare)
    right, going = losses.from_store, kept_documents[1]

    def from_store(place: str) -> Iterator[bytes]:
        with acting_as(system(going.org_id)):
            for row in Document.select().where(Document.id == going.id):
                documents.remove(row)
        return right(place)

    monkeypatch.setattr(making, "from_store", from_store)
    made = service.make()
    assert (made.state, made.unread, made.documents) == ("good", [], 3)

    done = restore.restore(empty, Source(stores.own(), recovery_key), made.name)
    assert (done.unread, done.removed, done.documents) == ([], 1, 3)


def test_a_restore_says_what_is_not_there(
    kept: Settings, kept_documents: list[Document], empty: Settings, recovery_key: str, second: Path
) -> None:
    use(prepare)
    ill = kept_documents[1]
    lies(kept, ill).unlink()
    made = service.make()
    source = Source(Folder(second), recovery_key)
    done = restore.restore(empty, source, made.name)

    assert (done.documents, done.removed) == (3, 0)
    assert f"are not in it: document {ill.id} of hope-house (missing)." in restore_cli.words(done, 1)
    with installed(replace(empty, address_keys=read_keys(empty))):
        assert Backup.get(Backup.name == made.name).unread == made.unread

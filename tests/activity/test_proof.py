"""The proof pack: everything held and done, checked by a stranger with the program that lies in it."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest

from portal.activity import anchors
from portal.activity.models import LogEntry
from portal.contacts import service as contacts
from portal.contacts.service import ContactNotFound
from portal.core.actor import acting_as, system
from portal.core.db import db, transaction
from portal.core.permissions import DataSet, Denied, Permission
from portal.delivery import seals
from portal.privacy import anchoring, erasing, proof, proof_holdings
from tests import schema
from tests.activity.chains import people, sent
from tests.conftest import actor_of

pytestmark = pytest.mark.one_database  # what it asks of a database is asked on both by others


@pytest.fixture
def thandis(org, olivia, thandi):
    """A sealed message to Thandi among others', a note, and what others did in between."""
    with acting_as(system(org.id)):
        contacts.add_note(contacts.find(thandi.id), "CNRYnote likes gardens")
        others = people(3)
        anchoring.anchor()
        seals.seal(sent([others[0], thandi.id, *others[1:]]))
        contacts.add(first_name="CNRYother")
        anchoring.anchor()
    return thandi.id


def packed(contact_id, actor, folder):
    made = io.BytesIO()
    with acting_as(actor):
        proof.make(contact_id, made)
    with zipfile.ZipFile(made) as whole:
        whole.extractall(folder)
    return folder


def stranger(folder, *words):
    """The program in an empty world: neither the portal nor its libraries."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *words]
    ended = subprocess.run(command, capture_output=True, text=True, cwd="/", env={}, timeout=30)
    return ended.returncode, ended.stdout + ended.stderr


def chain_of(folder):
    return json.loads((folder / "chain.json").read_text())


def write_chain(folder, data):
    """Change the pack as somebody does who knows how it is made: its list of files fits again."""
    raw = json.dumps(data).encode()
    (folder / "chain.json").write_bytes(raw)
    listed = json.loads((folder / "manifest.json").read_text())
    listed["chain.json"] = hashlib.sha256(raw).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(listed))


def test_a_stranger_verifies_the_pack_and_nobody_elses_words_are_in_it(thandis, olivia, tmp_path):
    folder = packed(thandis, actor_of(olivia), tmp_path / "pack")

    code, said = stranger(folder)

    assert code == 0, said
    entries = chain_of(folder)["entries"]
    assert f"{len(entries)} of them lead, link by link" in said
    assert "1 messages are the ones that were sealed" in said
    assert (folder / "record.pdf").read_bytes().startswith(b"%PDF")
    held = (folder / "held.json").read_text()
    for words in ("Thandi", "thandi@example.org", "+27825550134", "CNRYnote likes gardens", "Spring"):
        assert words in held
    everything = "".join(path.read_text(errors="replace") for path in folder.iterdir())
    assert "CNRYother" not in everything
    assert "p2@example.org" not in everything
    with acting_as(actor_of(olivia)):
        assert LogEntry.get(LogEntry.action == "contact.proof_made").contact_id == thandis
        noted = [anchor for anchor in anchors.read().anchors if anchor.seq >= entries[0]["seq"]]

    mark = f"{noted[-1].seq}:{noted[-1].hash}"
    assert "passes through" in stranger(folder, "--anchor", mark)[1]
    assert stranger(folder, "--anchor", f"{noted[-1].seq}:{'0' * 64}")[0] == 1


def test_one_byte_of_any_file_makes_it_fail(thandis, olivia, tmp_path):
    folder = packed(thandis, actor_of(olivia), tmp_path / "pack")
    for name in ("record.pdf", "held.json", "chain.json", "README.txt", "manifest.json"):
        whole = (folder / name).read_bytes()
        place = len(whole) // 2
        (folder / name).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

        assert stranger(folder)[0] == 1, name
        (folder / name).write_bytes(whole)
    assert stranger(folder)[0] == 0


def words_changed(data):
    data["entries"][0]["detail"]["actor"] = "Somebody else"


def column_changed(data):
    data["entries"][1]["action"] = "contact.archived"


def entry_dropped_from_the_links(data):
    data["runs"][0]["links"].pop(0)


def mark_changed(data):
    data["anchors"][0]["hash"] = "0" * 64


def state_changed(data):
    data["deliveries"][0]["sealed"][5] = "refused"


def path_changed(data):
    data["deliveries"][0]["path"][0][1] = "0" * 64


def words_put_in_without_salt(data):
    data["entries"][0] |= {"salt": None, "detail": {"actor": "Somebody else"}}


def entry_told_twice(data):
    data["entries"].insert(0, data["entries"][0] | {"detail": {"actor": "Somebody else"}})


CHANGES = (
    words_changed, column_changed, entry_dropped_from_the_links, mark_changed, state_changed, path_changed,
    words_put_in_without_salt, entry_told_twice,
)  # fmt: skip


def test_who_knows_how_a_pack_is_made_cannot_change_what_it_says(thandis, olivia, tmp_path):
    folder = packed(thandis, actor_of(olivia), tmp_path / "pack")
    whole = (folder / "chain.json").read_text()
    for change in CHANGES:
        data = json.loads(whole)
        change(data)
        write_chain(folder, data)

        code, said = stranger(folder)
        assert (code, "Not as it was" in said) == (1, True), change.__name__


def test_entries_of_before_the_first_mark_and_of_an_older_link_are_said_to_be_unproven(thandis, olivia, tmp_path):
    folder = packed(thandis, actor_of(olivia), tmp_path / "pack")
    data = chain_of(folder)
    links = data["runs"][-1]["links"]
    last = data["entries"][-1]
    links[-1] = f"={last['hash']}"
    write_chain(folder, data)

    code, said = stranger(folder)

    assert code == 0
    assert "cannot be followed to a mark" in said


def test_a_message_sealed_by_an_entry_that_leads_nowhere_is_not_called_sealed(thandis, olivia, tmp_path):
    folder = packed(thandis, actor_of(olivia), tmp_path / "pack")
    data = chain_of(folder)
    data["runs"] = []
    write_chain(folder, data)

    code, said = stranger(folder)

    assert code == 0
    assert "0 messages are the ones that were sealed" in said
    assert "1 messages were sealed by entries that cannot be followed" in said


def test_what_is_hidden_from_who_makes_it_is_left_out_and_said(thandis, olivia, tmp_path):
    whole = actor_of(olivia)
    few = replace(
        whole,
        hidden=frozenset({DataSet.EMAIL, DataSet.TELEPHONE}),
        permissions=whole.permissions - {Permission.NOTE_READ},
    )
    folder = packed(thandis, few, tmp_path / "pack")

    everything = "".join(path.read_text(errors="replace") for path in folder.iterdir())
    for hidden in ("thandi@example.org", "+27825550134", "082 555 0134", "CNRYnote"):
        assert hidden not in everything
    assert "Telephones: hidden from Olivia." in everything
    code, said = stranger(folder)
    assert code == 0, said
    assert any(entry["salt"] is None for entry in chain_of(folder)["entries"])


def test_each_table_with_a_contact_column_is_in_the_pack(app):
    named = {table for table in db.get_tables() if any(c.name == "contact_id" for c in db.get_columns(table))}
    known = {model._meta.table_name for model in schema.models()}

    assert {model._meta.table_name for model in proof_holdings.tables()} == (named & known) - {"log_entry"}


def test_a_pack_is_made_by_who_answers_for_privacy_of_whom_he_sees(
    client_of, org, other_org, alice, olivia, charlie, thandi
):
    assert client_of(alice).post(f"/contacts/{thandi.id}/proof").status_code == 403
    assert client_of(charlie).post(f"/contacts/{thandi.id}/proof").status_code == 404
    answer = client_of(olivia).post(f"/contacts/{thandi.id}/proof")
    assert zipfile.is_zipfile(io.BytesIO(answer.data))
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert 'filename="proof-thandi-ngcobo.zip"' in answer.headers["Content-Disposition"]
    assert "Make a proof pack" in client_of(olivia).get(f"/contacts/{thandi.id}").text
    assert "Make a proof pack" not in client_of(alice).get(f"/contacts/{thandi.id}").text
    with acting_as(actor_of(alice)), pytest.raises(Denied):
        proof.make(thandi.id, io.BytesIO())
    with acting_as(actor_of(olivia)), transaction():
        erasing.erase([thandi.id])
    with acting_as(actor_of(olivia)), pytest.raises(ContactNotFound):
        proof.make(thandi.id, io.BytesIO())

"""What must hold after a restore too, noted outside the database: who was erased or made nameless, and who asked to be
left alone (I04, P-14-4). A backup is older than the last of these: `replay` does them again in a restored database.

A line names ids, keyed hashes and the time, nothing by which anybody could be known who does not hold the keys. It is
written before the erasure is committed: one that then fails was still decided on, and is done when it is replayed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.activity import lines
from portal.activity.lines import Line
from portal.config import Settings
from portal.consent import recording, suppressing
from portal.consent.models import Suppression
from portal.consent.recording import Refused
from portal.consent.suppressing import Wish
from portal.contacts.models import Contact
from portal.core.actor import current_actor
from portal.core.clock import now

_PURPOSE = "erasure-journal"
_AT_ONCE = 400  # wishes on one line
_folder: list[Path] = []


@dataclass(frozen=True)
class Gone:
    """A contact as the journal knows him: an id may be given out again after a restore, at another time."""

    contact_id: int
    made_at: str


@dataclass
class Told:
    """What the journal says when all of it is read."""

    erased: dict[Gone, str] = field(default_factory=dict)  # with the reason
    de_identified: dict[Gone, str] = field(default_factory=dict)
    wishes: dict[tuple[str, str, str], Wish] = field(default_factory=dict)  # the last word of each
    refusals: list[tuple[list[Gone], Refused]] = field(default_factory=list)
    trouble: str = ""


def use(settings: Settings) -> None:
    """Say where the files are. Makes nothing."""
    _folder[:] = [settings.data_dir / "erasures"]


def path() -> Path:
    return _folder[0] / f"{current_actor().org_id}.jsonl"


def stamp_of(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def note_gone(act: str, people: Sequence[Gone], reason: str, wishes: Sequence[Wish]) -> None:
    """Note that these contacts are being erased, or made nameless, and what their addresses asked for."""
    contacts = [[one.contact_id, one.made_at] for one in people]
    _note({"kind": act, "contacts": contacts, "reason": reason, "wishes": [_plain(wish) for wish in wishes]})


def note_wishes(wishes: Sequence[Wish]) -> None:
    """Note who asked to be left alone, or took that back himself."""
    for start in range(0, len(wishes), _AT_ONCE):
        _note({"kind": "wishes", "wishes": [_plain(wish) for wish in wishes[start : start + _AT_ONCE]]})


def note_refusal(refused: Refused) -> None:
    """Note that these contacts said no to something."""
    made = {
        row[0]: stamp_of(row[1])
        for row in Contact.select(Contact.id, Contact.created_at).where(Contact.id.in_(refused.contact_ids)).tuples()
    }
    contacts = [[contact_id, made_at] for contact_id, made_at in sorted(made.items())]
    said = {"purpose": refused.purpose_id, "channels": list(refused.channels), "said": refused.kind}
    _note({"kind": "refused", "contacts": contacts, **said, "on": stamp_of(refused.at), "wishes": []})


def catch_up() -> int:
    """Note the wishes of the database that are not here: a machine may have stopped between the two. What is here and
    not in the database stays, for the database may be an older one that has just been put back.
    """
    told = read()
    missing = [wish for wish in _standing() if told.wishes.get(_key(wish)) != wish]
    note_wishes(missing)
    return len(missing)


def read() -> Told:
    """All of it, the last word of each address counting. Of a file that cannot be read it says so."""
    told = Told()
    try:
        found, told.trouble = lines.read(path(), _PURPOSE, "erasures")
    except FileNotFoundError:
        return told
    except OSError as error:
        told.trouble = f"The file of erasures cannot be read: {error.strerror}."
        return told
    for line in found:
        people = [Gone(contact_id, made_at) for contact_id, made_at in line.get("contacts", [])]
        if line["kind"] == "erase":
            told.erased |= {one: str(line["reason"]) for one in people}
        elif line["kind"] == "de_identify":
            told.de_identified |= {one: str(line["reason"]) for one in people}
        elif line["kind"] == "refused":
            ids, at = tuple(one.contact_id for one in people), datetime.fromisoformat(line["on"])
            told.refusals.append((people, Refused(ids, line["purpose"], tuple(line["channels"]), line["said"], at)))
        for plain in line["wishes"]:
            wish = Wish(**plain)
            told.wishes[_key(wish)] = wish
    return told


def register() -> None:
    suppressing.register_witness(note_wishes)
    recording.register_witness(note_refusal)


def _standing() -> Iterable[Wish]:
    columns = (
        Suppression.channel, Suppression.mac, Suppression.key_version, Suppression.scope, Suppression.reason,
    )  # fmt: skip
    return [Wish(*row) for row in Suppression.select(*columns).order_by(Suppression.id).tuples()]


def _key(wish: Wish) -> tuple[str, str, str]:
    return wish.channel, wish.mac, wish.scope


def _plain(wish: Wish) -> dict[str, Any]:
    plain = asdict(wish)
    return plain if wish.is_lifted else {name: value for name, value in plain.items() if name != "is_lifted"}


def _note(what: Line) -> None:
    lines.append(path(), _PURPOSE, lambda _last: {**what, "at": now().isoformat(timespec="seconds")})

"""Two organisations full of canaries: texts that stand in one place each, so that whoever meets one knows its way."""

import io
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from portal.accounts import service as accounts
from portal.accounts.models import Membership, PlaceException, Session, User
from portal.campaigns import attachments, senders, sending
from portal.campaigns import service as campaigns
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Email
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.db import db, is_sqlite, transaction
from portal.delivery.models import BOUNCED, SEEN, Delivery, DeliveryEvent
from portal.imports import service as imports
from portal.imports.models import Import, ImportProblem
from portal.privacy import erasing
from portal.signin import devices, sessions
from tests import schema
from tests.conftest import actor_of
from tests.seeds import Stage, plant_all

NOWHERE = 987_654
FAR = 800_000  # the ids of the second organisation begin here
NUMBERS = {"A": "082 555 0177", "B": "083 777 4501"}


@dataclass
class Planted:
    """What stands in one organisation: the ids its routes name, and its canaries by the right that hides them."""

    org_id: int
    user: User
    ids: dict[str, int] = field(default_factory=dict)
    others: list[dict[str, int]] = field(default_factory=list)  # further ids to walk with, in place of those
    canaries: dict[str, set[str]] = field(default_factory=dict)
    neighbour_id: int = 0  # a contact of another group, who has no canary
    neighbours_group: int = 0
    erased_id: int = 0
    folder: Path = Path()  # where its files lie

    def canary(self, kinds: str, text: str) -> str:
        for kind in kinds.split():
            self.canaries.setdefault(kind, set()).add(text.lower())
        return text

    @property
    def every(self) -> set[str]:
        return {text for texts in self.canaries.values() for text in texts}


def plant(user: User, mark: str = "A") -> Planted:
    """Fill the organisation of this owner. Each text holds CNRY and the mark."""
    if mark != "A":
        raise_ids()
    actor = actor_of(user)
    folder = Path(tempfile.mkdtemp())
    planted = Planted(actor.org_id, user, folder=folder)
    with acting_as(actor):
        accounts.set_details(
            legal_name=f"Legal {mark}", email=f"office{mark.lower()}@example.net", telephone="+27315550100",
            address="12 Marion Avenue, Durban", information_officer="Nomsa Dube",
        )  # fmt: skip
        contact_id, group_id, note_id = _contact(planted, mark)
        planted.neighbours_group = contacts.add_group(f"Neighbours {mark}").id
        neighbour = contacts.add(
            first_name="Neighbour", last_name=mark, email=f"next{mark.lower()}@example.net", telephone="084 111 2222"
        )
        gone = contacts.add(first_name="Gone")
        planted.neighbour_id, planted.erased_id = neighbour.id, gone.id
        contacts.group_contacts([neighbour.id], planted.neighbours_group)
        erasing.erase([gone.id])
        draft, sent, file_id, sender_id = _campaigns(planted, mark, contact_id, group_id)
        import_id, ended_id = _imports(planted, mark, folder)
        email = Email.get(Email.contact_id == contact_id)
        stage = Stage(contact_id, group_id, folder, mark, planted.canary)
        planted.ids = plant_all(stage)
    planted.ids |= _installation(user, actor.org_id) | {
        "contact_id": contact_id, "group_id": group_id, "note_id": note_id, "email_id": email.id,
        "campaign_id": draft, "attachment_id": file_id, "sender_id": sender_id, "import_id": import_id,
    }  # fmt: skip
    planted.others = [{"campaign_id": sent, "import_id": ended_id}, *stage.others]
    return planted


def _contact(planted: Planted, mark: str) -> tuple[int, int, int]:
    here = planted.canary
    contact = contacts.add(
        first_name=here("contact", f"CNRY{mark}first"), last_name=here("contact", f"CNRY{mark}last"),
        email=here("email", f"cnry{mark.lower()}mail@example.org"), telephone=NUMBERS[mark],
        obtained=f"CNRY{mark} obtained",
    )  # fmt: skip
    here("telephone", NUMBERS[mark].replace(" ", "")[1:])
    address = {
        "line1": here("address", f"CNRY{mark}street"), "line2": "", "suburb": here("address", f"CNRY{mark}suburb"),
        "city": here("address", f"CNRY{mark}town"), "postal_code": "4051", "province": "ZA-KZN", "country": "ZA",
    }  # fmt: skip
    line = contacts.AddressLine(None, "Home", True, address)
    contacts.change_addresses(contact, contacts.stamp(contact, "addresses"), [line])
    group = contacts.add_group(here("group", f"CNRY{mark}group"), f"CNRY{mark} description")
    contacts.group_contacts([contact.id], group.id)
    note = contacts.add_note(contact, here("notes", f"CNRY{mark}note"))
    words = f"550 <{'cnry' + mark.lower()}mail@example.org> unknown"
    record.mark_email(f"cnry{mark.lower()}mail@example.org", "undeliverable", f"CNRY{mark} reason.", words=words)
    planted.canaries["contact"] |= planted.canaries["email"] | planted.canaries["address"] | planted.canaries["notes"]
    planted.canaries["contact"] |= planted.canaries["telephone"]
    return contact.id, group.id, note.id


def _campaigns(planted: Planted, mark: str, contact_id: int, group_id: int) -> tuple[int, int, int, int]:
    """A draft, and one that was sent to the contact and to the neighbour, with all that may come of a message."""
    made = {}
    for name in ("draft", "sent"):
        one = campaigns.create(f"CNRY{mark} {name}")
        words = {"subject": f"CNRY{mark} subject", "preheader": f"CNRY{mark} first", "body": f"<p>CNRY{mark} text</p>"}
        made[name] = campaigns.change(one, one.version, **words)
        sending.choose_audience(made[name], [group_id], [])
    attachments.add(made["draft"], f"CNRY{mark}.txt", b"CNRY")
    sender = senders.add(f"CNRY{mark} sender", f"cnry{mark.lower()}sender@example.org")
    campaigns.send_test(made["draft"], None)
    sending.start(campaigns.find(made["sent"].id))
    row = Delivery.get(Delivery.contact_id == contact_id, Delivery.campaign_id == made["sent"].id)
    said = f"550 no <cnry{mark.lower()}mail@example.org>"
    Delivery.update(state="refused", reason="", reply=said, bounce="hard", ended_at=now()).where(
        Delivery.id == row.id
    ).execute()
    for kind, detail in ((BOUNCED, {"reason": "no_mailbox", "words": said}), (SEEN, {})):
        DeliveryEvent.create(
            contact_id=contact_id, delivery_id=row.id, campaign_id=made["sent"].id, kind=kind, detail=detail
        )
    return made["draft"].id, made["sent"].id, attachments.of(made["draft"].id)[0].id, sender.id


def _imports(planted: Planted, mark: str, folder: Path) -> tuple[int, int]:
    """One that waits for its columns to be named; and one of a colleague, done, with a row that could not be read."""
    head = b"Email,Cell,Address,Notes\n"
    waiting = imports.take_in(
        folder, f"CNRY{mark}.csv", io.BytesIO(head + b"later@example.net,0825550199,1 CNRY road,x")
    )
    cells = [planted.canary("import", f"cnry{mark.lower()}file@example.org"), "0825550198", f"CNRY{mark} road", "x"]
    ended = imports.take_in(folder, f"CNRY{mark}2.csv", io.BytesIO(head + ",".join(cells).encode()))
    ImportProblem.create(import_id=ended.id, row=2, column="Cell", message=f"CNRY{mark} wrong", cells=cells)
    Import.update(state="finished", ended_at=now(), user_id=NOWHERE).where(Import.id == ended.id).execute()
    return waiting.id, ended.id


def _installation(user: User, org_id: int) -> dict[str, int]:
    with transaction():
        device, _ = devices.trust(user, "CNRY browser", "127.0.0.1")
        sessions.begin(user, None, device.id, "CNRY browser", "127.0.0.1")
        wish = PlaceException.create(org=org_id, user=user, country="PT", until=now() + timedelta(days=9))
    return {
        "membership_id": Membership.get(Membership.user == user).id, "user_id": user.id, "device_id": device.id,
        "session_id": Session.get(Session.device_id == device.id).id, "exception_id": wish.id,
        "returned_id": NOWHERE, "series_id": NOWHERE, "organisation_id": org_id,
    }  # fmt: skip


def raise_ids() -> None:
    """Let each table give out ids from here on that stand in no other, so that one is known wherever it turns up."""
    for number, model in enumerate(schema.models()):
        table, first = model._meta.table_name, FAR + 1000 * number
        if is_sqlite():
            db.execute_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            db.execute_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, first))
        else:
            db.execute_sql("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (f'"{table}"', first))

"""Two organisations and a backup of both; one of them spoils its data afterwards, the other works on."""

import contextlib
import io
import os
import select
from dataclasses import dataclass

import pytest

from portal.accounts.models import User
from portal.backups import service, stores
from portal.backups.models import Backup
from portal.backups.opening import Source
from portal.campaigns.models import Campaign
from portal.commanding import installed
from portal.config import Settings
from portal.consent import suppressing
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.db import db, transaction
from portal.core.tenancy import Org
from portal.delivery import seals, system_mail
from portal.delivery.models import Delivery
from portal.documents import service as documents
from portal.documents.models import Document
from portal.privacy import erasing
from portal.run import organisation_restore
from tests.backups.test_restoring import a_campaign
from tests.documents.files import pdf


@dataclass
class Scene:
    """Two organisations, a backup, and what one of them did to itself afterwards."""

    org: Org
    other: Org
    kept: Contact
    erased: Contact
    left: Contact
    document: Document
    made: Backup
    key: str


@pytest.fixture
def scene(kept: Settings, org: Org, other_org: Org, olivia: User, charlie: User, recovery_key: str) -> Scene:
    with acting_as(system(other_org.id)):
        contacts.add(first_name="CNRYOther", email="cnryother@example.org")
        documents.add(io.BytesIO(pdf()), "theirs.pdf")
        a_campaign(other_org, [f"o{n}@example.org" for n in range(3)])
    with acting_as(system(org.id)):
        mine = contacts.add(first_name="Nomsa", last_name="Dube", email="nomsa@example.org")
        erased = contacts.add(first_name="CNRYThandi", last_name="Ngcobo", email="cnrythandi@example.org")
        left = contacts.add(first_name="Sipho", email="sipho@example.org")
        document = documents.add(io.BytesIO(pdf()), "constitution.pdf", contact_id=mine.id)
        a_campaign(org, [f"p{n}@example.org" for n in range(5)])
        system_mail.send(None, "test", "olivia@hope-house.example", "office@hopehouse.example", b"CNRYlink")
    made = service.make()
    assert made.words == ""
    with acting_as(system(org.id)):
        erasing.erase([erased.id])
        suppressing.suppress("email", "sipho@example.org", "unsubscribed")
        contacts.add(first_name="Since", email="since@example.org")
        with transaction():
            db.execute_sql(f"UPDATE contact SET first_name = 'Spoilt' WHERE id = {mine.id}")
            Delivery.update(state="accepted").execute()
            Campaign.update(state="sent").execute()
            seals.seal(Campaign.get().id)
    return Scene(org, other_org, mine, erased, left, document, made, recovery_key)


def put_back(kept: Settings, scene: Scene, name: str = "") -> organisation_restore.PutBack:
    return organisation_restore.restore(kept, scene.org.slug, Source(stores.own(), scene.key), name or scene.made.name)


class Busy:
    """The other organisation at work in a process of its own: a contact every moment, read again at once."""

    def __init__(self, settings: Settings, org: Org) -> None:
        self.settings, self.org, self.wrote = settings, org, 0

    def __enter__(self) -> "Busy":
        ended, self._end = os.pipe()
        self._told, tells = os.pipe()
        self._child = os.fork()
        if not self._child:
            os.close(self._end)
            with contextlib.suppress(BaseException):
                os.write(tells, str(self._work(ended)).encode())
            os._exit(0)
        os.close(tells)
        os.close(ended)
        return self

    def _work(self, ended: int) -> int:
        wrote = 0
        with installed(self.settings), acting_as(system(self.org.id)):
            while not select.select([ended], [], [], 0.01)[0]:
                made = contacts.add(first_name=f"During {wrote}")
                assert Contact.get_by_id(made.id).first_name == f"During {wrote}"
                wrote += 1
        return wrote

    def __exit__(self, *_: object) -> None:
        os.close(self._end)
        self.wrote = int(os.read(self._told, 20) or -1)
        os.waitpid(self._child, 0)

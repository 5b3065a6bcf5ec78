"""Somebody has all that is kept about him removed, himself: by his link and a code, through the one erasure that staff
use too (POPIA s 24(1)(b), s 14(4); R26). What must stay stays, and whoever looks after privacy is told, without a name.
"""

from dataclasses import replace

from portal.accounts.service import current_org, members, today
from portal.contacts.models import Email
from portal.core.actor import acting_as, current_actor, seeing_everything, system
from portal.core.db import transaction
from portal.core.keys import address_macs
from portal.delivery import ledger
from portal.diary import tasks
from portal.diary.models import Task
from portal.privacy import certificate, erasing
from portal.privacy.erasure_rules import OWN_ACT
from portal.privacy.models import Erasure
from portal.profile import codes
from portal.profile.links import Link
from portal.profile.models import ProfileCode
from portal.profile.rules import REMOVE
from portal.removal.rules import held_words, told_words


class Held(ValueError):
    """The law or an open question of his wants it kept for now; who looks after privacy was told."""


def ask(link: Link, browser: str) -> ProfileCode:
    """Send the code that removes, to the address that the link went to. Raises codes.NoCode."""
    return codes.send(link, browser, REMOVE)


def remove(link: Link, browser: str, typed: str) -> Erasure:
    """Use the code up and remove the person, at once and for good. When this returns, nothing to an address of his is
    on its way. Raises codes.BadCode, and Held.
    """
    codes.use(codes.newest(link.contact, REMOVE, browser) if browser else None, typed)
    macs = _macs(link)
    actor = current_actor()
    with acting_as(replace(system(actor.org_id), name=actor.name, address=actor.address)):
        try:
            with transaction():
                made = erasing.erase([link.contact.id], OWN_ACT)
                _tell(told_words(certificate.number_of(made)))
        except erasing.Kept as error:
            _tell(held_words(str(error)), link.contact.id)
            raise Held from error
    ledger.wait_for_what_is_on_its_way(macs)
    return made


def find(erasure_id: int) -> Erasure | None:
    """A removal that has ended."""
    return Erasure.get_or_none(Erasure.id == erasure_id, Erasure.state == "finished")


def _macs(link: Link) -> list[str]:
    with seeing_everything():
        mine = Email.select(Email.normal).where(Email.contact_id == link.contact.id).tuples()
        return [link.mac, *(mac for row in mine for mac in address_macs(current_actor().org_id, "email", row[0]))]


def _tell(what: str, contact_id: int | None = None) -> None:
    """A task for the information officer, if he works here under that name; else for whoever takes it. Told once."""
    if Task.select().where(Task.what == what, Task.contact_id == contact_id, Task.done_at.is_null()).exists():
        return
    officer = current_org().information_officer.strip().casefold()
    user_id = next((m.user_id for m in members() if officer and m.user.name.casefold() == officer), None)
    tasks.add(what, today(), user_id=user_id, contact_id=contact_id)

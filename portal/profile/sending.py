"""Sending a person the link to his own page, and what the page of the contact shows of it (R20)."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.activity import log
from portal.consent.rules import PurposeClass
from portal.contacts import queries
from portal.contacts.holders import Pointer, register_fixed, register_holder
from portal.contacts.models import Contact, Email
from portal.contacts.panels import Panel, register_panel
from portal.core.actor import require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import Permission
from portal.profile import gate, links, mails
from portal.profile.models import KnownBrowser, ProfileCode, ProfileLink
from portal.profile.rules import DAY, MOST_CODES


class NotSent(ValueError):
    """No link was sent. The message says why."""


@dataclass(frozen=True)
class Own:
    """What the contact's page offers: the addresses a link may go to, and the links of late."""

    emails: list[Email]
    sent: list[ProfileLink]


def send_link(contact: Contact, email_id: int, user_id: int | None) -> None:
    """Send the link to this address of the contact's. It shows a first name; the rest needs a code. Raises NotSent."""
    require(Permission.CONTACT_EDIT)
    email = next((one for one in _emails([contact.id]).get(contact.id, []) if one.id == email_id), None)
    if email is None:
        raise NotSent("There is no such address.")
    if email.state:
        raise NotSent("This address cannot be written to: it was not reached, or somebody complained there.")
    with transaction():
        if words := gate.refusal(contact, email.normal, PurposeClass.TRANSACTIONAL):
            raise NotSent(f"No link is sent: {words}.")
        lock(Contact.select().where(Contact.id == contact.id)).get()
        late = (ProfileLink.contact_id == contact.id) & (ProfileLink.at > now() - DAY)
        if ProfileLink.select().where(late).count() >= MOST_CODES:
            raise NotSent("Five links went to this person today. Wait until tomorrow.")
        address = links.make(contact, email, user_id)
        mails.send_link(email.address, queries.familiar_name(contact), address, contact.language)
        log.write("contact.own_page_sent", contact.id)


def of(contact_ids: Sequence[int]) -> dict[int, Own]:
    """What the panel of each contact shows: a fixed number of queries."""
    emails = _emails(contact_ids)
    sent: dict[int, list[ProfileLink]] = {}
    for row in (
        ProfileLink.select().where(ProfileLink.contact_id.in_(list(contact_ids))).order_by(ProfileLink.id.desc())
    ):
        sent.setdefault(row.contact_id, []).append(row)
    return {i: Own([e for e in emails.get(i, []) if not e.state], sent.get(i, [])[:3]) for i in contact_ids}


def _emails(contact_ids: Sequence[int]) -> dict[int, list[Email]]:
    return queries.parts_of(Email, contact_ids)


def register() -> None:
    register_panel(Panel("own-page", "profile/_panel.html", of, Permission.CONTACT_EDIT))
    register_holder("profile_link", _erase(ProfileLink), Pointer(ProfileLink))
    for table in (ProfileCode, KnownBrowser):
        register_holder(table._meta.table_name, _erase(table))
        register_fixed(
            f"{table._meta.table_name}.contact_id", "a code shows who reads one address, and no other's mail"
        )


def _erase(table):  # type: ignore[no-untyped-def] # a model in, a function out
    def erase(contact_ids: list[int]) -> None:
        table.delete().where(table.contact_id.in_(contact_ids)).execute()

    return erase

"""Finding one's own page: whoever reads the mail of an address is sent the link to it, and nobody else learns whether
the address is known (security A05, G03).
"""

from dataclasses import replace

from portal.activity import log
from portal.consent.rules import PurposeClass
from portal.contacts import queries
from portal.contacts.emails import normalise_email
from portal.contacts.models import Contact, Email
from portal.core.actor import acting_as, current_actor, seeing_everything, the_person
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.keys import address_macs
from portal.profile import gate, links, mails
from portal.profile.links import Link
from portal.profile.models import ProfileLink
from portal.profile.rules import DAY, MOST_LINKS

MOST_SHARING = 10  # of those who share an address, so many are named in the message


def ask(typed: str) -> None:
    """Send the link to this address if it is somebody's here: one message, a few times a day at most. Raises
    InvalidEmail; apart from that nothing tells what was done.
    """
    entered = normalise_email(typed)
    actor = current_actor()
    with acting_as(replace(the_person(actor.org_id), address=actor.address)), seeing_everything(), transaction():
        macs = address_macs(actor.org_id, "email", entered.normal)
        late = ProfileLink.select().where(
            ProfileLink.mac.in_(macs), ProfileLink.at > now() - DAY, ProfileLink.user_id.is_null()
        )
        mine = _emails_of(entered.normal)[:MOST_SHARING]
        if late.count() < MOST_LINKS * len(mine):
            _send(mine)


def renew(link: Link) -> None:
    """A link went to an address that is not the person's any more: send a new one to the one that is. Whoever holds the
    old one does not learn where to, nor whether.
    """
    with seeing_everything(), transaction():
        lock(Contact.select().where(Contact.id == link.contact.id)).get()
        late = ProfileLink.select().where(
            ProfileLink.contact_id == link.contact.id, ProfileLink.at > now() - DAY, ProfileLink.user_id.is_null()
        )
        emails = queries.parts_of(Email, [link.contact.id]).get(link.contact.id, [])
        if late.count() < MOST_LINKS:
            _send([email for email in emails if not email.state][:1])


def _emails_of(normal: str) -> list[Email]:
    """The addresses of living contacts that are this one, once for each contact, locked in order."""
    ids = sorted({row[0] for row in Email.select(Email.contact_id).where(Email.normal == normal).tuples()})
    there = {row.id for row in lock(Contact.select().where(Contact.id.in_(ids)).order_by(Contact.id))}
    found = Email.select().where(Email.normal == normal, Email.contact_id.in_(sorted(there)))
    return list({email.contact_id: email for email in found}.values())


def _send(emails: list[Email]) -> None:
    """One message to one address, with a link for each of the contacts whose it is."""
    people = []
    for email in emails:
        contact = Contact.get_by_id(email.contact_id)
        if contact.erased_at is None and not gate.refusal(contact, email.normal, PurposeClass.RIGHTS):
            people.append((queries.familiar_name(contact), links.make(contact, email, None)))
            log.write("contact.own_page_asked", contact.id)
    if people:
        mails.send_found(emails[0].address, people, queries.language_of(emails[0].contact_id))

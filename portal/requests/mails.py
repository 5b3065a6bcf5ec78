"""Messages about requests: to colleagues, who read there only that there is something, and to the person."""

from portal.accounts.service import current_org
from portal.consent.rules import PurposeClass
from portal.contacts import queries
from portal.contacts.models import Contact, Email
from portal.core.actor import seeing_everything
from portal.core.words import ENGLISH, speaking
from portal.delivery import notices, transport
from portal.profile import gate, links
from portal.profile.mails import send
from portal.requests.models import Request
from portal.requests.rules import KINDS


def tell_colleague(request: Request, address: str) -> None:
    """That there is a request: its number, its kind and its day; not who asks, and nothing of what was written."""
    if address:
        notices.send(
            "request_new", address, org=current_org().name, reference=request.reference,
            what=KINDS[request.kind].words, due=request.due, link=f"{transport.base_url()}/requests/{request.id}",
        )  # fmt: skip


def address_on_file(request: Request) -> Email | None:
    """The address of the contact's at which he can be answered: the one his link went to, else the first; none where
    the gate lets no answer through.
    """
    contact = Contact.get_or_none(Contact.id == request.contact_id) if request.contact_id else None
    if contact is None or contact.erased_at is not None:
        return None
    with seeing_everything():
        emails = queries.parts_of(Email, [contact.id]).get(contact.id, [])
        came_by = links.address_of(contact.id, request.mac) if request.mac else ""
    emails.sort(key=lambda one: one.address != came_by)
    return next((one for one in emails if not gate.refusal(contact, one.normal, PurposeClass.RIGHTS)), None)


def send_receipt(request: Request) -> bool:
    """That the request came, with its number and day, to the address on file alone; what was written is not repeated,
    for a stranger may have written it.
    """
    found = address_on_file(request)
    if found is None:
        return False
    with speaking(_language_of(request)):
        send(
            "request_receipt", found.address, reference=request.reference, due=request.due,
            is_complaint=KINDS[request.kind].is_complaint, is_stopped=request.kind in ("spam", "marketing"),
        )  # fmt: skip
    return True


def send_answer(request: Request, text: str) -> int | None:
    """The written answer, to the address on file; the id of the message, None where there is no such address."""
    found = address_on_file(request)
    if found is None:
        return None
    with speaking(ENGLISH):  # as the texts of answers are
        return send("request_answer", found.address, reference=request.reference, text=text)


def _language_of(request: Request) -> str:
    contact = Contact.get_or_none(Contact.id == request.contact_id)
    return str(contact.language) if contact is not None else ""

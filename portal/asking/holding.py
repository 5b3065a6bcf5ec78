"""What the answers to requests tell of a contact, and how it is erased."""

from portal.asking import service
from portal.asking.models import ConsentAnswer
from portal.contacts.holders import Pointer, register_holder


def register() -> None:
    register_holder("consent_answer", service.erase, Pointer(ConsentAnswer))

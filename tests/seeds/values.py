"""A page of designed fields that stands with the contact: listed, searched, and of a class that is hidden from most."""

from portal.contacts.models import Contact
from tests.designed import field, page, put
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    contact = Contact.get(Contact.id == stage.contact_id)
    on = page("CNRY values")
    for number, kind in enumerate(("text", "long", "link"), start=1):
        made = field(f"CNRY value {number}", kind, on=on, is_searched=1, is_listed=1)
        put(contact, made, "https://cnry.example.org/CNRY")
    put(contact, field("CNRY secret", on=on, sensitivity="special", is_listed=1), "CNRY")
    return {}

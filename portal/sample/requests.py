"""What people asked of the sample organisation: due, late, and answered."""

from datetime import timedelta

from portal.accounts.service import today
from portal.contacts import queries as contacts
from portal.contacts.queries import Filter
from portal.requests import answering, desk, service
from portal.requests.rules import Reply
from portal.requests.service import Asked


def fill() -> None:
    """Note a few requests of contacts, and answer one."""
    ids = [row.contact.id for row in contacts.page(Filter(kind="person"), 40, 4)]
    owners = {name: user_id for user_id, name in desk.colleagues()}
    asked = "Please send me everything that you keep about me, and tell me where you have my number from."
    service.note(Asked("access", "email", asked, today() - timedelta(days=26), ids[0], user_id=owners["Alice Naidoo"]))
    service.note(Asked("correct", "paper", "My surname is spelt wrong.", today() - timedelta(days=41), ids[1]))
    service.note(Asked("held", "telephone", "Do you know me?", who="Pieter Botha", reach="2 Beach Road, Ballito"))
    about = "Somebody telephoned me on a Sunday."
    made = service.note(Asked("complaint", "in_person", about, today() - timedelta(days=12), ids[3]))
    did = "We told our callers the hours in which people are called."
    text = answering.draft(made, "mended").replace("…", did)
    answering.answer(made, Reply("mended", text, "post"))

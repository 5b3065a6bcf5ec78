"""What people asked to have changed, and what waits for a colleague: one for each block and person, the last one."""

from collections.abc import Mapping
from typing import Any

from portal.activity import log
from portal.contacts.holders import Pointer, register_holder
from portal.contacts.models import Contact
from portal.core.db import lock, transaction
from portal.profile.links import Link
from portal.profile.models import AskedChange


def of_page(page_id: int) -> str:
    """The block that a designed page is."""
    return f"page:{page_id}"


def page_of(block: str) -> int | None:
    """The designed page that a block is, if it is one."""
    word, _, number = block.partition(":")
    return int(number) if word == "page" else None


def of_contact(contact: Contact) -> dict[str, AskedChange]:
    return {row.block: row for row in AskedChange.select().where(AskedChange.contact_id == contact.id)}


def ask(link: Link, block: str, typed: Any, changes: Mapping[str, tuple[str, str]]) -> None:
    """Keep what the person asks for, in place of what he asked for before. Nothing of his details is changed."""
    with transaction():
        lock(Contact.select().where(Contact.id == link.contact.id)).get()  # two presses of one button are one wish
        _forget(link.contact, block)
        AskedChange.create(
            contact_id=link.contact.id, block=block, link=link.subject, typed=typed, changes=dict(changes)
        )
        log.write("contact.change_asked", link.contact.id)


def withdraw(contact: Contact, block: str) -> None:
    """The person wants things as they are: nothing waits any more."""
    if _forget(contact, block):
        log.write("contact.asked_change_withdrawn", contact.id)


def _forget(contact: Contact, block: str) -> int:
    mine = (AskedChange.contact_id == contact.id) & (AskedChange.block == block)
    return int(AskedChange.delete().where(mine).execute())


def erase(contact_ids: list[int]) -> None:
    AskedChange.delete().where(AskedChange.contact_id.in_(contact_ids)).execute()


def register() -> None:
    register_holder("asked_change", erase, Pointer(AskedChange, beside=("block",)))

"""Keeps, opens and takes away identity numbers. Each is sealed; pages and the log hold the masked one only."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from peewee import chunked

from portal.activity import log
from portal.contacts import record
from portal.contacts.identity_lookup import channel_of, contacts_with
from portal.contacts.identity_rules import ID_NUMBER, Number
from portal.contacts.models import Contact, recording
from portal.contacts.more_models import Identity
from portal.contacts.queries import parts_of
from portal.contacts.service import ContactNotFound, Stale
from portal.core.actor import acting_as, current_actor, require, require_sight, system
from portal.core.db import lock, transaction
from portal.core.keys import address_mac, address_macs, current_version
from portal.core.permissions import DataSet, Permission
from portal.core.sealing import open_sealed, seal


def of(contact_id: int) -> list[Identity]:
    return parts_of(Identity, [contact_id]).get(contact_id, [])


def find(contact: Contact, identity_id: int) -> Identity:
    found = Identity.get_or_none(Identity.id == identity_id, Identity.contact_id == contact.id)
    if found is None:
        raise ContactNotFound("There is no such number.")
    return found


def stamp(contact_id: int) -> str:
    """A fingerprint of the numbers as they stand, that tells nothing of them."""
    kept = [f"{row.kind}:{row.mac}:{row.country}" for row in of(contact_id)]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def change(contact: Contact, seen: str, numbers: Sequence[Number], removed: Sequence[str] = ()) -> None:
    """Keep these numbers beside or in place of those there are, and take away the kinds in `removed`. The birth date
    that an ID number states is filled in where none is known.
    """
    _require_right()
    with transaction():
        fresh = lock(Contact.select().where(Contact.id == contact.id, Contact.erased_at.is_null())).first()
        if fresh is None:
            raise ContactNotFound("There is no such contact.")
        if seen != stamp(contact.id):
            raise Stale("Somebody changed this while you were writing.")
        for kind in removed:
            _remove(fresh, kind)
        for number in numbers:
            keep(fresh, number)


def keep(contact: Contact, number: Number) -> bool:
    """Keep one number of a contact; return whether anything differed."""
    _require_right()
    before = Identity.get_or_none(Identity.contact_id == contact.id, Identity.kind == number.kind)
    if before and before.mac in _macs_of(number) and before.country == number.country and before.born == number.born:
        return False
    with transaction(), recording():
        if before:
            Identity.update(**_row(number)).where(Identity.id == before.id).execute()
        else:
            Identity.create(contact_id=contact.id, **_row(number))
        action = "contact.identity_changed" if before else "contact.identity_added"
        log.write(action, contact.id, changes={number.kind: [before.masked if before else None, number.masked]})
        record.refresh([contact.id])
        if number.kind == ID_NUMBER and contact.kind == "person" and contact.birth_date is None:
            record.change(contact, "contact.details_changed", birth_date=number.born)
    return True


def show(contact: Contact, identity_id: int) -> tuple[Identity, str]:
    """The row and its whole number. That it was shown, and to whom, is written into the log."""
    row = find(contact, identity_id)
    require_sight(DataSet.IDENTITY)
    with transaction():
        log.write("contact.identity_shown", contact.id, changes={row.kind: [None, row.masked]})
    return row, _open(row)


def take_in(pairs: Sequence[tuple[int, Number]]) -> None:
    """Keep the numbers of contacts that were added in bulk; the entry of their adding tells of them, masked."""
    if not pairs:
        return
    _require_right()
    with transaction(), recording():
        for few in chunked([{"contact_id": i, **_row(number)} for i, number in pairs], record.BATCH):
            Identity.insert_many(few).execute()


def opened(contact_ids: Sequence[int], kind: str) -> Mapping[int, str]:
    """The whole numbers of these contacts, for an export; its caller writes into the log that they left."""
    require_sight(DataSet.IDENTITY)
    query = Identity.select().where(Identity.contact_id.in_(list(contact_ids)), Identity.kind == kind)
    return {row.contact_id: _open(row) for row in query}


def others_with(row: Identity) -> list[int]:
    """Other contacts with the same number, which may be the same person; nothing where numbers are hidden."""
    if not current_actor().sees(DataSet.IDENTITY):
        return []
    number = _open(row)
    return [i for i in contacts_with(row.kind, [number]).get(number, []) if i != row.contact_id]


def erase(contact_ids: list[int]) -> None:
    """For the erasure of contacts."""
    with acting_as(system(current_actor().org_id)):
        Identity.delete().where(Identity.contact_id.in_(contact_ids)).execute()


def _remove(contact: Contact, kind: str) -> None:
    row = Identity.get_or_none(Identity.contact_id == contact.id, Identity.kind == kind)
    if row is None:
        return
    with transaction(), recording():
        Identity.delete().where(Identity.id == row.id).execute()
        log.write("contact.identity_removed", contact.id, changes={kind: [row.masked, None]})
        record.refresh([contact.id])


def _row(number: Number) -> dict[str, Any]:
    org_id = current_actor().org_id
    return {
        "kind": number.kind,
        "sealed": seal(f"identity:{org_id}", number.normal),
        "mac": address_mac(org_id, channel_of(number.kind), number.normal),
        "key_version": current_version(),
        "masked": number.masked,
        "country": number.country,
        "born": number.born,
    }


def _open(row: Identity) -> str:
    return open_sealed(f"identity:{row.org_id}", row.sealed)


def _macs_of(number: Number) -> list[str]:
    return address_macs(current_actor().org_id, channel_of(number.kind), number.normal)


def _require_right() -> None:
    require(Permission.CONTACT_EDIT)
    require_sight(DataSet.IDENTITY)

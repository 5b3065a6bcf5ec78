"""The import's job: batch by batch, each with its counts in one transaction: a crash neither loses nor doubles."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile

from portal.accounts.service import actor_of_user, today
from portal.contacts import identities, record, record_values
from portal.contacts import service as contacts
from portal.contacts.field_rules import Entry
from portal.contacts.group_rules import ByRule
from portal.contacts.models import Address, Contact, Email, Note, Telephone
from portal.contacts.queries import groups_by_hand, parts_of
from portal.contacts.rules import NewContact
from portal.core.actor import Actor, acting_as, current_actor, require
from portal.core.clock import now
from portal.core.db import GivingWay, learn_sizes, transaction
from portal.core.permissions import Denied, Permission
from portal.imports import consents, service, traces
from portal.imports.addresses import REFUSED, standing_of
from portal.imports.limits import UnreadableFile
from portal.imports.matching import alike, keys_of, match
from portal.imports.models import Import, ImportProblem
from portal.imports.rows import Draft, Problem, interpret
from portal.imports.sight import check_mapping, check_right
from portal.imports.targets import PREFIX, Targets, targets

BATCH = 400
Row = tuple[int, list[str]]


def run(import_id: int) -> None:
    """Do the import, or what is left of it. Does nothing when another worker is at it or it has ended."""
    idle = (Import.state == "waiting") | ((Import.state == "running") & (Import.lease < now()))
    claimed = (
        Import.update(state="running", lease=now() + service.LEASE).where((Import.id == import_id) & idle).execute()
    )
    if not claimed:
        return
    the_import = service.find(import_id)
    try:
        actor = _actor_of(the_import)
    except (Denied, contacts.GroupNotFound) as refusal:
        service.finish(the_import, "failed", str(refusal))
        return
    with acting_as(actor):
        try:
            table = service.open_file(the_import)
            rest = dropwhile(lambda row: row[0] <= the_import.done, table.rows)
            fields = {word: field for word, field in targets().items() if word in the_import.mapping.values()}
            give_way = GivingWay()
            for batch in _batches(rest, table.headings, the_import, fields):
                _take(the_import, batch, fields)
                give_way()
        except _Stopped:
            return
        except (UnreadableFile, Denied, contacts.GroupNameTaken) as error:
            service.finish(the_import, "failed", str(error))
            return
        service.finish(the_import, "finished", _left_out(the_import, fields))
        learn_sizes()


def _actor_of(the_import: Import) -> Actor:
    """Whoever started the import, with the rights he has now; the portal itself for a command. Raises Denied, or
    GroupNotFound, with the sentence for which nothing more is taken in.
    """
    if the_import.user_id is None:
        return current_actor()
    actor = actor_of_user(the_import.user_id)
    if actor is None:
        raise Denied("Whoever began this import does not work here any more. Begin it again.")
    with acting_as(actor):
        try:
            check_right()
            check_mapping(the_import.mapping)
            if the_import.existing == "update":
                require(Permission.CONTACT_EDIT)
        except Denied as error:
            raise Denied(f"{actor.name} may not bring this in any more. {error}") from error
        for group_id in the_import.group_ids:
            contacts.find_group(group_id)
    return actor


Read = tuple[Row, Draft | None, list[Problem]]


def _batches(rows: Iterator[Row], headings: Sequence[str], the_import: Import, fields: Targets) -> Iterator[list[Read]]:
    """Rows in batches. A person who stands twice in the file begins a new batch, and is then found as known."""
    batch: list[Read] = []
    keys: set[str] = set()
    day = today()
    secret = {place for place, name in enumerate(headings) if the_import.mapping.get(name) == "id_number"}
    for row in rows:
        draft, problems = interpret(row[0], row[1], headings, the_import.mapping, today=day, fields=fields)
        mine = keys_of(draft) if draft else set()
        if len(batch) >= BATCH or mine & keys:
            yield batch
            batch, keys = [], set()
        # Identity numbers are kept sealed only: what could not be taken in stands in the file it came from.
        plain = ["" if place in secret else cell.replace("\0", "") for place, cell in enumerate(row[1])]
        batch.append(((row[0], plain), draft, problems))
        keys |= mine
    if batch:
        yield batch


def _take(the_import: Import, batch: Sequence[Read], fields: Targets) -> None:
    """Store a batch with its counts, or nothing of it when the import was cancelled or another worker is at it."""
    with transaction():
        _hold(the_import, batch[-1][0][0])
        standing = standing_of([draft for _, draft, _ in batch if draft is not None])
        batch = [_refuse(read, the_import) if read[1] and standing.is_refused(read[1]) else read for read in batch]
        drafts = [draft for _, draft, _ in batch if draft is not None]
        standing.mark(drafts)
        counts = {"added": 0, "updated": 0, "skipped": 0, "failed": 0}
        there = match(drafts)
        known = there if the_import.existing != "add" else {}
        since = traces.hold(contact.id for contact in known.values())
        counts["held"] = sum(map(standing.is_held, drafts))
        counts["alike"] = len(alike(d for d in drafts if d.row not in known))
        group_ids = _group_ids(drafts)
        by_hand = {group.id for group in groups_by_hand()}
        new = [_born(_with_groups(d, the_import, group_ids, by_hand)) for d in drafts if d.row not in known]
        told = {"consents": the_import.channels} if the_import.channels else {}
        made = record.add_many(new, "contact.imported", source_file=the_import.filename, **told)
        identities.take_in([(i, c.identity) for i, c in zip(made, new, strict=True) if c.identity])
        counts["added"] = len(made)
        for draft in drafts:
            if draft.row in known:
                what = "skipped" if the_import.existing == "skip" else "updated"
                counts[what] += 1
                if what == "updated":
                    _update(known[draft.row], _with_groups(draft, the_import, group_ids, by_hand))
        if the_import.existing == "update":
            values: dict[int, dict[int, Sequence[Entry]]] = {}
            for draft in drafts:
                if draft.row in known and draft.contact.values:
                    values.setdefault(known[draft.row].id, {}).update(draft.contact.values)
            record_values.set_many(values, list(fields.values()), "contact.updated_by_import")
        updated = [known[d.row].id for d in drafts if d.row in known and the_import.existing == "update"]
        of_row = dict(zip((d.row for d in drafts if d.row not in known), made, strict=True))
        refusing = consents.refusing({contact.id for contact in there.values()})
        again = [of_row[d.row] for d in drafts if d.row in of_row and d.row in there and there[d.row].id in refusing]
        consents.carry_refusal(again, the_import)  # who said no says so too where he is added once more
        held = {of_row.get(d.row) or known[d.row].id for d in drafts if standing.is_held(d)} | refusing | {*again}
        consents.assert_for([i for i in dict.fromkeys(made + updated) if i not in held], the_import, told=set(made))
        traces.keep(the_import, made, updated, since)
        counts["failed"] = _keep_problems(the_import, batch)
        added_up = {getattr(Import, name): getattr(Import, name) + count for name, count in counts.items()}
        Import.update({**added_up, Import.lease: now() + service.LEASE}).where(Import.id == the_import.id).execute()
    the_import.done = batch[-1][0][0]


def _hold(the_import: Import, until: int) -> None:
    """Say first of all how far this batch goes: whoever cancels, and a worker who took the import over or was
    overtaken, waits for its end. The row of the import is held before the contacts and the log, as they do who stop it.
    """
    alive = Import.update(done=until).where(
        Import.id == the_import.id, Import.state == "running", Import.done == the_import.done
    )
    if not alive.execute():
        raise _Stopped


def _left_out(the_import: Import, fields: Targets) -> str:
    """A sentence about columns whose field whoever started the import may not change any more, or nothing."""
    gone = [h for h, word in the_import.mapping.items() if word.startswith(PREFIX) and word not in fields]
    return f"Left out, because the field is not there any more: {', '.join(gone)}." if gone else ""


def _refuse(read: Read, the_import: Import) -> Read:
    """A row about somebody who was removed. Nothing of it is kept: not even here would he want to stand."""
    (number, cells), _, _ = read
    columns = [heading for heading in the_import.headings if the_import.mapping.get(heading) == "email"]
    return (number, [""] * len(cells)), None, [Problem(number, columns[0] if len(columns) == 1 else "", REFUSED)]


class _Stopped(Exception):
    """The import was cancelled, or another worker has taken it over: nothing of this batch is stored."""


def _group_ids(drafts: Sequence[Draft]) -> dict[str, int]:
    """The groups the rows name, made where there are none. A group that a rule fills is left out: an export names
    such groups too, and its file may come back.
    """
    found = {}
    for name in {name for draft in drafts for name in draft.groups}:
        try:
            found[name] = contacts.group_named(name).id
        except ByRule:
            continue
    return found


def _with_groups(draft: Draft, the_import: Import, group_ids: dict[str, int], by_hand: set[int]) -> NewContact:
    """The contact with its groups; a chosen one that is gone by now, or was given a rule, is left out."""
    ids = sorted({*the_import.group_ids, *(group_ids[name] for name in draft.groups if name in group_ids)})
    ids = [group_id for group_id in ids if group_id in by_hand]
    fields = {"source": the_import.source, "obtained": the_import.obtained, **draft.contact.fields}
    notes = [{**note, "author": current_actor().name} for note in draft.contact.notes]
    return replace(draft.contact, fields=fields, group_ids=ids, notes=notes)


def _born(new: NewContact) -> NewContact:
    """With the birth date that the ID number states, where the file tells no other."""
    if new.identity is None or new.fields.get("birth_date") or new.fields.get("kind") == "body":
        return new
    return replace(new, fields={**new.fields, "birth_date": new.identity.born})


def _update(contact: Contact, new: NewContact) -> None:
    """Put what the file says over what we have. An empty cell never overwrites; what a contact has many of is added."""
    kept = ("kind", "source", "obtained", "preferred_name")
    given = {name: value for name, value in new.fields.items() if value and name not in kept}
    record.change(contact, "contact.updated_by_import", **given)
    for kind, key, parts, action in (
        (Email, "normal", new.emails, "contact.email_added"),
        (Telephone, "number", new.telephones, "contact.telephone_added"),
        (Note, "text", new.notes, "contact.note_added"),
    ):
        have = {getattr(part, key) for part in parts_of(kind, [contact.id]).get(contact.id, [])}
        for part in parts:
            if part[key] not in have:
                record.add_part(kind, contact.id, action, **{**part, "is_primary": int(not have)})
                have.add(part[key])
    if new.addresses and not parts_of(Address, [contact.id]).get(contact.id):
        record.add_part(Address, contact.id, "contact.address_added", **new.addresses[0])
    if new.identity:
        identities.keep(contact, new.identity)
    for group_id in new.group_ids:
        record.group([contact.id], group_id, contacts.find_group(group_id).name)


def _keep_problems(the_import: Import, batch: Sequence[Read]) -> int:
    rows = [
        {"import_id": the_import.id, "row": p.row, "column": p.column, "message": p.message, "cells": row[1]}
        for row, _, problems in batch
        for p in problems
    ]
    if rows:
        ImportProblem.insert_many(rows).execute()
    return len({r["row"] for r in rows})

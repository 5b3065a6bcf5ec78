"""Bringing contacts in from a file: taken in, mapped, declared, previewed, and run as a job that can be resumed."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import IO

from portal.activity import log
from portal.contacts import field_files
from portal.contacts import service as contacts
from portal.contacts.group_rules import ByRule
from portal.contacts.models import Group
from portal.contacts.queries import visible_groups
from portal.core import queue
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.imports.headings import FIELDS, IGNORE, guess
from portal.imports.models import Import, ImportProblem
from portal.imports.reading import Table, open_table
from portal.imports.rows import Draft, Problem, interpret
from portal.imports.sight import check_mapping, check_right, without_hidden
from portal.imports.targets import by_heading, targets

SOURCES = {
    "own": "They gave it to us themselves",
    "signed_up": "They signed up",
    "given": "They gave or bought something",
    "referral": "From someone else",
    "bought": "We bought it",
}
SAMPLES = 3
PREVIEWED = 20
LEASE = timedelta(minutes=2)
PATIENCE = timedelta(days=2)  # with somebody who has uploaded a file and not gone on
PROBLEMS_KEPT = timedelta(days=30)
ENDED = ("finished", "cancelled", "failed")


class ImportNotFound(LookupError):
    pass


class Bought(ValueError):
    """Lists that were bought are not taken in (POPIA s 69; R07)."""


class NotReady(ValueError):
    """Something of the import has not been answered yet."""


@dataclass
class Preview:
    """The first rows as they would be stored."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def take_in(folder: Path, filename: str, stream: IO[bytes]) -> Import:
    """Keep an uploaded file and look whether it is a table; raises UnreadableFile in words, keeping nothing."""
    check_right()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    try:
        with path.open("wb") as kept:
            while piece := stream.read(1 << 20):
                kept.write(piece)
        table = open_table(path, filename)
        samples = [cells for _, cells in islice(table.rows, 50)]
        rows = len(samples) + sum(1 for _ in table.rows)
        with transaction():
            made = Import.create(
                user_id=current_actor().user_id,
                filename=filename[:200],
                path=str(path),
                rows=rows,
                mapping=without_hidden(guess(table.headings, samples, by_heading(field_files.writable_sheets()))),
            )
            log.write("import.begun", subject_id=made.id, filename=filename[:200], rows=rows)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return made


def find(import_id: int) -> Import:
    found = Import.get_or_none(Import.id == import_id)
    if found is None:
        raise ImportNotFound("There is no such import.")
    return found


def headings_and_samples(the_import: Import) -> tuple[list[str], list[list[str]]]:
    """The headings, and a few filled cells of each column."""
    table = open_table(Path(the_import.path), the_import.filename)
    rows = [cells for _, cells in islice(table.rows, 50)]
    columns = [
        [row[i] for row in rows if i < len(row) and row[i].strip()][:SAMPLES] for i in range(len(table.headings))
    ]
    return table.headings, columns


def declare(
    the_import: Import, mapping: Mapping[str, str], source: str, obtained: str, channels: Sequence[str]
) -> None:
    """Say which column is what, and how these people came to be on the list. A bought list ends here."""
    check_right()
    _require_state(the_import, "mapping")
    if source == "bought":
        _end(
            the_import,
            "failed",
            "Lists that were bought are not taken in: the people on them never agreed to hear from you.",
        )
        raise Bought("A list that was bought cannot be taken in: the people on it never agreed to hear from you.")
    if source not in SOURCES:
        raise NotReady("Say how these people came to be on your list.")
    designed = targets()
    known = {heading: name for heading, name in mapping.items() if name in FIELDS or name in designed}
    check_mapping(known)
    if not any(name != IGNORE for name in known.values()):
        raise NotReady("Choose at least one column to take in.")
    with transaction():
        Import.update(mapping=known, source=source, obtained=obtained, channels=list(channels)).where(
            Import.id == the_import.id
        ).execute()
        log.write(
            "import.declared", subject_id=the_import.id, source=source, obtained=obtained, channels=list(channels)
        )


def preview(the_import: Import) -> Preview:
    """The first twenty rows as they would be stored, with what was repaired and what cannot be read."""
    table = open_table(Path(the_import.path), the_import.filename)
    seen = Preview()
    today, designed = now().date(), targets()
    ruled = {group.name.casefold() for group in visible_groups() if group.rule is not None}
    for number, cells in islice(table.rows, PREVIEWED):
        draft, problems = interpret(number, cells, table.headings, the_import.mapping, today=today, fields=designed)
        seen.problems += problems
        if draft is not None:
            draft.repairs += [str(ByRule(name)) for name in draft.groups if name.casefold() in ruled]
            seen.drafts.append(draft)
    return seen


def start(the_import: Import, existing: str, group_ids: Sequence[int], new_group: str = "") -> None:
    """Run the import as a job. `existing` is update, skip or add: what to do with people we have already."""
    check_right()
    _require_state(the_import, "mapping")
    if not the_import.source:
        raise NotReady("Say how these people came to be on your list.")
    if existing not in ("update", "skip", "add"):
        raise NotReady("Choose what to do with people you have already.")
    if existing == "update":
        require(Permission.CONTACT_EDIT)
    with transaction():
        chosen = [contacts.find_group(group_id) for group_id in group_ids]
        try:
            ids = {group.id for group in chosen if _is_by_hand(group)}
            if new_group.strip():
                ids.add(contacts.group_named(new_group).id)
        except ByRule as error:
            raise NotReady(str(error)) from error
        Import.update(existing=existing, group_ids=sorted(ids), state="waiting").where(
            Import.id == the_import.id, Import.state == "mapping"
        ).execute()
        queue.enqueue(queue.RUN_IMPORT, import_id=the_import.id)


def _is_by_hand(group: Group) -> bool:
    if group.rule is not None:
        raise ByRule(group.name)
    return True


def group_id(name: str) -> int:
    """The group of this name, made if there is none."""
    return int(contacts.group_named(name).id)


def cancel(the_import: Import) -> None:
    """Stop before the next batch. What was taken in already stays."""
    check_right()
    if the_import.state not in ENDED:
        _end(the_import, "cancelled", "")


def due() -> list[int]:
    """The imports nobody is at work on: rung for again by the sweeper."""
    idle = (Import.state == "waiting") | ((Import.state == "running") & (Import.lease < now()))
    return [row.id for row in Import.select(Import.id).where(idle)]


def open_file(the_import: Import) -> Table:
    return open_table(Path(the_import.path), the_import.filename)


def problems_of(the_import: Import, limit: int | None = None) -> list[ImportProblem]:
    query = (
        ImportProblem.select()
        .where(ImportProblem.import_id == the_import.id)
        .order_by(ImportProblem.row, ImportProblem.id)
    )
    return list(query.limit(limit) if limit else query)


def recent(count: int = 10) -> list[Import]:
    return list(Import.select().order_by(Import.id.desc()).limit(count))


def finish(the_import: Import, state: str, problem: str = "") -> None:
    """The job's end: the file goes, the counts stay."""
    _end(the_import, state, problem)


def tidy() -> None:
    """Give up imports that nobody went on with, and forget after their time the rows that could not be read."""
    for left in Import.select().where(Import.state == "mapping", Import.created_at < now() - PATIENCE):
        _end(left, "cancelled", "Nobody went on with it.")
    ImportProblem.delete().where(
        ImportProblem.import_id.in_(Import.select(Import.id).where(Import.ended_at < now() - PROBLEMS_KEPT))
    ).execute()


def _end(the_import: Import, state: str, problem: str) -> None:
    with transaction():
        changed = (
            Import.update(state=state, problem=problem, ended_at=now(), lease=None)
            .where(Import.id == the_import.id, Import.state.not_in(ENDED))
            .execute()
        )
        if changed:
            fresh = find(the_import.id)
            counts = {name: getattr(fresh, name) for name in ("added", "updated", "skipped", "failed")}
            log.write(f"import.{state}", subject_id=the_import.id, **counts)
    if state != "running":
        Path(the_import.path).unlink(missing_ok=True)


def _require_state(the_import: Import, state: str) -> None:
    if the_import.state != state:
        raise NotReady("This import has begun already.")

"""Bringing contacts in from a file: taken in, mapped, declared, previewed, and run as a job that can be resumed."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import IO

from portal.accounts.service import today
from portal.activity import log
from portal.contacts import field_files
from portal.contacts import service as contacts
from portal.contacts.group_rules import ByRule
from portal.contacts.models import Contact, Group
from portal.contacts.queries import visible_groups
from portal.core import queue
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.documents.rules import shown_name
from portal.imports import mappings
from portal.imports.declaring import SOURCES as SOURCES
from portal.imports.declaring import BadDeclaration as BadDeclaration
from portal.imports.declaring import Evidence as Evidence
from portal.imports.declaring import Further as Further
from portal.imports.declaring import NeedsEvidence as NeedsEvidence
from portal.imports.declaring import NotSigned as NotSigned
from portal.imports.declaring import declare as declare
from portal.imports.headings import guess
from portal.imports.matching import alike, match
from portal.imports.models import Import, ImportProblem
from portal.imports.queries import problems_of as problems_of
from portal.imports.reading import Table, open_table
from portal.imports.rows import Draft, Problem, interpret
from portal.imports.sight import check_right, without_hidden
from portal.imports.states import ENDED as ENDED
from portal.imports.states import LEASE as LEASE
from portal.imports.states import Bought as Bought
from portal.imports.states import ImportNotFound as ImportNotFound
from portal.imports.states import NotReady as NotReady
from portal.imports.states import end, require_state
from portal.imports.states import find as find
from portal.imports.targets import by_heading, targets

SAMPLES = 3
PREVIEWED = 20
PATIENCE = timedelta(days=2)  # with somebody who has uploaded a file and not gone on
PROBLEMS_KEPT = timedelta(days=30)


@dataclass
class Preview:
    """The first rows as they would be stored."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: dict[int, Contact] = field(default_factory=dict)  # of a row, who is there already
    alike: set[int] = field(default_factory=set)  # rows with the name of somebody who is there


def take_in(folder: Path, filename: str, stream: IO[bytes]) -> Import:
    """Keep an uploaded file and look whether it is a table; raises UnreadableFile in words, keeping nothing."""
    check_right()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    name = shown_name(filename) or "spreadsheet"
    digest = hashlib.sha256()
    try:
        with path.open("wb") as kept:
            while piece := stream.read(1 << 20):
                digest.update(piece)
                kept.write(piece)
        table = open_table(path, filename)
        samples = [cells for _, cells in islice(table.rows, 50)]
        rows = len(samples) + sum(1 for _ in table.rows)
        before = mappings.known(table.headings)
        guessed = guess(table.headings, samples, by_heading(field_files.writable_sheets())) if before is None else {}
        with transaction():
            made = Import.create(
                user_id=current_actor().user_id,
                filename=name,
                path=str(path),
                rows=rows,
                sha256=digest.hexdigest(),
                headings=table.headings,
                mapped_as=before[0].used_at if before else None,
                mapping=before[1] if before else without_hidden(guessed),
            )
            log.write("import.begun", subject_id=made.id, filename=name, rows=rows)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return made


def headings_and_samples(the_import: Import) -> tuple[list[str], list[list[str]]]:
    """The headings, and a few filled cells of each column."""
    table = open_table(Path(the_import.path), the_import.filename)
    rows = [cells for _, cells in islice(table.rows, 50)]
    columns = [
        [row[i] for row in rows if i < len(row) and row[i].strip()][:SAMPLES] for i in range(len(table.headings))
    ]
    return table.headings, columns


def preview(the_import: Import) -> Preview:
    """The first twenty rows as they would be stored, with what was repaired and what cannot be read."""
    table = open_table(Path(the_import.path), the_import.filename)
    seen = Preview()
    day, designed = today(), targets()
    ruled = {group.name.casefold() for group in visible_groups() if group.rule is not None}
    for number, cells in islice(table.rows, PREVIEWED):
        draft, problems = interpret(number, cells, table.headings, the_import.mapping, today=day, fields=designed)
        seen.problems += problems
        if draft is not None:
            draft.repairs += [str(ByRule(name)) for name in draft.groups if name.casefold() in ruled]
            seen.drafts.append(draft)
    seen.known = match(seen.drafts)
    seen.alike = alike(d for d in seen.drafts if d.row not in seen.known)
    return seen


def start(the_import: Import, existing: str, group_ids: Sequence[int], new_group: str = "") -> None:
    """Run the import as a job. `existing` is update, skip or add: what to do with people we have already."""
    check_right()
    require_state(the_import, "mapping")
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
        mappings.remember(the_import)
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
        end(the_import, "cancelled")


def due() -> list[int]:
    """The imports nobody is at work on: rung for again by the sweeper."""
    idle = (Import.state == "waiting") | ((Import.state == "running") & (Import.lease < now()))
    return [row.id for row in Import.select(Import.id).where(idle)]


def open_file(the_import: Import) -> Table:
    return open_table(Path(the_import.path), the_import.filename)


def recent(count: int = 10) -> list[Import]:
    return list(Import.select().order_by(Import.id.desc()).limit(count))


def finish(the_import: Import, state: str, problem: str = "") -> None:
    """The job's end."""
    end(the_import, state, problem)


def tidy() -> None:
    """Give up imports that nobody went on with, and forget after their time the rows that could not be read."""
    for left in Import.select().where(Import.state == "mapping", Import.created_at < now() - PATIENCE):
        end(left, "cancelled", "Nobody went on with it.")
    ImportProblem.delete().where(
        ImportProblem.import_id.in_(Import.select(Import.id).where(Import.ended_at < now() - PROBLEMS_KEPT))
    ).execute()

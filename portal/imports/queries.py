"""Lists of imports, where contacts came from, and what support is told of an organisation's lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peewee import fn

from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.written import day
from portal.imports import signs
from portal.imports.declaring import SOURCES
from portal.imports.models import Declaration, Import, ImportedContact, ImportProblem, Undo
from portal.imports.states import ENDED

PAGE = 25
UNDER_WAY = ("mapping", "waiting", "running")
SHOWN = {
    "": "All", "under_way": "Under way", "finished": "Done", "undone": "Undone", "stopped": "Cancelled or refused",
    "signs": "Like a bought list",
}  # fmt: skip
TOLD_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Filter:
    show: str = ""  # a word of SHOWN
    text: str = ""  # in the name of the file
    source: str = ""


@dataclass(frozen=True)
class Line:
    the_import: Import
    declared_by: str
    undo: str  # the state of its undoing, or ""


@dataclass(frozen=True)
class Origin:
    """How a contact came here by a file."""

    import_id: int | None  # None where the import is not for the reader's eyes
    filename: str
    at: datetime
    was_added: bool
    declaration: Declaration | None

    @property
    def words(self) -> str:
        """What was declared, in a sentence or two."""
        said = self.declaration
        if said is None:
            return ""
        when = day(said.obtained_on, ZoneInfo("UTC")) if said.obtained_on else ""
        how = ", ".join(filter(None, (said.obtained.rstrip("."), when)))
        return " ".join(f"{words}." for words in (SOURCES.get(said.source, said.source), how) if words)


@dataclass(frozen=True)
class Signs:
    """What the lists of an organisation look like to support: figures and sentences, and no name of anybody."""

    imports: int
    rows: int
    high: int  # how many look like bought ones
    most: int  # the highest score
    sentences: list[str]  # of that one
    at: datetime | None  # when that one was brought


def count(wanted: Filter) -> int:
    return int(_found(wanted).count())


def page(wanted: Filter, number: int) -> list[Line]:
    rows = list(_found(wanted).order_by(Import.id.desc()).paginate(number, PAGE))
    ids = [row.id for row in rows] or [0]
    names = dict(
        Declaration.select(Declaration.import_id, Declaration.name)
        .where(Declaration.import_id.in_(ids))
        .order_by(Declaration.id)
        .tuples()
    )
    undos = dict(Undo.select(Undo.import_id, Undo.state).where(Undo.import_id.in_(ids)).tuples())
    return [Line(row, names.get(row.id, ""), undos.get(row.id, "")) for row in rows]


def problems_of(the_import: Import, limit: int | None = None) -> list[ImportProblem]:
    mine = ImportProblem.import_id == the_import.id
    query = ImportProblem.select().where(mine).order_by(ImportProblem.row, ImportProblem.id)
    return list(query.limit(limit) if limit else query)


def origins(contact_ids: Sequence[int]) -> dict[int, list[Origin]]:
    """By which files these contacts came, the first one first. What a file is called tells only who may see it."""
    rows = ImportedContact.select().where(
        ImportedContact.contact_id.in_(list(contact_ids)), ImportedContact.is_repeated.is_null()
    )
    pairs = [(row.contact_id, row.import_id, row.was_added) for row in rows.order_by(ImportedContact.id)]
    import_ids = sorted({import_id for _, import_id, _ in pairs})
    if not import_ids:
        return {}
    seen = {row.id: row for row in Import.select().where(Import.id.in_(import_ids))}
    declared = {
        row.import_id: row
        for row in Declaration.select().where(Declaration.import_id.in_(import_ids)).order_by(Declaration.id)
    }
    found: dict[int, list[Origin]] = {}
    for contact_id, import_id, was_added in pairs:
        one, said = seen.get(import_id), declared.get(import_id)
        at = one.created_at if one else said.at if said else None
        if at is not None:
            origin = Origin(one.id if one else None, one.filename if one else "", at, bool(was_added), said)
            found.setdefault(contact_id, []).append(origin)
    return found


def signs_of(org_id: int) -> Signs:
    """For support: what the lists look like that an organisation brought in the last year."""
    with acting_as(system(org_id)):
        recent = (Import.created_at > now() - TOLD_FOR) & (Import.source != "")
        counted = Import.select(fn.COUNT(Import.id), fn.COALESCE(fn.SUM(Import.rows), 0)).where(recent)
        imports, rows = counted.tuples().get()
        high = Import.select().where(recent, Import.score >= signs.HIGH).count()
        worst = Import.select().where(recent).order_by(Import.score.desc(), Import.id.desc()).first()
        words = [sentence for sentence, _ in signs.sentences(worst.signs)] if worst else []
        at = worst.created_at if worst and worst.score else None
        return Signs(int(imports), int(rows), high, worst.score if worst else 0, words, at)


def _found(wanted: Filter) -> Any:
    query = Import.select()
    undone = Undo.select(Undo.import_id)
    if wanted.show == "under_way":
        query = query.where(Import.state.in_(UNDER_WAY))
    elif wanted.show == "finished":
        query = query.where(Import.state == "finished", Import.id.not_in(undone))
    elif wanted.show == "undone":
        query = query.where(Import.id.in_(undone))
    elif wanted.show == "stopped":
        query = query.where(Import.state.in_([state for state in ENDED if state != "finished"]))
    elif wanted.show == "signs":
        query = query.where(Import.score >= signs.HIGH)
    if wanted.source:
        query = query.where(Import.source == wanted.source)
    for word in wanted.text.split():
        query = query.where(Import.filename.contains(word))
    return query

"""Places that name a contact without a column of his: rows of files, messages of the portal, mail that was caught."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from portal.config import Settings
from portal.contacts.needles import Needles, needles_of
from portal.contacts.sweeps import register_sweep
from portal.core.db import after_commit
from portal.delivery import catcher
from portal.delivery.models import ReturnedMail, SystemMail
from portal.imports import service as imports
from portal.imports.limits import UnreadableFile
from portal.imports.models import Import, ImportProblem
from portal.imports.states import end

_data_dir: list[Path] = []
_PAGE = 500
GIVEN_UP = "Somebody in this file was removed meanwhile. Begin again: that row will be left out."


def use(settings: Settings) -> None:
    _data_dir[:] = [settings.data_dir]


def register() -> None:
    register_sweep("files that wait to be brought in", waiting_files)
    register_sweep("rows of files that could not be brought in", problems)
    register_sweep("messages of the portal to colleagues", system_mail)
    register_sweep("returned messages", returned_mail)
    register_sweep("messages that were caught", caught)


def waiting_files(contact_ids: Sequence[int]) -> int:
    """Give up imports that nobody has begun yet, where a row of the file is about one of these: the file goes with it.
    One that is being read now ends by itself, and refuses the row.
    """
    needles = needles_of(contact_ids)
    given_up = 0
    for waiting in list(Import.select().where(Import.state == "mapping")):
        if _stands_in(needles, waiting):
            end(waiting, "cancelled", GIVEN_UP)
            given_up += 1
    return given_up


def _stands_in(needles: Needles, waiting: Import) -> bool:
    try:
        return any(needles.in_row(" ; ".join(cells)) for _, cells in imports.open_file(waiting).rows)
    except (UnreadableFile, OSError):
        return True  # what cannot be looked through is not kept either


def problems(contact_ids: Sequence[int]) -> int:
    """Empty the rows of files that could not be taken in and are about one of these. That there was one stays."""
    needles = needles_of(contact_ids)
    emptied = last = 0
    while rows := list(ImportProblem.select().where(ImportProblem.id > last).order_by(ImportProblem.id).limit(_PAGE)):
        last = rows[-1].id
        mine = [row.id for row in rows if needles.in_row(" ; ".join(map(str, [*row.cells, row.message])))]
        if mine:
            ImportProblem.update(cells=[], message="Somebody who was removed.").where(
                ImportProblem.id.in_(mine)
            ).execute()
        emptied += len(mine)
    return emptied


def system_mail(contact_ids: Sequence[int]) -> int:
    """Drop messages that wait to go out and name one of these, such as an answer of his that is passed on."""
    needles = needles_of(contact_ids)
    gone = [
        row.id
        for row in SystemMail.select().where((SystemMail.message != "") | (SystemMail.reply != ""))
        if _names(needles, row.message.encode(), row.recipient, row.reply)
    ]
    return int(SystemMail.delete().where(SystemMail.id.in_(gone)).execute()) if gone else 0


def returned_mail(contact_ids: Sequence[int]) -> int:
    """Drop mail that came back, or that nobody could be found for, and that names one of these. It is read within
    seconds; what is kept belongs to nobody.
    """
    needles = needles_of(contact_ids)
    gone = [row.id for row in ReturnedMail.select() if _names(needles, bytes(row.source), row.recipient)]
    return int(ReturnedMail.delete().where(ReturnedMail.id.in_(gone)).execute()) if gone else 0


def caught(contact_ids: Sequence[int]) -> int:
    """Drop messages of the catcher to one of these, or that name his address."""
    needles = needles_of(contact_ids)
    ids = catcher.naming(_data_dir[0], needles.address_in) if needles.emails else []
    if ids:
        after_commit(partial(catcher.forget, _data_dir[0], ids))
    return len(ids)


def _names(needles: Needles, source: bytes, *texts: str) -> bool:
    return any(map(needles.address_in, [*texts, *catcher.readable(source)]))

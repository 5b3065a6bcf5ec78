"""What the organisation lets people see and change on their own pages: a level for each block, and for each field that
it designed (contacts.self_service).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.activity import log
from portal.contacts import designing
from portal.contacts.self_service import CHANGED, LEVELS, may_change
from portal.core.actor import require
from portal.core.db import lock_table, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.profile.models import OwnPage
from portal.profile.rules import BLOCKS, levels_of


class NotOffered(LookupError):
    """The organisation does not let people change this by themselves, or does not show it."""


class BadLevel(Misfit):
    """A block cannot be given this level. `field` is the block."""


@dataclass(frozen=True)
class Levels:
    """The level of each block, and whether a person may have his details mailed to him in full."""

    blocks: Mapping[str, int]
    mails_details: bool


def current() -> Levels:
    row = OwnPage.get_or_none()
    blocks = {block: getattr(row, block) if row else CHANGED for block in BLOCKS}
    return Levels(blocks, bool(row and row.mails_details))


def level_to_change(block: str) -> int:
    """How a block is changed by the person: at once, or once a colleague confirms it. Raises NotOffered."""
    level = current().blocks[block]
    if not may_change(level):
        raise NotOffered("This is not changed here. Write to us, and we will help.")
    return level


def choose(blocks: Mapping[str, int], fields: Mapping[int, int], *, mails_details: bool) -> None:
    """Give each block, and each of these fields by its id, its level. Raises BadLevel for a block, design_rules.Unfit
    for a field, and Denied.
    """
    require(Permission.SETTINGS)
    for block, level in blocks.items():
        if level not in levels_of(block):
            raise BadLevel("Choose one from the list.", block)
    with transaction():
        lock_table(OwnPage)
        before = current()
        wanted = {**before.blocks, **blocks}
        changes = {
            BLOCKS[block]: [LEVELS[before.blocks[block]], LEVELS[level]]
            for block, level in wanted.items() if level != before.blocks[block]
        }  # fmt: skip
        if mails_details != before.mails_details:
            changes["Details by mail"] = ["yes" if on else "no" for on in (before.mails_details, mails_details)]
        if changes:
            values = {**wanted, "mails_details": int(mails_details)}
            if not OwnPage.update(**values).execute():
                OwnPage.create(**values)
            log.write("organisation.own_pages_changed", changes=changes)
        designing.set_self_service(fields)

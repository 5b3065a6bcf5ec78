"""Taking contacts along as a file: asked for with purpose, recipient and expiry, made by a job, fetched, and told of
until it was destroyed (P-15-2, R59). Each step stands in the log, because personal data leaves the portal by it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.accounts.models import Membership
from portal.accounts.service import actor_for, actor_of_user, members, today
from portal.activity import log
from portal.contacts import queries as contacts
from portal.contacts.field_files import is_sensitive
from portal.contacts.field_filters import FieldWish
from portal.contacts.queries import Filter
from portal.core import queue
from portal.core.actor import Actor, current_actor, require, require_sight
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import DataSet, Denied, Permission
from portal.core.sealing import open_sealed, seal
from portal.core.text import InvalidText, clean_text
from portal.exports import keeping, leaving, marking
from portal.exports.models import Export
from portal.exports.rules import (
    COLLEAGUE,
    COMMAND,
    MADE,
    OPEN,
    PROTECTED,
    BadExport,
    Choice,
    check,
    limits_of,
    sees_enough,
)

PASSWORD = "export-password"  # noqa: S105 - the purpose of a sealed text
NOT_YOURS = "This file was made for {name}. Ask for one of your own."
SEES_LESS = "This file may hold what is hidden from you now. Ask for one of your own."
GONE = "The portal does not keep this file any more. Ask for it again."


class ExportNotFound(LookupError):
    pass


class NotReady(ValueError):
    """The file cannot be had so: it is not made yet, or it is gone. The message is for the person."""


@dataclass(frozen=True)
class Wish:
    """What somebody answered who wants contacts as a file."""

    purpose: str
    recipient: str
    expires_on: date
    format: str = "xlsx"
    handing: str = "self"
    colleague_id: int | None = None
    with_identity: bool = False
    with_sensitive: bool = False
    with_consents: bool = False


def ask(wanted: Filter, wish: Wish) -> Export:
    """Note what was asked for and ring for the job. Raises BadExport with the field to be mended, and Denied."""
    require(Permission.CONTACT_EXPORT)
    if wish.with_identity:
        require_sight(DataSet.IDENTITY)
    purpose, recipient = _cleaned(wish.purpose, "purpose"), _cleaned(wish.recipient, "recipient")
    check(purpose, recipient, wish.expires_on, wish.format, wish.handing, today())
    actor = current_actor()
    if wish.handing == COMMAND and actor.user_id is not None:
        raise BadExport("Choose how the file is handed over.", "handing")
    colleague = _colleague(wish)
    choice = choice_of(wish)
    with transaction():
        if wish.with_sensitive:
            leaving.purpose_handed_on()
        password = sealed_password() if wish.handing == PROTECTED else ""
        made = Export.create(
            user_id=actor.user_id, user_name=actor.name, mark=marking.new_mark(), purpose=purpose, recipient=recipient,
            expires_on=wish.expires_on, format=wish.format, handing=wish.handing,
            colleague_id=colleague.user_id if colleague else None, colleague_name=colleague.name if colleague else "",
            wanted=asdict(wanted), with_identity=int(wish.with_identity), with_sensitive=int(wish.with_sensitive),
            with_consents=int(wish.with_consents), limits=limits_of(actor), fields=choice.told(), total=0,
            sealed_password=password,
        )  # fmt: skip
        log.write(
            "export.asked", subject_id=made.id, mark=made.mark, purpose=purpose, recipient=recipient,
            expires=wish.expires_on, format=wish.format, handing=wish.handing, colleague=made.colleague_id,
        )  # fmt: skip
        queue.enqueue(queue.RUN_EXPORT, export_id=made.id)
    return made


def sealed_password() -> str:
    """A new password as it is kept until it was shown."""
    return seal(PASSWORD, marking.new_password())


def choice_of(asked: Wish | Export) -> Choice:
    """Which columns go along, as far as the actor sees them now."""
    return leaving.choice(
        with_identity=bool(asked.with_identity), with_sensitive=bool(asked.with_sensitive),
        with_consents=bool(asked.with_consents),
    )  # fmt: skip


def wanted_of(export: Export) -> Filter:
    """The filter as it was kept."""
    kept = dict(export.wanted)
    wishes = tuple(
        FieldWish(w["field_id"], tuple(w["wanted"]), w["least"], w["most"]) for w in kept.pop("fields", None) or ()
    )
    kept |= {name: tuple(kept.get(name) or ()) for name in ("group_ids", "not_group_ids")}
    return Filter(**kept, fields=wishes)


def told_of(export: Export, wanted: Filter, choice: Choice) -> dict[str, Any]:
    """What the log keeps of a file that was made: its fields and counts, and the classes of what is more than ordinary
    in it; no word that was searched for.
    """
    groups = contacts.visible_groups() if choice.with_sensitive else []
    classes = {c.field.sensitivity for c in choice.columns if is_sensitive(c.field)}
    classes |= {group.sensitivity for group in groups if is_sensitive(group)}
    told: dict[str, Any] = {
        "mark": export.mark, "format": export.format, "fields": choice.told(export.mark),
        "groups": list(wanted.group_ids), "id_numbers": bool(choice.with_identity),
    }  # fmt: skip
    return told | ({"classes": sorted(classes)} if classes else {})


def find(export_id: int) -> Export:
    found = Export.get_or_none(Export.id == export_id)
    if found is None:
        raise ExportNotFound("There is no such file.")
    return found


def cancel(export: Export) -> None:
    """Stop before the next rows. Nothing of the file is kept."""
    require(Permission.CONTACT_EXPORT)
    _require_hand_in(export)
    with transaction():
        ended = (
            Export.update(state="cancelled", ended_at=now(), lease=None, wanted={}, sealed_password="")
            .where(Export.id == export.id, Export.state.in_(OPEN))
            .execute()
        )
        if ended:
            log.write("export.cancelled", subject_id=export.id, mark=export.mark)


def why_not(export: Export) -> str:
    """Why the actor cannot fetch the file, in a sentence; "" when he can."""
    actor = current_actor()
    taker = export.colleague_id if export.handing == COLLEAGUE else export.user_id
    if actor.user_id != taker:
        return NOT_YOURS.format(name=export.colleague_name or export.user_name)
    if not sees_enough(actor, export.limits):
        return SEES_LESS
    if export.state != MADE or not export.is_kept or _is_over(export):
        return GONE if not export.is_open else "The file is still being made."
    return ""


def take(export: Export) -> Iterator[bytes]:
    """Hand the file over, and note who took it. Raises Denied, NotReady, and Lost when it cannot be read."""
    require(Permission.CONTACT_EXPORT)
    if reason := why_not(export):
        raise NotReady(reason) if reason == GONE or export.is_open else Denied(reason)
    pieces = keeping.pieces_of(export)
    with transaction():
        moment = now()
        Export.update(times_taken=Export.times_taken + 1).where(Export.id == export.id).execute()
        Export.update(taken_at=moment).where(Export.id == export.id, Export.taken_at.is_null()).execute()
        # It is out there once more, whatever was confirmed of an earlier copy.
        Export.update(destroyed_at=None, destroyed_by="").where(Export.id == export.id).execute()
        log.write("export.downloaded", subject_id=export.id, mark=export.mark, rows=export.done)
    return pieces


def show_password(export: Export) -> str:
    """The password of the file, once: it is not kept afterwards. Raises Denied, NotReady."""
    require(Permission.CONTACT_EXPORT)
    if export.handing != PROTECTED or current_actor().user_id != export.user_id:
        raise Denied("Only who asked for the file is shown its password.")
    if export.state != MADE:
        raise NotReady("The file is still being made.")
    with transaction():
        kept = lock(Export.select(Export.id, Export.sealed_password).where(Export.id == export.id)).get()
        if not kept.sealed_password:
            raise NotReady("The password was shown once already. If it is lost, ask for the file again.")
        Export.update(sealed_password="").where(Export.id == export.id).execute()
        log.write("export.password_shown", subject_id=export.id, mark=export.mark)
    return open_sealed(PASSWORD, kept.sealed_password)


def confirm_destroyed(export: Export) -> None:
    """Note that every copy was destroyed, on the word of who took it or looks after the files; what the portal still
    keeps of it goes too.
    """
    require(Permission.CONTACT_EXPORT)
    _require_hand_in(export)
    if not export.is_out:
        return
    with transaction():
        gone = {"destroyed_at": now(), "destroyed_by": current_actor().name}
        if Export.update(**gone).where(Export.id == export.id, Export.destroyed_at.is_null()).execute():
            log.write("export.destroyed", subject_id=export.id, mark=export.mark)
        keeping.remove(export, "destroyed")


def remove(export: Export) -> None:
    """Take the kept file away before its days are over."""
    require(Permission.CONTACT_EXPORT)
    _require_hand_in(export)
    keeping.remove(export, "asked")


def colleagues() -> list[Membership]:
    """The users who could fetch a file of the actor's by a link: who may export, and from whom nothing is hidden that
    the actor sees.
    """
    actor = current_actor()
    limits = limits_of(actor)
    return [
        one
        for one in members()
        if one.user_id != actor.user_id and one.user.disabled_at is None and _may_have(actor_for(one), limits)
    ]


def due() -> list[int]:
    """The exports nobody is at work on: rung for again by the sweeper."""
    idle = (Export.state == "waiting") | ((Export.state == "running") & (Export.lease < now()))
    return [row.id for row in Export.select(Export.id).where(idle)]


def _may_have(actor: Actor, limits: dict[str, Any]) -> bool:
    return actor.may(Permission.CONTACT_EXPORT) and sees_enough(actor, limits)


def _colleague(wish: Wish) -> Actor | None:
    if wish.handing != COLLEAGUE:
        return None
    actor = actor_of_user(wish.colleague_id)
    if actor is None or actor.user_id == current_actor().user_id:
        raise BadExport("Choose the colleague who may fetch it.", "colleague")
    if not _may_have(actor, limits_of(current_actor())):
        raise BadExport(f"{actor.name} may not take contacts along, or sees less of them than you.", "colleague")
    return actor


def _is_over(export: Export) -> bool:
    return export.kept_until is None or export.kept_until < today()


def _require_hand_in(export: Export) -> None:
    """Who asked, who fetched, or who looks after users and rights."""
    actor = current_actor()
    if actor.user_id in (export.user_id, export.colleague_id) or actor.may(Permission.USERS):
        return
    raise Denied("Only who asked for this file or took it can do this, or who looks after users.")


def _cleaned(text: str, field: str) -> str:
    try:
        return clean_text(text, max_length=300)
    except InvalidText as error:
        raise BadExport(str(error), field) from error

"""Who was given a person's details: whom he is told of (s 23(1)(b)), and who must hear of a correction (s 24(3))."""

from dataclasses import dataclass

from portal.core.actor import acting_as, current_actor, system
from portal.core.permissions import Permission
from portal.core.written import day
from portal.delivery.notices import HOME
from portal.diary import tasks
from portal.exports.models import Export, ExportedContact
from portal.gateways.countries import name_of
from portal.requests.models import Request
from portal.transfers import service as transfers
from portal.transfers.rules import SERVICES

KEEPS_A_COPY = "other"  # of transfers.rules.SERVICES: the others see what we change, because it is our own copy


@dataclass(frozen=True)
class Recipient:
    """Who has or had the details, as it is told to the person; `is_out`: still holds a copy of its own."""

    name: str
    words: str
    is_out: bool


def of(contact_id: int | None) -> list[Recipient]:
    """Everybody who had access, as far as the actor may know of files and of the register."""
    return [*_files(contact_id), *_operators()]


def is_whole() -> bool:
    """Whether the actor is told of all of them."""
    actor = current_actor()
    is_limited = actor.hidden or actor.hidden_pages or actor.is_limited
    return actor.may(Permission.CONTACT_EXPORT) and actor.may(Permission.SETTINGS) and not is_limited


def told(contact_id: int | None) -> str:
    """The same as lines of a letter."""
    lines = [f"– {one.name}: {one.words}" for one in of(contact_id)]
    return "\n".join(lines) or "Nobody outside this organisation."


def pass_on(request: Request) -> int:
    """A task for each who holds a copy of what was corrected or deleted; how many. Their names stand on the page of the
    request alone: not everybody who sees tasks may know of files.
    """
    owner = request.user_id
    with acting_as(system(current_actor().org_id)):
        count = len({one.name for one in of(request.contact_id) if one.is_out})
        is_known = owner in dict(tasks.colleagues())
        for number in range(1, count + 1):
            tasks.add(
                f"Tell who holds a copy what was corrected or deleted, {number} of {count}: {request.reference}",
                tasks.today(), user_id=owner if is_known else None, contact_id=request.contact_id,
            )  # fmt: skip
    return count


def _files(contact_id: int | None) -> list[Recipient]:
    if contact_id is None or not current_actor().may(Permission.CONTACT_EXPORT):
        return []
    mine = ExportedContact.select(ExportedContact.export_id).where(ExportedContact.contact_id == contact_id)
    found = []
    for export in Export.select().where(Export.id.in_(mine)).order_by(Export.id):
        state = "" if export.is_out else "; destroyed since" if export.destroyed_at else "; never fetched"
        words = f"a file of {day(export.created_at, HOME)}, for: {export.purpose}{state}"
        found.append(Recipient(export.recipient, words, export.is_out))
    return found


def _operators() -> list[Recipient]:
    if not current_actor().may(Permission.SETTINGS):
        return []
    return [
        Recipient(one.name, f"{SERVICES[one.service].lower()}, in {name_of(one.country)}", one.service == KEEPS_A_COPY)
        for one in transfers.current()
    ]

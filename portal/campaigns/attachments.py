"""Files sent along with a newsletter: few kinds, little weight, nothing that a reader's program would run."""

from pathlib import PurePath

from portal.activity import log
from portal.campaigns.models import DRAFT, Attachment, Campaign
from portal.consent.rules import PurposeClass
from portal.core.actor import require
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.core.text import clean_text
from portal.delivery.mime import File

MOST_BYTES = 5 * 1024 * 1024  # of all files of a campaign: each goes to every reader
KINDS = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".txt": "text/plain",
    ".ics": "text/calendar", ".odt": "application/vnd.oasis.opendocument.text",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_BEGINS = {".pdf": b"%PDF-", ".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8",
           ".docx": b"PK", ".xlsx": b"PK", ".odt": b"PK"}  # fmt: skip


class BadFile(ValueError):
    """This file cannot be sent along. The message says why."""


class Gone(LookupError):
    pass


def of(campaign_id: int) -> list[Attachment]:
    """The files of a campaign without what is in them."""
    fields = (Attachment.id, Attachment.name, Attachment.size)
    return list(Attachment.select(*fields).where(Attachment.campaign_id == campaign_id).order_by(Attachment.id))


def files_of(campaign_id: int) -> list[File]:
    query = Attachment.select().where(Attachment.campaign_id == campaign_id).order_by(Attachment.id)
    return [File(f.name, f.kind, bytes(f.body)) for f in query]


def add(campaign: Campaign, name: str, body: bytes) -> None:
    """Send this file along. Raises BadFile."""
    require(Permission.CAMPAIGN_EDIT)
    name = clean_text(PurePath(name.replace("\\", "/")).name, max_length=120)
    ending = PurePath(name).suffix.lower()
    if campaign.state != DRAFT:
        raise BadFile("This campaign has begun; what goes along stays as it is.")
    if campaign.purpose == PurposeClass.CONSENT_REQUEST:
        raise BadFile("A request for consent asks for nothing but an answer: no file goes along.")
    if ending not in KINDS:
        raise BadFile("Files of this kind cannot be sent along. PDF, Word, Excel, pictures and plain text can.")
    if not body.startswith(_BEGINS.get(ending, b"")) or not body:
        raise BadFile(f"This file is not what its name says ({ending}). Save it again and choose it anew.")
    if len(body) + sum(f.size for f in of(campaign.id)) > MOST_BYTES:
        raise BadFile("The files of a newsletter may weigh 5 MB in all. Put large ones on your web site and link them.")
    with transaction():
        Attachment.create(campaign_id=campaign.id, name=name, kind=KINDS[ending], body=body, size=len(body))
        log.write("campaign.file_added", subject_id=campaign.id, name=name)


def remove(campaign: Campaign, attachment_id: int) -> None:
    require(Permission.CAMPAIGN_EDIT)
    mine = (Attachment.id == attachment_id) & (Attachment.campaign_id == campaign.id)
    found = Attachment.select(Attachment.id, Attachment.name).where(mine).first()
    if found is None:
        raise Gone("There is no such file.")
    if campaign.state != DRAFT:
        raise BadFile("This campaign has begun; what goes along stays as it is.")
    with transaction():
        Attachment.delete().where(mine).execute()
        log.write("campaign.file_removed", subject_id=campaign.id, name=found.name)

"""A document of the contact, whose every text holds the canary."""

import io

from portal.documents import service
from tests.seeds import Stage

_OPENED = {"log_entry", "log_head"}  # each opening is noted
READING_WRITES = {"documents.content": _OPENED, "documents.preview": _OPENED}
OF_CONTACT = {"document_id"}


def plant(stage: Stage) -> dict[str, int]:
    made = service.add(
        io.BytesIO(b"CNRY text"), "CNRY.txt", contact_id=stage.contact_id, title="CNRY title", folder="CNRY"
    )
    return {"document_id": made.id}

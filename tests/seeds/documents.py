"""A document of the contact, whose every text holds the canary."""

import io

from portal.documents import service
from tests.seeds import Stage

_OPENED = {"log_entry", "log_head"}
READING_WRITES = {"documents.content": _OPENED, "documents.preview": _OPENED}
OF_CONTACT = {"document_id"}


def plant(stage: Stage) -> dict[str, int]:
    title = stage.canary("documents", f"CNRY title {stage.contact_id} x")
    text = stage.canary("contact", f"CNRY text {stage.contact_id} x")
    made = service.add(io.BytesIO(text.encode()), "CNRY.txt", contact_id=stage.contact_id, title=title, folder="CNRY")
    return {"document_id": made.id}

"""A document of the contact, of whose texts none is met by who may not read documents or not see the contact."""

import io

from portal.documents import service
from tests.seeds import Stage

_OPENED = {"log_entry", "log_head"}  # each opening is noted
READING_WRITES = {"documents.content": _OPENED, "documents.preview": _OPENED}
OF_CONTACT = {"document_id"}
KINDS = "documents contact"


def plant(stage: Stage) -> dict[str, int]:
    def here(word: str) -> str:
        return stage.canary(KINDS, f"CNRY{stage.mark}{word}")

    made = service.add(
        io.BytesIO(here("content").encode()), here("docname") + ".txt", contact_id=stage.contact_id,
        title=here("title"), folder=here("folder"),
    )  # fmt: skip
    return {"document_id": made.id}

"""Remembered columns and a signed declaration, of whose texts none is met in the other organisation."""

import io

from portal.imports import mappings, service
from portal.imports.models import Mapping
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    here = stage.canary
    body = f"Email,CNRY{stage.mark}heading\nsigned{stage.mark.lower()}@example.net,x\n".encode()
    made = service.take_in(stage.folder, f"CNRY{stage.mark}declared.csv", io.BytesIO(body))
    further = service.Further(wording=here("contact.import", f"CNRY{stage.mark}wording"))
    service.declare(made, made.mapping, "own", f"CNRY{stage.mark} how", ["email"], further)
    mappings.remember(service.find(made.id))
    row = Mapping.get()
    mappings.rename(row, here("contact.import", f"CNRY{stage.mark}columns"))
    stage.others.append({"import_id": made.id})
    return {"mapping_id": row.id}

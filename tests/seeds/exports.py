"""A file of all contacts, made and waiting to be fetched by the owner, and one that a colleague took and that is still
out there: of the words of neither is anything met elsewhere.
"""

from datetime import timedelta

from portal.contacts.queries import Filter
from portal.core.actor import acting_as, current_actor, system
from portal.exports import running, service
from portal.exports.models import Export
from portal.exports.service import Wish
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    day = service.today() + timedelta(days=30)

    def made(number: int, handing: str) -> Export:
        purpose, recipient = (
            stage.canary("contact.export", f"CNRY{stage.mark}{word}{number}") for word in ("taken", "holder")
        )
        wish = Wish(purpose, recipient, day, "csv", handing, with_sensitive=True, with_consents=True)
        asked = service.ask(Filter(), wish)
        with acting_as(system(current_actor().org_id)):
            running.run(asked.id)
        return service.find(asked.id)

    here, out = made(1, "self"), made(2, "self")
    list(service.take(out))
    locked = made(3, "self")
    kept = {"handing": "protected", "sealed_password": service.sealed_password()}
    Export.update(**kept).where(Export.id == locked.id).execute()
    stage.others.extend([{"export_id": out.id}, {"export_id": locked.id}])
    return {"export_id": here.id}

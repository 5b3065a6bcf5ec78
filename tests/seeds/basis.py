"""What a contact said, with its paper; another ground; a restriction that was lifted; a purpose; a run for many."""

import io

from portal.consent import purposes, recording_many, restricting, telling
from portal.consent.models import Justification
from portal.consent.purposes import Line
from portal.consent.recording_many import What
from portal.consent.telling import Paper, Word
from portal.contacts import service
from tests.seeds import Stage

OF_CONTACT = {"justification_id"}


def plant(stage: Stage) -> dict[str, int]:
    def here(word: str, kinds: str = "contact") -> str:
        return stage.canary(kinds, f"CNRY{stage.mark}{word}")

    contact = service.find(stage.contact_id)
    line = Line(f"Purpose {stage.mark}", here("register", "settings"), "information", "contract")
    purpose = purposes.add(line)
    paper = Paper(io.BytesIO(f"CNRY{stage.mark}paper".encode()), "form.txt")
    word = Word(
        purposes.first().id,
        "granted",
        ["email"],
        "telephone",
        None,
        "self",
        here("whattheysaid"),
        here("recording"),
        paper,
    )
    telling.tell(contact, word)
    telling.ground(contact, purpose.id, "contract", here("membership"))
    restricting.restrict(contact.id, "contested", here("contested"))
    restricting.lift(contact.id, here("toldbefore"))
    run = recording_many.start(What(purpose.id, "our_interest", "own", here("agmlist")), stage.group_id)
    ground = Justification.get(Justification.contact_id == contact.id, Justification.basis == "contract")
    return {"purpose_id": purpose.id, "justification_id": ground.id, "run_id": run.id}

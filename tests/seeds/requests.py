"""A request of the contact, one of somebody who is none, and a complaint that was answered."""

from portal.requests import answering, desk, service, texts
from portal.requests.rules import Reply
from portal.requests.service import Asked
from tests.seeds import Stage

OF_CONTACT = {"request_id"}


def plant(stage: Stage) -> dict[str, int]:
    def said(word: str) -> str:
        return stage.canary("privacy contact", f"CNRY{stage.mark}request{word}")

    desk.set_recipient(None)
    texts.save("held.nothing", "CNRY nothing")
    # Answered, and open until the contact is deleted: one that waits for its answer would keep the contact here.
    made = service.note(Asked("delete", "paper", said("asked"), contact_id=stage.contact_id))
    service.verify(made, said("shown"))
    answering.answer(made, Reply("deleted", said("answer"), "post"))
    closed = service.note(Asked("complaint", "telephone", said("complained"), contact_id=stage.contact_id))
    answering.answer(closed, Reply("unfounded", said("answered"), "post", reasons=said("because")))
    stranger = service.note(Asked("held", "email", "CNRY stranger", who="CNRY who", reach="CNRY reach"))
    stage.others.extend([{"request_id": closed.id}, {"request_id": stranger.id}])
    return {"request_id": made.id}

"""What a person says for himself by a link in a message: his own act, which proves itself."""

from portal.consent import purposes
from portal.consent.folding import of
from portal.consent.models import ConsentEvent
from portal.consent.queries import states
from portal.consent.recording import keep_wording, record

LINK = "link"
WORDING = "That was a mistake: keep writing to me"  # the button that stands under an unsubscribing


def take_back(contact_id: int, channel: str) -> None:
    """He asks for no more on this channel: every consent there is taken back."""
    held = states([contact_id]).get(contact_id, {})
    for purpose in purposes.everything():
        if of(held, purpose.id, channel).is_given:
            record(
                [contact_id], purpose_id=purpose.id, channels=[channel], kind="withdrawn", method=LINK,
                told=[contact_id],
            )  # fmt: skip


def give_again(contact_id: int, channel: str) -> None:
    """He says that it was a mistake: what he took back by a link holds again, by his own word."""
    held = states([contact_id]).get(contact_id, {})
    for purpose in purposes.everything():
        state = of(held, purpose.id, channel)
        if state.standing != "withdrawn" or state.event_id is None:
            continue
        if ConsentEvent.get_by_id(state.event_id).method != LINK:
            continue
        record(
            [contact_id], purpose_id=purpose.id, channels=[channel], kind="reconfirmed", proof="proven", method=LINK,
            wording_id=keep_wording(WORDING).id, told=[contact_id],
        )  # fmt: skip

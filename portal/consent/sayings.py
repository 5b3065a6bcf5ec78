"""What a person says for himself by a link in a message, his own act, which proves itself; and a parent for a child."""

from datetime import UTC, datetime, time

from portal.accounts.service import today
from portal.consent import purposes
from portal.consent.folding import of
from portal.consent.justifying import justify
from portal.consent.models import ConsentEvent
from portal.consent.queries import states
from portal.consent.recording import keep_wording, record
from portal.consent.rules import PurposeClass
from portal.contacts.relation_rules import Entered
from portal.contacts.relations import register_listener
from portal.core.clock import now

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
        if state.standing != "withdrawn" or state.event_id is None or state.before is None:
            continue
        if ConsentEvent.get_by_id(state.event_id).method != LINK:
            continue
        record(
            [contact_id], purpose_id=purpose.id, channels=[channel], kind="reconfirmed", proof="proven", method=LINK,
            wording_id=keep_wording(WORDING).id, told=[contact_id],
        )  # fmt: skip


def register() -> None:
    register_listener(hear)


def hear(child_id: int, entered: Entered) -> None:
    """A parent or guardian consents that the child is kept, and, where he says so, to appeals too (s 35(1)(a))."""
    day = entered.consented_on or today()
    at = now() if day >= today() else datetime.combine(day, time(10), UTC)
    for purpose in purposes.current():
        is_marketing = purpose.purpose_class == PurposeClass.DIRECT_MARKETING
        if is_marketing and not entered.is_marketing_too:
            continue
        justify([child_id], purpose_id=purpose.id, basis="child_competent", detail=entered.consent_note)
        if is_marketing:
            record(
                [child_id], purpose_id=purpose.id, channels=["email"], kind="granted", method="paper", at=at,
                detail=entered.consent_note, given_by="competent",
            )  # fmt: skip

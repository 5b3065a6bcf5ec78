"""Why somebody got a message, in words for himself: on what ground he is written to, since when, and where his details
come from (POPIA ss 11, 18(1)(a) and 69; R71).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.accounts.service import day_of
from portal.campaigns.models import Campaign
from portal.consent import purposes
from portal.consent.folding import State, of
from portal.consent.models import Justification, Purpose
from portal.consent.queries import first_purpose_id, justifications, states
from portal.consent.rules import PurposeClass
from portal.core.words import later
from portal.profile.links import Link
from portal.profile.preferences import CHANNEL, is_gone

AGREED = later("you agreed to it")
PARENT_AGREED = later("a parent or guardian agreed to it")
ANSWERS = later("it answers something that you did")
# POPIA s 11(1)(b) to (f), as one says it to the person.
BECAUSE = {
    "contract": later("it is needed for an agreement with you"),
    "law": later("the law obliges us to"),
    "subject_interest": later("it protects an interest of yours"),
    "public_duty": later("it is needed for a public duty"),
    "our_interest": later("it is needed for our work, and you could expect it"),
}
FROM = {
    "own": later("You gave them to us yourself."),
    "signed_up": later("You signed up."),
    "given": later("You gave or bought something."),
    "referral": later("Somebody who knows you gave them to us."),
    "public": later("They stood in a public record."),
    "third": later("Another organisation gave them to us."),
    "staff": later("One of our people wrote them down."),
}


@dataclass(frozen=True)
class Why:
    """What the page says. `because` follows "We write to you because"; "" when nothing of it may be sent any more."""

    subject: str
    at: datetime | None
    purpose: Purpose
    because: str
    since: date | None
    source: str


def of_link(link: Link) -> Why:
    """Of the message that carried the link; of the organisation's first purpose when it was no newsletter."""
    contact, row = link.contact, link.delivery
    campaign = Campaign.get_or_none(Campaign.id == row.campaign_id) if row else None
    purpose = purposes.find((campaign.purpose_id if campaign else None) or first_purpose_id())
    state = of(states([contact.id]).get(contact.id, {}), purpose.id, CHANNEL)
    grounds = [
        one for one in justifications([contact.id]).get(contact.id, [])
        if one.purpose_id == purpose.id and one.ended_at is None
    ]  # fmt: skip
    because = "" if is_gone(link) else because_of(PurposeClass(purpose.purpose_class), state, grounds)
    return Why(
        subject=campaign.subject if campaign else "",
        at=(row.handed_at or row.created_at) if row else None,
        purpose=purpose,
        because=because,
        since=day_of(state.at) if because in (AGREED, PARENT_AGREED) and state.at else None,
        source=FROM.get(contact.source, ""),
    )


def because_of(kind: PurposeClass, state: State, grounds: Sequence[Justification]) -> str:
    """The ground in words; "" when there is none, or the person said no. Direct marketing rests on consent alone
    (s 69), everything else first on what else was recorded.
    """
    if state.is_refused:
        return ""
    others = [BECAUSE[one.basis] for one in grounds if one.basis in BECAUSE]
    if state.is_given and (kind is PurposeClass.DIRECT_MARKETING or not others):
        return PARENT_AGREED if state.given_by == "competent" else AGREED
    if kind is PurposeClass.DIRECT_MARKETING:
        return ""
    return others[-1] if others else ANSWERS

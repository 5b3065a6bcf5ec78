"""What a person wants to receive: his own word, by a link of his own (R23, R25)."""

from collections.abc import Collection
from dataclasses import dataclass

from portal.activity import log
from portal.consent import purposes, sayings, suppressing
from portal.consent.folding import State, of
from portal.consent.models import Purpose, Suppression
from portal.consent.queries import states
from portal.consent.recording import keep_wording, record
from portal.consent.rules import PurposeClass
from portal.contacts import record as contacts
from portal.contacts.models import Contact
from portal.contacts.rules import LANGUAGES
from portal.core.db import lock, transaction
from portal.delivery import leaving, ledger
from portal.delivery.leaving_rules import OWN_PAGE
from portal.delivery.models import Delivery
from portal.profile import confirming
from portal.profile.links import Link

CHANNEL = "email"
WORDING = "{purpose}: {description} Yes, write to me by email."
CHOOSABLE = (PurposeClass.DIRECT_MARKETING, PurposeClass.INFORMATION)


@dataclass(frozen=True)
class Choice:
    """One purpose, and whether it reaches the person."""

    purpose: Purpose
    is_on: bool


def choices(link: Link) -> list[Choice]:
    """What may be chosen among; everything is off for whoever unsubscribed."""
    held = states([link.contact.id]).get(link.contact.id, {})
    is_open = not is_gone(link)
    return [
        Choice(purpose, is_open and is_on(purpose.purpose_class, of(held, purpose.id, CHANNEL)))
        for purpose in purposes.current()
        if purpose.purpose_class in CHOOSABLE
    ]


def is_on(purpose_class: str, state: State) -> bool:
    """Whether news of this class reach somebody of whom this holds: appeals need a yes, information only no no."""
    return state.is_given if purpose_class == PurposeClass.DIRECT_MARKETING else not state.is_refused


def is_gone(link: Link) -> bool:
    mine = (Suppression.channel == CHANNEL) & (Suppression.mac == link.mac)
    return bool(Suppression.select().where(mine).exists() or leaving.since([link.contact.id], CHANNEL))


def choose(link: Link, wanted: Collection[int]) -> bool:
    """Keep what the person ticked and left unticked; return whether anything is new. Who ticks something takes back
    that he had unsubscribed himself.
    """
    with transaction():
        lock(Contact.select().where(Contact.id == link.contact.id)).get()
        before = choices(link)
        for choice in before:
            purpose = choice.purpose
            if (purpose.id in wanted) == choice.is_on:
                continue
            if purpose.id in wanted:
                words = keep_wording(WORDING.format(purpose=purpose.name, description=purpose.description))
                record(
                    [link.contact.id], purpose_id=purpose.id, channels=[CHANNEL], kind="granted", proof="proven",
                    method=sayings.LINK, wording_id=words.id,
                )  # fmt: skip
            else:
                record(
                    [link.contact.id], purpose_id=purpose.id, channels=[CHANNEL], kind="withdrawn", method=sayings.LINK
                )
        changed = any((choice.purpose.id in wanted) != choice.is_on for choice in before)
        if changed and any(choice.purpose.id in wanted for choice in before):
            leaving.come_back(link.contact.id, CHANNEL, link.mac)
    return changed


def leave(link: Link) -> None:
    """Nothing more, of anything. When this returns, nothing to the address is on its way."""
    if row := link.delivery or _last_message(link):
        leaving.unsubscribe(row, how=OWN_PAGE)
        return
    with transaction():
        if suppressing.suppress_mac(CHANNEL, link.mac, "unsubscribed"):
            ledger.suppress_open([link.mac], "unsubscribed")
            log.write("contact.unsubscribed", link.contact.id, how=OWN_PAGE)
            sayings.take_back(link.contact.id, CHANNEL)
            confirming.confirm_to(link)
    ledger.wait_for_what_is_on_its_way([link.mac])


def may_undo(link: Link) -> bool:
    """Whether unsubscribing may be taken back with one click."""
    row = link.delivery or _last_message(link)
    return is_gone(link) and (leaving.may_undo(row) if row else suppressing.may_lift_own(CHANNEL, [link.mac]))


def undo(link: Link) -> None:
    """Unsubscribing was a mistake: all is as it was. What is graver stays."""
    if not may_undo(link):
        return
    with transaction():
        if leaving.come_back(link.contact.id, CHANNEL, link.mac):
            sayings.give_again(link.contact.id, CHANNEL)


def _last_message(link: Link) -> Delivery | None:
    mine = (Delivery.contact_id == link.contact.id) & (Delivery.mac == link.mac)
    return Delivery.select().where(mine).order_by(Delivery.id.desc()).first()


def speak(link: Link, language: str) -> bool:
    """In which language to write; return whether that is new."""
    if language not in LANGUAGES:
        return False
    with transaction():
        fresh = lock(Contact.select().where(Contact.id == link.contact.id)).get()
        return contacts.change(fresh, "contact.details_changed", language=language)

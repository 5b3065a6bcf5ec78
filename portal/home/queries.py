"""What Home shows: the first steps, what wants attention, what is being sent, what stands in the way of sending."""

from dataclasses import dataclass

from portal.accounts.service import current_org, members
from portal.campaigns.models import FINISHED, SENDING, Campaign
from portal.consent.queries import sender_facts
from portal.consent.rules import IDENTITY
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.contacts.queries import Filter
from portal.core.actor import current_actor
from portal.core.permissions import DataSet, Permission
from portal.delivery.models import UNKNOWN, Delivery, SystemMail
from portal.imports.models import Import


@dataclass(frozen=True)
class Step:
    name: str
    endpoint: str
    is_done: bool


@dataclass(frozen=True)
class Notice:
    """One thing that wants attention: a sentence whose first words are the link."""

    icon: str
    link: str
    rest: str
    endpoint: str
    args: dict[str, str | int]


def first_steps() -> list[Step]:
    """The five steps of a new organisation, each with its tick read from the data."""
    _, missing = sender_facts()
    has_contacts = Contact.select().where(Contact.erased_at.is_null()).limit(1).exists()
    has_tested = SystemMail.select().where(SystemMail.kind == "test").limit(1).exists()
    has_sent = Campaign.select().where(Campaign.state.in_((SENDING, FINISHED))).limit(1).exists()
    return [
        Step("Your organisation's details", "settings.organisation", not missing),
        Step("Bring your contacts in", "imports.begin", has_contacts),
        Step("Decide who may work here", "settings.users", bool(current_org().steps_hidden & 1) or _has_colleagues()),
        Step("Send a test to yourself", "campaigns.index", has_tested),
        Step("Send the first newsletter", "campaigns.index", has_sent),
    ]


def before_you_can_send() -> list[Notice]:
    """What the gate would refuse every message for: one sentence and one link each."""
    suspended, missing = sender_facts()
    notices = []
    if suspended:
        reason = current_org().suspended_reason
        notices.append(Notice("ban", "Sending is suspended", f": {reason}", "settings.show", {}))
    for name in missing:
        words = f"Your organisation's {IDENTITY[name]}"
        rest = " must stand in every message; it is not set."
        notices.append(Notice("triangle-alert", words, rest, "settings.organisation", {"_anchor": name}))
    return notices


def attention() -> list[Notice]:
    """What should be looked at, the most pressing first."""
    actor = current_actor()
    notices = []
    if actor.sees(DataSet.EMAIL):
        unreachable = contacts.count(Filter(state="undeliverable"))
        if unreachable:
            words = "1 address" if unreachable == 1 else f"{unreachable:,} addresses"
            rest = " could not be reached."
            notices.append(Notice("mail-x", words, rest, "contacts.index", {"state": "undeliverable"}))
    if actor.may(Permission.CAMPAIGN_READ):
        unsure = (
            Delivery.select(Delivery.campaign_id).where(Delivery.state == UNKNOWN).order_by(Delivery.id.desc()).limit(1)
        )
        for campaign in Campaign.select().where(Campaign.id.in_(unsure)):
            rest = " has messages that are not certain: the connection broke. They are not sent again by themselves."
            notices.append(Notice("circle-help", campaign.name, rest, "campaigns.history", {"campaign_id": campaign.id}))
    if actor.may(Permission.CONTACT_IMPORT):
        for last in Import.select().where(Import.failed > 0).order_by(Import.id.desc()).limit(1):
            words = "1 row" if last.failed == 1 else f"{last.failed:,} rows"
            rest = f" of {last.filename} could not be read and can be corrected."
            notices.append(Notice("file-spreadsheet", words, rest, "imports.show", {"import_id": last.id}))
    return notices


def being_sent() -> list[Campaign]:
    return list(Campaign.select().where(Campaign.state == SENDING).order_by(Campaign.started_at.desc()).limit(5))


def _has_colleagues() -> bool:
    return len(members()) > 1

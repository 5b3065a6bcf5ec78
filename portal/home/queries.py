"""What Home shows: the first steps, what wants attention, and what stands in the way of sending."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from peewee import SQL, fn

from portal.accounts import places
from portal.accounts.service import members
from portal.campaigns.models import DRAFT, PAUSED, SCHEDULED, SENDING, Campaign
from portal.consent import unjustified
from portal.consent.queries import sender_facts
from portal.consent.rules import IDENTITY
from portal.contacts import queries as contacts
from portal.contacts.models import Contact, Email
from portal.contacts.queries import Filter
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.permissions import DataSet, Permission
from portal.delivery import ledger
from portal.delivery.bounce_rules import POLICY
from portal.delivery.models import UNKNOWN, Delivery, SystemMail
from portal.gateways.countries import name_of
from portal.transfers import service as transfers

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Step:
    name: str
    endpoint: str
    is_done: bool
    permission: Permission


@dataclass(frozen=True)
class Notice:
    """One thing that wants attention: a sentence whose first words are the link."""

    icon: str
    link: str
    rest: str
    endpoint: str
    args: dict[str, Any] = field(default_factory=dict)


def first_steps() -> list[Step]:
    """The first steps of a new organisation, each with its tick read from the data; those the actor may take."""
    _, missing = sender_facts()
    has_contacts = Contact.select().where(Contact.erased_at.is_null()).limit(1).exists()
    has_tested = SystemMail.select().where(SystemMail.kind == "test").limit(1).exists()
    has_sent = Campaign.select().where(Campaign.state != DRAFT).limit(1).exists()
    steps = [
        Step("Your organisation's details", "settings.organisation", not missing, Permission.SETTINGS),
        Step("Bring your contacts in", "imports.begin", has_contacts, Permission.CONTACT_IMPORT),
        Step("Who works with you, and what each may see", "users.index", len(members()) > 1, Permission.USERS),
        Step("Write a newsletter and send a test to yourself", "campaigns.index", has_tested, Permission.CAMPAIGN_EDIT),
        Step("Send your first newsletter", "campaigns.index", has_sent, Permission.CAMPAIGN_SEND),
    ]
    return [step for step in steps if current_actor().may(step.permission)]


def before_you_can_send() -> list[Notice]:
    """What the gate would refuse every message for: one sentence and one link each."""
    if not current_actor().may(Permission.SETTINGS):
        return []
    _, missing = sender_facts()
    notices = []
    if without_ground := transfers.without_ground():
        words = "Details would leave the country"
        rest = f" with {without_ground}, and it is not noted why they may."
        notices.append(Notice("map-pin", words, rest, "transfers.index"))
    for name in missing:
        words = f"Your organisation's {IDENTITY[name]}"
        rest = " must stand in every message, and is not set."
        notices.append(Notice("triangle-alert", words, rest, "settings.organisation", {"_anchor": name}))
    if current_actor().may(Permission.CONTACT_EDIT) and unjustified.is_nobody_asked():
        rest = ": news and appeals go only to people who agreed. Write down what you know of them."
        notices.append(Notice("triangle-alert", "Nobody's consent is on record", rest, "consent.new_grounds"))
    return notices


Source = Callable[[], list[Notice]]
_sources: list[Source] = []


def register_notices(source: Source) -> None:
    """Let a higher feature say what of its own wants attention."""
    if source not in _sources:
        _sources.append(source)


Load = Callable[[], Any]
_blocks: dict[str, Load] = {}


def register_block(template: str, load: Load) -> None:
    """Let a higher feature show a block of its own at the top of Home: a part that shows `block_data`, unless it is
    None.
    """
    _blocks[template] = load


def blocks() -> list[tuple[str, Any]]:
    return [(template, data) for template, load in _blocks.items() if (data := load()) is not None]


def attention() -> list[Notice]:
    """What should be looked at, the most pressing first."""
    campaigns = (
        [*_campaigns_in_trouble(), *_refused_by_rules()] if current_actor().may(Permission.CAMPAIGN_READ) else []
    )
    more = [notice for source in _sources for notice in source()]
    return [*_travellers(), *campaigns, *more, *_unjustified(), *_relay(), *_addresses()]


@dataclass(frozen=True)
class Going:
    """A campaign that is under way, and how far it is."""

    campaign: Campaign
    gone: int
    total: int


def being_sent() -> list[Going]:
    """The campaigns under way, the newest first; a handful at most."""
    if not current_actor().may(Permission.CAMPAIGN_READ):
        return []
    query = Campaign.select().where(Campaign.state.in_((SENDING, SCHEDULED, PAUSED))).order_by(Campaign.id.desc())
    found = []
    for campaign in query.limit(5):
        figures = ledger.status(campaign.id)
        left = figures["pending"] + figures["deferred"]
        gone = figures["accepted"] + figures["refused"] + figures["unknown"]
        found.append(Going(campaign, gone, gone + left))
    return found


def _relay() -> list[Notice]:
    """The mail server in use, when nobody has noted whose it is."""
    host = transfers.unnoted_relay() if current_actor().may(Permission.SETTINGS) else ""
    rest = " passes on your mail; note whose it is, and in which country."
    return [Notice("map-pin", host, rest, "transfers.new", {"host": host})] if host else []


def _travellers() -> list[Notice]:
    """Who waits for leave to sign in from another country."""
    if not current_actor().may(Permission.USERS):
        return []
    return [
        Notice("map-pin", wish.user.name, f" asks to sign in from {name_of(wish.country)}.", "places.show")
        for wish in places.wishes()
        if wish.user
    ]


def _campaigns_in_trouble() -> list[Notice]:
    notices = []
    for campaign in Campaign.select().where(Campaign.trouble != "").order_by(Campaign.id.desc()).limit(3):
        args = {"campaign_id": campaign.id}
        notices.append(Notice("triangle-alert", campaign.name, f": {campaign.trouble}", "campaigns.history", args))
    query = Delivery.select(Delivery.campaign_id, fn.COUNT(Delivery.id)).where(Delivery.state == UNKNOWN)
    query = query.group_by(Delivery.campaign_id).order_by(Delivery.campaign_id.desc()).limit(3)
    for campaign_id, count in query.tuples():
        words = "1 message is not certain" if count == 1 else f"{count:,} messages are not certain"
        rest = ": the connection broke at the last moment; not sent again."
        args = {"campaign_id": campaign_id, "state": UNKNOWN}
        notices.append(Notice("triangle-alert", words, rest, "campaigns.people", args))
    return notices


def _refused_by_rules() -> list[Notice]:
    """Mail servers that refuse us by their rules: nothing is wrong with the contacts, but with how we send."""
    lately = Delivery.handed_at > now() - WEEK
    query = Delivery.select(Delivery.campaign_id, fn.COUNT(Delivery.id)).where(
        SQL("bounce <> ''"), Delivery.bounce == POLICY, lately
    )
    notices = []
    for campaign_id, count in (
        query.group_by(Delivery.campaign_id).order_by(Delivery.campaign_id.desc()).limit(3).tuples()
    ):
        words = "1 message was" if count == 1 else f"{count:,} messages were"
        rest = " refused by mail servers' rules: ask whoever looks after your mail server or domain."
        args = {"campaign_id": campaign_id, "state": POLICY}
        notices.append(Notice("shield", words, rest, "campaigns.people", args))
    return notices


def _unjustified() -> list[Notice]:
    if not current_actor().may(Permission.REPORT_READ):
        return []
    count = unjustified.count()
    if not count:
        return []
    words = "1 contact is" if count == 1 else f"{count:,} contacts are"
    return [Notice("shield", words, " kept without any ground on record.", "consent.list_unjustified")]


def _addresses() -> list[Notice]:
    if not current_actor().sees(DataSet.EMAIL):
        return []
    notices = []
    unreachable = Email.select().where(Email.state == "undeliverable", Email.state_at > now() - WEEK).count()
    if unreachable and current_actor().may(Permission.REPORT_READ):
        words = "1 address" if unreachable == 1 else f"{unreachable:,} addresses"
        rest = " could not be reached this week."
        notices.append(Notice("mail-x", words, rest, "reports.undeliverable", {"since": "week"}))
    without = contacts.count(Filter(state="no_email"))
    if without:
        words = "1 contact has" if without == 1 else f"{without:,} contacts have"
        notices.append(Notice("mail", words, " no email address.", "contacts.index", {"state": "no_email"}))
    return notices

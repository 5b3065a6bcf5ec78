"""What Home shows: the first steps, what wants attention, and what stands in the way of sending."""

from dataclasses import dataclass, field

from portal.accounts.service import current_org, members
from portal.consent.queries import sender_facts
from portal.consent.rules import IDENTITY
from portal.contacts import queries as contacts
from portal.contacts.models import Contact, GroupMember
from portal.contacts.queries import Filter
from portal.core.actor import current_actor
from portal.core.permissions import DataSet, Permission


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
    args: dict[str, str] = field(default_factory=dict)


def first_steps() -> list[Step]:
    """The first steps of a new organisation, each with its tick read from the data; those the actor may take."""
    org = current_org()
    _, missing = sender_facts()
    has_contacts = Contact.select().where(Contact.erased_at.is_null()).limit(1).exists()
    has_members = GroupMember.select().limit(1).exists()
    steps = [
        Step("Your organisation's details", "settings.organisation", not missing, Permission.SETTINGS),
        Step("Your colour and the sender's name", "settings.look", bool(org.sender_name), Permission.SETTINGS),
        Step("Bring your contacts in", "imports.begin", has_contacts, Permission.CONTACT_IMPORT),
        Step("A group with contacts in it", "groups.index", has_members, Permission.CONTACT_EDIT),
        Step("A colleague who works with you", "settings.users", len(members()) > 1, Permission.USERS),
    ]
    return [step for step in steps if current_actor().may(step.permission)]


def before_you_can_send() -> list[Notice]:
    """What the gate would refuse every message for: one sentence and one link each."""
    if not current_actor().may(Permission.SETTINGS):
        return []
    suspended, missing = sender_facts()
    notices = []
    if suspended:
        notices.append(Notice("ban", "Sending is suspended", f": {current_org().suspended_reason}", "settings.show"))
    for name in missing:
        words = f"Your organisation's {IDENTITY[name]}"
        rest = " must stand in every message, and is not set."
        notices.append(Notice("triangle-alert", words, rest, "settings.organisation", {"_anchor": name}))
    return notices


def attention() -> list[Notice]:
    """What should be looked at, the most pressing first."""
    if not current_actor().sees(DataSet.EMAIL):
        return []
    notices = []
    unreachable = contacts.count(Filter(state="undeliverable"))
    if unreachable:
        words = "1 address" if unreachable == 1 else f"{unreachable:,} addresses"
        notices.append(Notice("mail-x", words, " could not be reached.", "contacts.index", {"state": "undeliverable"}))
    without = contacts.count(Filter(state="no_email"))
    if without:
        words = "1 contact has" if without == 1 else f"{without:,} contacts have"
        notices.append(Notice("mail", words, " no email address.", "contacts.index", {"state": "no_email"}))
    return notices

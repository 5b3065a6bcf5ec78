"""The report of a user: what he may see and do, counted by the very filter that guards the data.

Names and totals stand in it as far as whoever reads the report may know them; the counts are the user's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from portal.accounts import places
from portal.accounts.models import Membership, Session, User
from portal.accounts.rules import numbers_of
from portal.accounts.service import actor_for
from portal.activity.models import LogEntry
from portal.contacts import queries as contacts
from portal.contacts.models import Address, Email, Group, Page, Telephone
from portal.contacts.queries import Filter
from portal.core.actor import Actor, acting_as, current_actor, system
from portal.core.permissions import RIGHTS, Role
from portal.gateways.countries import place_of
from portal.signin import devices, factors
from portal.signin.models import Device
from portal.users.rules import ACTS, LATER, PLAIN, SETS, Choice, Names, few_words, headline, how_far, listed
from portal.users.sentences import TOLD, Told, told

LATEST = 30
SIGN_INS = 5
COUNTED = {"email": Email, "telephone": Telephone, "address": Address}


@dataclass(frozen=True)
class SignIn:
    at: datetime
    place: str
    browser: str


@dataclass(frozen=True)
class Report:
    """What one user may see and do, at this moment."""

    membership: Membership
    sees: int
    total: int | None  # None where who reads may not know how many there are
    counted: dict[str, int]  # emails, telephones and addresses that the user sees
    headline: str
    about_contacts: list[str]
    shown: list[str]
    hidden: list[str]
    pages: list[tuple[str, str]]
    may: list[str]
    may_not: list[str]
    later: list[str]  # of both, what the portal has no pages for yet

    @property
    def sentences(self) -> list[str]:
        """The whole in plain sentences, for a review and its paper."""
        name = self.membership.user.name
        found = [f"{name} {self.headline}.", *self.about_contacts]
        found += [f"The page {page}: {words}." for page, words in self.pages if words != "reads and changes"]
        found += [f"{name} may: {_lowered(self.may)}."] if self.may else []
        return found + ([f"{name} may not: {_lowered(self.may_not)}."] if self.may_not else [])


def names() -> Names:
    """Groups and pages by name, as far as the actor may know of them."""
    groups = {group.id: group.name for group in Group.select(Group.id, Group.name)}
    return Names(groups, {page.id: page.name for page in Page.select(Page.id, Page.name)})


def designed_pages() -> list[Page]:
    """The pages of fields that are in use, in their order."""
    return list(Page.select().where(Page.archived_at.is_null()).order_by(Page.position, Page.id))


def sees(actor: Actor) -> int:
    """How many contacts this actor sees: what the list of contacts would say."""
    with acting_as(actor):
        return contacts.count(Filter())


def total() -> int | None:
    """How many there are; None for who does not see them all, and is not told what is hidden."""
    actor = current_actor()
    return None if actor.is_limited else sees(system(actor.org_id))


def report(membership: Membership, known: Names | None = None) -> Report:
    actor = actor_for(membership)
    known = known or names()
    with acting_as(actor):
        count = contacts.count(Filter())
        counted = {word: table.select().count() for word, table in COUNTED.items()}
    everything = total()
    far = {word: how_far(actor.permissions, word) for word in ACTS}
    may = [word for word in ACTS if far[word] != "may not"]
    may_not = [word for word in ACTS if word not in may]
    return Report(
        membership=membership,
        sees=count,
        total=everything,
        counted=counted,
        headline=headline(count, everything, actor, membership.denied),
        about_contacts=_about_contacts(membership, known),
        shown=[PLAIN[word] for word in SETS if actor.sees(RIGHTS[word].data_set)],
        hidden=[PLAIN[word] for word in SETS if not actor.sees(RIGHTS[word].data_set)],
        pages=[(page.name, _page_words(actor, page.id)) for page in designed_pages()],
        may=[_may_words(word, far[word]) for word in may if word not in LATER],
        may_not=[RIGHTS[word].words for word in may_not if word not in LATER],
        later=[_may_words(word, far[word]) for word in may if word in LATER],
    )


def rights_of(membership: Membership) -> dict[str, Any]:
    """The rights of a membership, to be compared with those of another time."""
    return {
        "role": str(membership.role), "denied": sorted(membership.denied), "granted": sorted(membership.granted),
        "only_group": membership.only_group,
    }  # fmt: skip


def effect(membership: Membership, choice: Choice) -> str:
    """What these rights would let the user see, in a sentence. Writes nothing."""
    wished = Membership(
        org=membership.org_id, user=membership.user, role=choice.role, denied=choice.denied, granted=choice.granted,
        only_group=choice.only,
    )  # fmt: skip
    actor = actor_for(wished)
    is_same = rights_of(wished) == rights_of(membership)
    return headline(sees(actor), total(), actor, wished.denied, "sees" if is_same else "would see")


def _about_contacts(membership: Membership, known: Names) -> list[str]:
    name = membership.user.name
    without = [known.group(number) for number in sorted(numbers_of("group", membership.denied))]
    found = []
    if membership.only_group is not None:
        found.append(f"{name} sees the contacts of the group {known.group(membership.only_group)} and nobody else.")
    if without:
        group = "group" if len(without) == 1 else "groups"
        found.append(f"The contacts of the {group} {listed(without)} are hidden from {name}.")
    if not found:
        found.append(f"{name} sees the contacts of every group.")
    if (membership.denied or membership.only_group) and Role(membership.role) in (Role.ADMINISTRATOR, Role.OWNER):
        found.append(f"{name} does not look after users, because some rights were taken away.")
    return found


def _page_words(actor: Actor, page_id: int) -> str:
    if page_id in actor.hidden_pages:
        return "hidden"
    return "reads and changes" if actor.may_write_page(page_id) else "reads only"


def _may_words(word: str, far: str) -> str:
    if far != "may look":
        return RIGHTS[word].words
    return "Settings, but not users" if word == "administration" else f"{RIGHTS[word].words} (only to look at)"


def _lowered(words: Iterable[str]) -> str:
    return "; ".join(word[:1].lower() + word[1:] for word in words)


def last_sign_ins() -> dict[int, datetime | None]:
    """When each user last signed in to this organisation, by the user's id."""
    query = _about_users(["user.signed_in"]).select(LogEntry.subject_id, fn.MAX(LogEntry.at))
    found: dict[int, Any] = dict(query.group_by(LogEntry.subject_id).tuples())
    return {user_id: LogEntry.at.python_value(at) for user_id, at in found.items()}


def sign_ins(user_id: int) -> list[SignIn]:
    """The last times a user signed in to this organisation. What he does elsewhere is not this organisation's."""
    query = _about_users(["user.signed_in"]).where(LogEntry.subject_id == user_id).order_by(LogEntry.seq.desc())
    found = []
    for entry in query.limit(SIGN_INS):
        detail = entry.detail or {}
        address = detail.get("address", "")
        place = place_of(places.where(address).country, address) if address else ""
        found.append(SignIn(entry.at, place, detail.get("browser", "")))
    return found


def devices_of(membership: Membership) -> list[Device]:
    """The devices a user is known on; of who works elsewhere too, those he is signed in here with."""
    user = membership.user
    mine = devices.of(user)
    if Membership.select().where(Membership.user == user).count() == 1:
        return mine
    here = {row.device_id for row in Session.select().where(Session.membership == membership.id)}
    return [device for device in mine if device.id in here]


def has_factor(user: User) -> bool:
    return factors.has(user)


def history(membership: Membership, known: Names) -> list[Told]:
    """Who granted what when, the newest first."""
    mine = LogEntry.subject_id == membership.user_id
    query = _about_users(TOLD).where(mine).order_by(LogEntry.seq.desc()).limit(LATEST)
    return [told(entry, membership.user.name, known) for entry in query]


def limits_of(membership: Membership, known: Names) -> str:
    return " · ".join(few_words(membership, known))


def _about_users(actions: Iterable[str]) -> Any:
    """Entries about users, in the words of the index that holds the few among very many."""
    subject = LogEntry.contact_id.is_null() & LogEntry.subject_id.is_null(False)
    return LogEntry.select().where(subject, LogEntry.action.in_(list(actions)))

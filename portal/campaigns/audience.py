"""Who a campaign goes to: the members of its groups without those of the excluded, and what the gate says of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from portal.campaigns import service
from portal.campaigns.models import Campaign
from portal.consent.queries import Candidate, facts
from portal.consent.rules import WORDS, Refuse, may_send
from portal.contacts.membership import is_member, is_outside
from portal.contacts.models import Contact, Email, Group
from portal.core.actor import acting_as, current_actor, seeing_everything, system
from portal.core.clock import now
from portal.core.permissions import Denied
from portal.delivery import ledger
from portal.delivery.ledger import Addressee

BATCH = 400


@dataclass
class Waterfall:
    """In these groups, minus each reason, is who will receive it. The people behind each figure are their ids."""

    total: int = 0
    minus: dict[str, list[int]] = field(default_factory=dict)
    receivers: list[int] = field(default_factory=list)

    @property
    def everybody(self) -> list[int]:
        return sorted([*self.receivers, *(i for ids in self.minus.values() for i in ids)])

    @property
    def lines(self) -> list[tuple[str, str, int]]:
        """(reason, words, count) in the order of the gate."""
        return [(reason, words, len(self.minus[reason])) for reason, words in WORDS.items() if self.minus.get(reason)]


def hidden_groups(group_ids: Sequence[int]) -> set[int]:
    """Those of these groups that are there, but not for the actor."""
    known = _those(group_ids)
    with acting_as(system(current_actor().org_id)):
        return _those(group_ids) - known


def secret(campaign_ids: Iterable[int]) -> set[int]:
    """Those of these campaigns that go to a group which tells what is hidden from the actor, such as the faith of
    people: to whom they went would tell him.
    """
    actor = current_actor()
    if not actor.hidden and not actor.hidden_pages:
        return set()
    query = Campaign.select(Campaign.id, Campaign.groups, Campaign.excluded)
    named = {c.id: {*c.groups, *c.excluded} for c in query.where(Campaign.id.in_(sorted(set(campaign_ids))))}
    every = [group_id for ids in named.values() for group_id in ids]
    portal = system(actor.org_id)
    with acting_as(portal):
        there = _those(every)
    with acting_as(replace(portal, hidden=actor.hidden, hidden_pages=actor.hidden_pages)):
        telling = there - _those(every)
    return {campaign_id for campaign_id, ids in named.items() if ids & telling}


def require_open(campaign_id: int) -> None:
    """Raise Denied when to whom this campaign went would tell the actor what is hidden from him."""
    if secret([campaign_id]):
        raise Denied("This newsletter goes to a group that is hidden from you, and so are its figures.")


def _those(group_ids: Sequence[int]) -> set[int]:
    return {row[0] for row in Group.select(Group.id).where(Group.id.in_(list(group_ids))).tuples()}


def sees_whole(campaign: Campaign) -> bool:
    """Whether the actor sees all the groups of a campaign and everybody whom it already goes to."""
    if hidden_groups([*campaign.groups, *campaign.excluded]):
        return False
    if not current_actor().is_limited:
        return True
    mine = ledger.status(campaign.id)
    with acting_as(system(current_actor().org_id)):
        return ledger.status(campaign.id) == mine


def require_whole_sight(campaign: Campaign) -> None:
    """Raise Denied for who does not see everybody a campaign goes to: whoever sends reaches nobody out of his sight,
    and ends nothing that others have begun.
    """
    if not sees_whole(campaign):
        raise Denied("This newsletter also goes to people who are hidden from you. Somebody who sees them can do this.")


def require_right_to_send(campaign: Campaign) -> None:
    """Raise Denied for who may not let this campaign go: because of whom it reaches, or of what it tells of them."""
    require_whole_sight(campaign)
    service.require_sight_of(campaign)


def people_of(campaign: Campaign) -> list[Addressee]:
    """Everybody the campaign is for whom the actor may see, each once, with the primary address; in a stable order.
    Whether he may see the address does not matter: he is not shown it. Of a group hidden from him he learns nobody.
    """
    if hidden_groups([*campaign.groups, *campaign.excluded]):
        return []
    with seeing_everything():
        return _people_of(campaign)


def _people_of(campaign: Campaign) -> list[Addressee]:
    query = Contact.select(Contact.id).where(is_member(campaign.groups), Contact.erased_at.is_null())
    if campaign.excluded:
        query = query.where(is_outside(campaign.excluded))
    ids = [row[0] for row in query.order_by(Contact.id).tuples()]
    found: list[Addressee] = []
    for start in range(0, len(ids), BATCH):
        few = ids[start : start + BATCH]
        first: dict[int, Email] = {}
        emails = Email.select().where(Email.contact_id.in_(few)).order_by(Email.is_primary.desc(), Email.id)
        for email in emails:
            first.setdefault(email.contact_id, email)
        found += [Addressee(i, first[i].address, first[i].normal) if i in first else Addressee(i, "", "") for i in few]
    return found


def waterfall(campaign: Campaign) -> Waterfall:
    """What would come of sending now. Asks the same gate that is asked again at each hand-over."""
    people = people_of(campaign)
    fall = Waterfall(total=len(people))
    seen: set[str] = set()
    for start in range(0, len(people), BATCH):
        few = people[start : start + BATCH]
        again = set()
        for place, person in enumerate(few):
            if person.normal and person.normal in seen:
                again.add(place)
            seen.add(person.normal)
        known = facts([Candidate(p.contact_id, p.normal) for p in few], service.aim_of(campaign), frozenset(again))
        for person, fact in zip(few, known, strict=True):
            answer = may_send(fact, now())
            if isinstance(answer, Refuse):
                fall.minus.setdefault(answer.reason, []).append(person.contact_id)
            else:
                fall.receivers.append(person.contact_id)
    return fall

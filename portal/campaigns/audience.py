"""Who a campaign goes to: the members of its groups without those of the excluded, and what the gate says of each."""

from dataclasses import dataclass, field

from portal.campaigns.models import Campaign
from portal.consent.queries import Candidate, facts
from portal.consent.rules import WORDS, Purpose, Refuse, may_send
from portal.contacts.membership import is_member
from portal.contacts.models import Contact, Email
from portal.core.actor import seeing_everything
from portal.core.clock import now
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


def people_of(campaign: Campaign) -> list[Addressee]:
    """Everybody the campaign is for whom the actor may see, each once, with the primary address; in a stable order.
    Whether he may see the address does not matter: he is not shown it.
    """
    with seeing_everything():
        return _people_of(campaign)


def _people_of(campaign: Campaign) -> list[Addressee]:
    query = Contact.select(Contact.id).where(is_member(campaign.groups), Contact.erased_at.is_null())
    if campaign.excluded:
        query = query.where(~is_member(campaign.excluded))
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
        known = facts([Candidate(p.contact_id, p.normal) for p in few], Purpose(campaign.purpose), frozenset(again))
        for person, fact in zip(few, known, strict=True):
            answer = may_send(fact, now())
            if isinstance(answer, Refuse):
                fall.minus.setdefault(answer.reason, []).append(person.contact_id)
            else:
                fall.receivers.append(person.contact_id)
    return fall

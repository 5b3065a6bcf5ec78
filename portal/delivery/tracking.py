"""Notes who read a message and which links were followed, where the installation, the organisation, the campaign and
the person allow it (domain.md E-18). Network addresses and names of programs are forgotten after 90 days.
"""

from collections.abc import Sequence
from datetime import timedelta

from portal.contacts.models import Contact
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.keys import make_token
from portal.core.tenancy import Org
from portal.delivery import transport
from portal.delivery.machine_rules import BURST, TRAP, TRAPPED, is_burst, is_machine
from portal.delivery.models import CLICKED, SEEN, Delivery, DeliveryEvent, Link

OPENED_AT, CLICKED_AT = "o", "c"  # purposes of tokens
KEPT_FOR = timedelta(days=90)
MOST_EVENTS = 100  # of one message: somebody who presses reload does not fill the database
_PLACES = 1 << 12


def keep_links(campaign_id: int, links: Sequence[tuple[str, str]]) -> None:
    """Write down the links of a campaign, (address, words) in order, in the transaction that begins it."""
    rows = [
        {"campaign_id": campaign_id, "place": place, "url": url, "words": words[:200]}
        for place, (url, words) in enumerate(links[: _PLACES - 1], start=1)
    ]
    if rows:
        Link.insert_many(rows).execute()


def picture_url(base_url: str, org_id: int, delivery_id: int) -> str:
    return f"{base_url}/o/{make_token(OPENED_AT, org_id, delivery_id)}"


def link_url(base_url: str, org_id: int, delivery_id: int, place: int) -> str:
    return f"{base_url}/c/{make_token(CLICKED_AT, org_id, delivery_id * _PLACES + place)}"


def split(subject: int) -> tuple[int, int]:
    """The delivery and the place of the link that the subject of a click's token names."""
    return divmod(subject, _PLACES)


def link_at(campaign_id: int, place: int) -> Link | None:
    return Link.get_or_none(Link.campaign_id == campaign_id, Link.place == place)


def note(row: Delivery, link: Link | None, *, kind: str, method: str, agent: str, source: str) -> None:
    """Note an opening or a click. A click without a link is one on the hidden link, which only machines follow."""
    if not _is_wanted(row):
        return
    at = now()
    place = link.place if link is not None else TRAP
    since = at - row.handed_at if row.handed_at is not None else None
    with transaction():
        lock(Delivery.select(Delivery.id).where(Delivery.id == row.id)).first()
        mine = DeliveryEvent.delivery_id == row.id
        hits = mine & DeliveryEvent.kind.in_((SEEN, CLICKED))
        if DeliveryEvent.select().where(hits).count() >= MOST_EVENTS:
            return
        is_trap = kind == CLICKED and link is None
        was_trapped = DeliveryEvent.select().where(
            mine, DeliveryEvent.kind == CLICKED, DeliveryEvent.link_id.is_null(), DeliveryEvent.at > at - TRAPPED
        )
        DeliveryEvent.create(
            contact_id=row.contact_id,
            delivery_id=row.id,
            campaign_id=row.campaign_id,
            kind=kind,
            link_id=link.id if link is not None else None,
            is_machine=int(is_trap or is_machine(method, agent, since) or was_trapped.exists()),
            source=source,
            agent=agent[:200],
            at=at,
        )
        lately = hits & (DeliveryEvent.at > at - BURST)
        followed = DeliveryEvent.select(Link.place).join(Link, on=(Link.id == DeliveryEvent.link_id))
        places = [found[0] for found in followed.where(lately, DeliveryEvent.kind == CLICKED).tuples()]
        if is_trap or is_burst([*places, place]):
            before = TRAPPED if is_trap else BURST
            DeliveryEvent.update(is_machine=1).where(hits, DeliveryEvent.at > at - before).execute()


def tidy() -> None:
    """Forget from where and with what a message was read, after 90 days."""
    old = (DeliveryEvent.source != "") & (DeliveryEvent.at < now() - KEPT_FOR)
    DeliveryEvent.update(source="", agent="").where(old).execute()


def is_on() -> bool:
    """Whether the installation and the current organisation note readings and clicks."""
    return transport.may_track() and bool(Org.get_by_id(current_actor().org_id).is_tracking)


def _is_wanted(row: Delivery) -> bool:
    """Asked again at each hit: a switch turned off stops what messages already sent would tell."""
    untracked = Contact.select(Contact.is_untracked).where(Contact.id == row.contact_id, Contact.erased_at.is_null())
    return is_on() and untracked.scalar() == 0

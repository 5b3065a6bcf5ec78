"""The history of a campaign to so many people, a third of whom read it; the reference is the list of contacts."""

import statistics
from datetime import timedelta

from peewee import chunked

from bench.contacts import fill, queries
from bench.stage import installation, milliseconds, signed_in, times
from portal.accounts import service as accounts
from portal.campaigns import sending, service
from portal.contacts import service as contacts
from portal.core.clock import now
from portal.delivery.models import ACCEPTED, BOUNCED, CLICKED, SEEN, Delivery, DeliveryEvent, Link

PAGES = {
    "history": "/campaigns/1/history",
    "undelivered": "/campaigns/1/people?state=undeliverable",
    "readers": "/campaigns/1/people?state=read",
    "reached": "/campaigns/1/people?state=delivered",
}


def run(count: int) -> None:
    with installation() as stage:
        fill(count)
        people = make_campaign()
        client = signed_in(stage.app)
        base = statistics.median(times(lambda: client.get("/contacts")))
        for name, url in PAGES.items():
            client.get(url)
            told = milliseconds(times(lambda url=url: client.get(url), 20))  # type: ignore[misc]
            print(
                f"{name:11} p50 {told['p50']:6.1f} ms, p99 {told['p99']:6.1f} ms, {queries(client, url):2} queries,"
                f" {told['p50'] / 1000 / base:4.1f} x the list of contacts ({people:,} people)"
            )


def make_campaign() -> int:
    """A finished campaign to everybody: one in a hundred came back, one in three read it, one in ten clicked."""
    accounts.set_details(
        legal_name="Bench", email="bench@example.org", telephone="+27315550100", address="1 Bench Road",
        information_officer="B. Bench",
    )  # fmt: skip
    made = service.create("Bench")
    made = service.change(made, 1, subject="Bench", body='<p><a href="https://example.org/">x</a></p>')
    sending.choose_audience(made, [group.id for group in contacts.queries.visible_groups()], [])
    sending.start(service.find(made.id))
    at = now() - timedelta(days=1)
    Delivery.update(state=ACCEPTED, handed_at=at, ended_at=at).where(Delivery.state == "waiting").execute()
    link = Link.get().id
    rows = list(Delivery.select(Delivery.id, Delivery.contact_id).where(Delivery.state == ACCEPTED).tuples())
    events = []
    for place, (delivery_id, contact_id) in enumerate(rows):
        own = {
            "contact_id": contact_id,
            "delivery_id": delivery_id,
            "campaign_id": made.id,
            "detail": {},
            "link_id": None,
        }
        then = {"at": at + timedelta(minutes=place % 2_000)}
        if place % 100 == 0:
            events.append({**own, **then, "kind": BOUNCED, "detail": {"reason": "full", "words": "552 full"}})
        elif place % 3 == 0:
            events.append({**own, **then, "kind": SEEN, "detail": {}})
            if place % 10 == 0:
                events.append({**own, **then, "kind": CLICKED, "link_id": link, "detail": {}})
    for few in chunked(events, 400):
        DeliveryEvent.insert_many(few).execute()
    Delivery.update(bounce="soft").where(
        Delivery.id.in_(DeliveryEvent.select(DeliveryEvent.delivery_id).where(DeliveryEvent.kind == BOUNCED))
    ).execute()
    sending.settle(made.id)
    return len(rows)

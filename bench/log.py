"""The record: how fast its chain is checked and in how much memory, and what sealing a large campaign costs."""

import resource

from bench import stage
from portal.activity import checking, log
from portal.activity.log import Entry
from portal.activity.models import LogEntry
from portal.campaigns import service as campaigns
from portal.consent.rules import Aim, PurposeClass
from portal.contacts import service as contacts
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import ledger, seals
from portal.delivery.models import ACCEPTED, Delivery
from portal.privacy import anchoring

BATCH = 1_000


def run(entries: int, recipients: int) -> None:
    with stage.installation():
        _check(entries)
        _seal(recipients)


def _check(entries: int) -> None:
    for start in range(0, entries, BATCH):
        with transaction():
            log.write_many(
                Entry("contact.telephone_changed", changes={"telephone": ["+27825550134", f"+2783{n:07}"]})
                for n in range(start, min(entries, start + BATCH))
            )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = stage.seconds(lambda: print(f"log: {checking.verify()}"))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"log: {entries:,} entries checked in {taken:.1f} s, {entries / taken:,.0f} a second, {grown:.0f} MB more")
    anchoring.anchor()
    since = stage.seconds(lambda: checking.verify(since_anchor=True))
    print(f"log: checked since the last mark in {since * 1000:.0f} ms")


def _seal(recipients: int) -> None:
    contact = contacts.add(first_name="Bench", email="bench@example.org")
    campaign = campaigns.create("Bench")
    with transaction():
        people = [ledger.Addressee(contact.id, "bench@example.org", "bench@example.org")]
        ledger.freeze(campaign.id, "email", people, Aim(PurposeClass.DIRECT_MARKETING), "example.org")
    row = Delivery.select().dicts().get()
    own = {name: value for name, value in row.items() if name not in ("id", "org")}
    own |= {"state": ACCEPTED, "handed_at": now(), "ended_at": now()}
    for start in range(0, recipients, BATCH):
        with transaction():
            few = range(start, min(recipients, start + BATCH))
            for place in range(0, len(few), 250):
                Delivery.insert_many([{**own, "mac": f"bench{n}"} for n in few[place : place + 250]]).execute()
    before = LogEntry.select().count()

    def seal() -> None:
        while seals.seal(campaign.id):
            pass

    taken = stage.seconds(seal)
    written = LogEntry.select().count() - before
    print(f"log: {recipients:,} deliveries sealed in {taken:.1f} s by {written} entries")
    checked = stage.seconds(lambda: print(f"log: {checking.verify(since_anchor=True)}"))
    print(f"log: all of them compared with their seals in {checked:.1f} s")

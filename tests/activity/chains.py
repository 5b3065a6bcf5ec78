"""A record to attack, and what somebody with every right on the database can do to it."""

import json

from portal.activity.models import LogEntry
from portal.activity.rules import GENESIS, digest_of, hash_of
from portal.campaigns import service as campaigns
from portal.consent.rules import Aim, PurposeClass
from portal.contacts import service as contacts
from portal.core.clock import now
from portal.core.db import db, is_sqlite, transaction
from portal.delivery import ledger, seals
from portal.delivery.models import ACCEPTED, WAITING, Delivery


def sql(statement, *values):
    """As the attacker writes it: past every model of the portal."""
    with transaction():
        return db.execute_sql(statement if is_sqlite() else statement.replace("?", "%s"), values)


def written_anew(org_id, change, since=1, with_head=True):
    """Rewrite the chain so that it holds in itself: every entry from `since` on with its hash, and the head."""
    previous = GENESIS
    for entry in LogEntry.select().order_by(LogEntry.seq):
        if entry.seq >= since:
            change(entry)
            digest = digest_of(entry.salt, entry.detail)
            link = hash_of(
                previous, entry.seq, entry.at, entry.action, entry.user_id, entry.contact_id, entry.subject_id, digest
            )
            told = json.dumps(entry.detail)
            sql(
                "UPDATE log_entry SET detail = ?, digest = ?, hash = ?, action = ? WHERE org_id = ? AND seq = ?",
                told, digest, link, entry.action, org_id, entry.seq,
            )  # fmt: skip
            entry.hash = link
        previous = entry.hash
    if with_head:
        sql("UPDATE log_head SET hash = ? WHERE org_id = ?", previous, org_id)


def head_to(org_id, seq, mac=None):
    """Let the chain end at an earlier entry."""
    sql("DELETE FROM log_entry WHERE org_id = ? AND seq > ?", org_id, seq)
    link = LogEntry.get(LogEntry.seq == seq).hash
    sql("UPDATE log_head SET seq = ?, hash = ? WHERE org_id = ?", seq, link, org_id)
    if mac is not None:
        sql("UPDATE log_head SET mac = ? WHERE org_id = ?", mac, org_id)


def people(count):
    """Contacts with an address each."""
    return [contacts.add(first_name=f"P{n}", email=f"p{n}@example.org").id for n in range(count)]


def sent(contact_ids, state=ACCEPTED):
    """A campaign to these contacts whose messages have all come to this state."""
    campaign = campaigns.create("Spring")
    addressees = [ledger.Addressee(i, f"p{i}@example.org", f"p{i}@example.org") for i in contact_ids]
    with transaction():
        count = ledger.freeze(campaign.id, "email", addressees, Aim(PurposeClass.DIRECT_MARKETING), "example.org")
        seals.log.write(seals.FROZEN, subject_id=campaign.id, people=count)
        Delivery.update(state=WAITING, reason="", ended_at=None).execute()
    come_to(campaign.id, state)
    return campaign.id


def come_to(campaign_id, state):
    with transaction():
        Delivery.update(state=state, handed_at=now(), ended_at=now(), reply="250 kept").where(
            Delivery.campaign_id == campaign_id, Delivery.state == WAITING
        ).execute()

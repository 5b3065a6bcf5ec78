"""A rule by which the contact is due, and a removal that is over: neither names anybody."""

from portal.contacts import service as contacts
from portal.privacy import clearing, erasing, retention
from portal.privacy.models import Erasure, RetentionDue
from portal.privacy.retention_rules import Rule
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    gone = contacts.add(first_name="CNRY", last_name="gone")
    made = erasing.erase([gone.id], "not_needed")
    rule = retention.add(Rule("last_change", 24, "erase", "CNRY law"))
    RetentionDue.create(rule_id=rule.id, contact_id=stage.contact_id)
    looked_at = retention.add(Rule("last_message", 12, "review", "CNRY law"))
    waiting = clearing.begin("de_identify", [gone.id], "retention", rule_id=rule.id)
    Erasure.update(state="stopped").where(Erasure.id == waiting.id).execute()
    stage.others.append({"rule_id": looked_at.id, "erasure_id": waiting.id})
    return {"erasure_id": made.id, "rule_id": rule.id}

"""Rules on how long contacts are kept: the register, who is due by them, and what is decided (P-14-1 to P-14-3)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from peewee import SQL, Case, chunked, fn

from portal.activity import log
from portal.activity.models import LogEntry
from portal.consent import purposes
from portal.consent.grounds import GRANTS, REFUSALS
from portal.consent.models import ConsentEvent, Justification
from portal.contacts.holders import Pointer, register_holder
from portal.contacts.models import Contact, Group, GroupMember
from portal.contacts.service import find_group
from portal.contacts.sweeps import holds
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.delivery.models import Delivery
from portal.privacy import clearing
from portal.privacy.models import Erasure, RetentionDue, RetentionRule
from portal.privacy.retention_rules import REVIEW, BadRule, Rule, check, cutoff

KEEP_ON = timedelta(days=365)  # whom somebody decides to keep is looked at again after this
PAGE = 50
_BATCH = 400


class RuleNotFound(LookupError):
    pass


@dataclass(frozen=True)
class Line:
    """A rule, how it reads, and how many are due by it."""

    rule: RetentionRule
    purpose: str
    group: str
    due: int


def register() -> None:
    register_holder("retention_due", _erase, Pointer(RetentionDue, beside=("rule_id",)))


def find(rule_id: int) -> RetentionRule:
    found = RetentionRule.get_or_none(RetentionRule.id == rule_id)
    if found is None:
        raise RuleNotFound("There is no such rule.")
    return found


def lines() -> list[Line]:
    """The rules, those in use first: four queries."""
    rules = list(RetentionRule.select().order_by(RetentionRule.archived_at.is_null(False), RetentionRule.id))
    names = {one.id: one.name for one in purposes.everything()}
    due = RetentionDue.select(RetentionDue.rule_id, fn.COUNT(RetentionDue.id)).where(RetentionDue.state == "due")
    counts = dict(due.group_by(RetentionDue.rule_id).tuples())
    groups = group_names([rule.group_id for rule in rules if rule.group_id])
    return [
        Line(rule, names.get(rule.purpose_id, ""), groups.get(rule.group_id, ""), counts.get(rule.id, 0))
        for rule in rules
    ]


def add(wish: Rule) -> RetentionRule:
    require(Permission.SETTINGS)
    _check(wish)
    with transaction():
        made = RetentionRule.create(**_values(wish))
        log.write("retention.added", subject_id=made.id, changes={k: [None, v] for k, v in _told(made).items() if v})
    return made


def change(rule: RetentionRule, wish: Rule) -> None:
    """Whoever was due by what it said before is looked at anew."""
    require(Permission.SETTINGS)
    _check(wish)
    before, values = _told(rule), _values(wish)
    with transaction():
        RetentionRule.update(**values, looked_at=None).where(RetentionRule.id == rule.id).execute()
        RetentionDue.delete().where(RetentionDue.rule_id == rule.id, RetentionDue.state == "due").execute()
        after = _told(find(rule.id))
        changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if changes:
            log.write("retention.changed", subject_id=rule.id, changes=changes)


def archive(rule: RetentionRule, *, back: bool = False) -> None:
    """Put a rule away, and whom it has found with it; or take it out again."""
    require(Permission.SETTINGS)
    with transaction():
        RetentionRule.update(archived_at=None if back else now(), looked_at=None).where(
            RetentionRule.id == rule.id
        ).execute()
        RetentionDue.delete().where(RetentionDue.rule_id == rule.id, RetentionDue.state == "due").execute()
        log.write("retention.restored" if back else "retention.archived", subject_id=rule.id)


def look() -> int:
    """See who is due by the rules in use; what is automatic is begun. Every night, as the portal itself; how many more.

    Who was proposed and is not due any more, such as somebody written to since, leaves the list.
    """
    fresh = 0
    for rule in list(RetentionRule.select().where(RetentionRule.archived_at.is_null())):
        wanted = {row[0] for row in due_query(rule).tuples()}
        mine = RetentionDue.select().where(RetentionDue.rule_id == rule.id)
        known = {row.contact_id: row for row in mine}
        over = [row.id for row in known.values() if row.contact_id not in wanted or _is_over(row)]
        new = sorted(wanted - {i for i, row in known.items() if row.id not in set(over)})
        with transaction():
            for few in chunked(over, _BATCH):
                RetentionDue.delete().where(RetentionDue.id.in_(few)).execute()
            for few in chunked(new, _BATCH):
                rows = [{"rule_id": rule.id, "contact_id": contact_id} for contact_id in few]
                RetentionDue.insert_many(rows).execute()
            RetentionRule.update(looked_at=now()).where(RetentionRule.id == rule.id).execute()
            if new:
                log.write("retention.found", subject_id=rule.id, people=len(new))
        fresh += len(new)
        if rule.is_automatic and rule.action != REVIEW and not _is_running(rule):
            ids = [row[0] for row in _standing(rule).tuples()]
            if ids:
                clearing.begin(rule.action, ids, "retention", rule_id=rule.id)
    return fresh


def due_query(rule: RetentionRule) -> Any:
    """The ids of the contacts that are due by a rule now: the held and the erased are not among them."""
    before = cutoff(now(), rule.months)
    query = Contact.select(Contact.id).where(Contact.erased_at.is_null(), Contact.created_at < before)
    if rule.purpose_id is not None:
        for_it = Justification.select(Justification.contact_id).where(Justification.purpose_id == rule.purpose_id)
        if rule.trigger != "consent_withdrawn":
            query = query.where(Contact.id.in_(for_it.where(Justification.ended_at.is_null())))
    if rule.trigger == "last_message":
        since = Delivery.select(SQL("1")).where(Delivery.contact_id == Contact.id, Delivery.handed_at >= before)
        query = query.where(~fn.EXISTS(since))
    elif rule.trigger == "last_change":
        query = query.where(Contact.updated_at < before)
    elif rule.trigger == "consent_withdrawn":
        query = query.where(Contact.id.in_(_refused(rule.purpose_id, before)))
    else:
        query = query.where(Contact.id.in_(_left(rule.group_id, before)))
    for hold in holds():
        query = query.where(Contact.id.not_in(hold.subquery()))
    return query


def due_page(rule: RetentionRule, number: int) -> list[int]:
    """One page of who is due by a rule, as far as the actor sees them."""
    query = _seen(rule).order_by(RetentionDue.id).paginate(number, PAGE)
    return [row.contact_id for row in query]


def due_count(rule: RetentionRule) -> int:
    return int(_seen(rule).count())


def all_due(rule: RetentionRule) -> list[int]:
    return [row.contact_id for row in _seen(rule).order_by(RetentionDue.id)]


def of_rule(rule: RetentionRule, contact_ids: Sequence[int]) -> list[int]:
    """Those of these contacts who are due by the rule."""
    found: list[int] = []
    for few in chunked(contact_ids, 1_000):
        found += [row.contact_id for row in _seen(rule).where(RetentionDue.contact_id.in_(few))]
    return found


def confirm(rule: RetentionRule, contact_ids: Sequence[int]) -> Erasure:
    """Do what the rule says with these of those who are due. Raises Kept."""
    require(Permission.CONTACT_DELETE)
    if rule.action == REVIEW:
        raise BadRule("This rule only wants them looked at.", "action")
    return clearing.begin(rule.action, of_rule(rule, contact_ids), "retention")


def keep(rule: RetentionRule, contact_ids: Sequence[int], why: str) -> int:
    """Keep these on for another year, for a reason."""
    require(Permission.CONTACT_DELETE)
    if not why.strip():
        raise BadRule("Say why they are kept.", "why")
    ids = of_rule(rule, contact_ids)
    with transaction():
        for few in chunked(ids, _BATCH):
            RetentionDue.update(state="kept", until=now() + KEEP_ON, why=why.strip()).where(
                RetentionDue.rule_id == rule.id, RetentionDue.contact_id.in_(few)
            ).execute()
        if ids:
            log.write("retention.kept", subject_id=rule.id, people=len(ids), changes={"why": [None, why.strip()]})
    return len(ids)


def group_names(ids: Sequence[int]) -> dict[int, str]:
    return dict(Group.select(Group.id, Group.name).where(Group.id.in_(list(ids) or [0])).tuples())


def _refused(purpose_id: int | None, before: Any) -> Any:
    """Those whose last word about this purpose, on any way of reaching them, was a no that is older than that."""
    last_no = fn.MAX(Case(None, [(ConsentEvent.kind.in_(sorted(REFUSALS)), ConsentEvent.id)]))
    last_yes = fn.COALESCE(fn.MAX(Case(None, [(ConsentEvent.kind.in_(sorted(GRANTS)), ConsentEvent.id)])), 0)
    last_at = fn.MAX(Case(None, [(ConsentEvent.kind.in_(sorted(REFUSALS)), ConsentEvent.at)]))
    query = ConsentEvent.select(ConsentEvent.contact_id).where(ConsentEvent.purpose_id == purpose_id)
    return query.group_by(ConsentEvent.contact_id).having((last_no > last_yes) & (last_at < before))


def _left(group_id: int | None, before: Any) -> Any:
    """Those who were taken out of this group before that, and are not in it."""
    query = LogEntry.select(LogEntry.contact_id).where(
        LogEntry.action == "contact.ungrouped", LogEntry.subject_id == group_id, LogEntry.contact_id.is_null(False),
        LogEntry.contact_id.not_in(GroupMember.select(GroupMember.contact_id).where(GroupMember.group_id == group_id)),
    )  # fmt: skip
    return query.group_by(LogEntry.contact_id).having(fn.MAX(LogEntry.at) < before)


def _standing(rule: RetentionRule) -> Any:
    return RetentionDue.select(RetentionDue.contact_id).where(
        RetentionDue.rule_id == rule.id, RetentionDue.state == "due"
    )


def _seen(rule: RetentionRule) -> Any:
    """Those who are due and whom the actor sees."""
    seen = Contact.select(Contact.id).where(Contact.erased_at.is_null())
    mine = RetentionDue.select().where(RetentionDue.rule_id == rule.id, RetentionDue.state == "due")
    return mine.where(RetentionDue.contact_id.in_(seen))


def _is_over(row: RetentionDue) -> bool:
    """Whether the year for which somebody was kept on is over."""
    return row.state == "kept" and row.until is not None and row.until < now()


def _is_running(rule: RetentionRule) -> bool:
    open_states = Erasure.state.in_(("waiting", "running", "stopped"))
    return bool(Erasure.select().where(Erasure.rule_id == rule.id, open_states).exists())


def _check(wish: Rule) -> None:
    check(wish)
    if wish.purpose_id is not None:
        purposes.find(wish.purpose_id)
    if wish.group_id is not None:
        find_group(wish.group_id)
    if wish.is_automatic:
        current = current_actor()
        if not current.may(Permission.CONTACT_DELETE):
            raise BadRule("Only who may delete contacts can let the portal do it by itself.", "is_automatic")


def _values(wish: Rule) -> dict[str, Any]:
    return {**asdict(wish), "law": wish.law.strip(), "is_automatic": int(wish.is_automatic)}


def _told(rule: RetentionRule) -> dict[str, Any]:
    names = ("purpose_id", "trigger", "group_id", "months", "action", "law", "is_automatic")
    return {name: getattr(rule, name) for name in names}


def _erase(contact_ids: list[int]) -> None:
    RetentionDue.delete().where(RetentionDue.contact_id.in_(contact_ids)).execute()

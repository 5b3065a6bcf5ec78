"""How long contacts are kept: what a rule may say, and the day from which somebody is due. Pure (P-14-1)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from portal.core.misfit import Misfit
from portal.privacy.erasure_rules import DE_IDENTIFY, ERASE

REVIEW = "review"
TRIGGERS: dict[str, str] = {
    "last_message": "the last message, or the day the contact was added",
    "last_change": "the last change to the contact",
    "consent_withdrawn": "the consent was refused or taken back",
    "left_group": "the contact left a group, such as the members",
}
ACTIONS: dict[str, str] = {
    ERASE: "Delete",
    DE_IDENTIFY: "Make nameless",
    REVIEW: "Look at it again",
}
LEAST_MONTHS, MOST_MONTHS = 1, 600


class BadRule(Misfit):
    """The rule cannot be so. `field` is where it is mended."""


@dataclass(frozen=True)
class Rule:
    """What somebody says in the form."""

    trigger: str
    months: int
    action: str
    law: str
    purpose_id: int | None = None
    group_id: int | None = None
    is_automatic: bool = False


def check(rule: Rule) -> None:
    """Raise BadRule when a rule says too little, or what nobody may do without being asked."""
    if rule.trigger not in TRIGGERS:
        raise BadRule("Choose from when the time is counted.", "trigger")
    if rule.action not in ACTIONS:
        raise BadRule("Choose what becomes of them.", "action")
    if not LEAST_MONTHS <= rule.months <= MOST_MONTHS:
        raise BadRule(f"Enter a number of months from {LEAST_MONTHS} to {MOST_MONTHS}.", "months")
    if not rule.law.strip():
        raise BadRule("Say what the period rests on, such as: no longer needed two years after the last letter.", "law")
    if rule.trigger == "consent_withdrawn" and rule.purpose_id is None:
        raise BadRule("Choose the purpose to which the consent was given.", "purpose_id")
    if rule.trigger == "left_group" and rule.group_id is None:
        raise BadRule("Choose the group.", "group_id")
    if rule.is_automatic and rule.action == REVIEW:
        raise BadRule("Looking at somebody again is done by a person. Leave this unticked.", "is_automatic")


def cutoff(now: datetime, months: int) -> datetime:
    """The moment so many months ago: what happened before it is over. The last day of a month that has no such day."""
    count = now.year * 12 + now.month - 1 - months
    year, month = divmod(count, 12)
    day = now.day
    while True:
        try:
            there = now.date().replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1
            continue
        return datetime.combine(there, time(now.hour, now.minute), UTC)

"""The grammar of a group's rule: which questions there are, how answers are typed, kept and told in a sentence.

A rule is plain data: {"match": "all" | "any", "conditions": [{"fact", "operator", "value"}]}. Texts are strings,
numbers strings such as "1234.50", dates "2025-01-01", counts whole numbers, choices lists. It never holds SQL.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from portal.contacts.dates import InvalidDate, parse_date
from portal.core.text import InvalidText, clean_text

MOST_CONDITIONS = 20
MOST_VALUES = 50
LONGEST_TEXT = 200
MOST_DAYS, MOST_MONTHS = 36_600, 1_200
LARGEST = Decimal(10) ** 15
GONE = "something that is no longer kept, or is hidden from you"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


class InvalidRule(ValueError):
    """A rule cannot be asked. The message is a sentence for the user."""


class InvalidCondition(InvalidRule):
    """One condition of a rule cannot be asked."""


class ByRule(ValueError):
    """Contacts cannot be put by hand into a group that a rule fills, or taken out of it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is filled by its rule: contacts cannot be put in or taken out by hand.")


class Asked(Protocol):
    """What the grammar needs to know of a fact: see contacts.facts.Fact."""

    @property
    def label(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Sequence[tuple[str, str]]: ...


@dataclass(frozen=True)
class Operator:
    """`label` stands in the list to choose from, `words` in the sentence. `takes` says what is typed after it."""

    name: str
    label: str
    words: str
    takes: str  # nothing | text | number | numbers | date | dates | days | months | many


_FILLED = (
    Operator("empty", "is empty", "is empty", "nothing"),
    Operator("filled", "is filled in", "is filled in", "nothing"),
)
_NUMBERS = (
    Operator("at_least", "is at least", "is at least {}", "number"),
    Operator("at_most", "is at most", "is at most {}", "number"),
    Operator("between", "is between", "is between {} and {}", "numbers"),
    Operator("is", "is", "is {}", "number"),
    *_FILLED,
)
_DATES = (
    Operator("before", "before", "before {}", "date"),
    Operator("after", "after", "after {}", "date"),
    Operator("between", "between", "between {} and {}", "dates"),
    Operator("last_days", "in the last … days", "in the last {}", "days"),
    Operator("last_months", "in the last … months", "in the last {}", "months"),
    Operator("older_months", "more than … months ago", "more than {} ago", "months"),
)
OPERATORS: dict[str, tuple[Operator, ...]] = {
    "text": (
        Operator("is", "is", "is {}", "text"),
        Operator("is_not", "is not", "is not {}", "text"),
        Operator("contains", "contains", "contains {}", "text"),
        Operator("begins", "begins with", "begins with {}", "text"),
        *_FILLED,
    ),
    "number": _NUMBERS,
    "money": _NUMBERS,
    "moment": _DATES,  # when the portal itself noted something: never missing, and no birthday
    "date": (
        *_DATES,
        Operator("comes_days", "has its day in the next … days", "has its day in the next {}", "days"),
        *_FILLED,
    ),
    "choice": (
        Operator("any_of", "is any of", "is {}", "many"),
        Operator("none_of", "is none of", "is not {}", "many"),
        *_FILLED,
    ),
    "yes_no": (Operator("yes", "yes", ": yes", "nothing"), Operator("no", "no", ": no", "nothing")),
    "group": (
        Operator("in", "is in", "is in {}", "many"),
        Operator("not_in", "is not in", "is not in {}", "many"),
    ),
}
# The operator whose opposite this is: what is asked of rows of another table, there must be none of (see conditions).
OPPOSITE = {"is_not": "is", "none_of": "any_of", "empty": "filled", "no": "yes", "not_in": "in"}


def operator_of(kind: str, name: str) -> Operator | None:
    return next((operator for operator in OPERATORS.get(kind, ()) if operator.name == name), None)


def parse(fact: Asked, operator: Operator, texts: Sequence[str], *, today: date) -> Any:
    """The value as a rule keeps it, from what was typed. Raises InvalidCondition."""
    typed = [text.strip() for text in texts]
    match operator.takes:
        case "nothing":
            return None
        case "text":
            return _text(_first(typed, "Enter a word or a name."))
        case "number":
            return _number(_first(typed, "Enter a number."))
        case "numbers":
            return _ordered([_number(text) for text in _two(typed, "Enter both numbers.")], key=Decimal)
        case "date":
            return _date(_first(typed, "Enter a date such as 1 Jan 2025."), today)
        case "dates":
            return _ordered([_date(text, today) for text in _two(typed, "Enter both dates.")], key=str)
        case "days":
            return _count(_first(typed, "Enter how many days."), MOST_DAYS)
        case "months":
            return _count(_first(typed, "Enter how many months."), MOST_MONTHS)
    chosen = list(dict.fromkeys(filter(None, typed)))
    if not chosen:
        raise InvalidCondition("Choose at least one.")
    if len(chosen) > MOST_VALUES:
        raise InvalidCondition(f"Choose at most {MOST_VALUES}.")
    if not set(chosen) <= {value for value, _ in fact.options}:
        raise InvalidCondition("Choose from the list.")
    return chosen


def check(rule: Any, facts: Mapping[str, Asked]) -> None:
    """Raise InvalidRule unless the rule keeps to the grammar and asks only for these facts and their options."""
    if not isinstance(rule, Mapping) or rule.get("match") not in ("all", "any"):
        raise InvalidRule("Choose whether all or any of the conditions must hold.")
    conditions = rule.get("conditions")
    if not isinstance(conditions, list) or not conditions:
        raise InvalidRule("Add at least one condition.")
    if len(conditions) > MOST_CONDITIONS:
        raise InvalidRule(f"A rule has at most {MOST_CONDITIONS} conditions.")
    for asked in conditions:
        fact = facts.get(asked["fact"]) if _is_condition(asked) else None
        if fact is None:
            raise InvalidCondition(f"The rule asks about {GONE}.")
        operator = operator_of(fact.kind, asked["operator"])
        if operator is None or not _fits(operator, asked["value"]):
            raise InvalidCondition(f"“{fact.label}” cannot be asked like this.")
        if operator.takes == "many" and not set(asked["value"]) <= {value for value, _ in fact.options}:
            raise InvalidCondition(f"The rule asks about {GONE}.")


def words_of(rule: Mapping[str, Any], facts: Mapping[str, Asked]) -> str:
    """The rule as a plain sentence without its stop: "Last updated before 1 Jan 2025 and town is Durban"."""
    parts = [condition_words(asked, facts.get(asked["fact"])) for asked in rule["conditions"]]
    sentence = (" and " if rule["match"] == "all" else " or ").join(parts)
    return sentence[:1].upper() + sentence[1:]


def condition_words(asked: Mapping[str, Any], fact: Asked | None) -> str:
    operator = operator_of(fact.kind, asked["operator"]) if fact else None
    if fact is None or operator is None:
        return GONE
    label = fact.label[:1].lower() + fact.label[1:] if fact.label[1:2].islower() else fact.label
    told = operator.words.format(*_told(fact, operator, asked["value"]))
    if fact.kind == "group":
        return told
    return f"{label}{told}" if fact.kind == "yes_no" else f"{label} {told}"


def typed_of(operator: Operator, value: Any) -> list[str]:
    """A kept value as it stands in the inputs again."""
    values = value if isinstance(value, list) else [value] if value is not None else []
    return [_day_words(one) if operator.takes in ("date", "dates") else str(one) for one in values]


def _told(fact: Asked, operator: Operator, value: Any) -> list[str]:
    names = dict(fact.options)
    match operator.takes:
        case "many":
            return [_or(names.get(one, GONE) for one in value)]
        case "number" | "numbers":
            numbers = value if isinstance(value, list) else [value]
            return [_number_words(number, is_money=fact.kind == "money") for number in numbers]
        case "date" | "dates":
            days = value if isinstance(value, list) else [value]
            return [_day_words(day) for day in days]
        case "days" | "months":
            unit = operator.takes if value != 1 else operator.takes[:-1]
            return [f"{value:,} {unit}"]
        case "text":
            return [value]
    return []


def _is_condition(asked: Any) -> bool:
    named = isinstance(asked, Mapping) and set(asked) == {"fact", "operator", "value"}
    return named and isinstance(asked["fact"], str) and isinstance(asked["operator"], str)


def _fits(operator: Operator, value: Any) -> bool:
    match operator.takes:
        case "nothing":
            return value is None
        case "text":
            return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
        case "number":
            return _is_number(value)
        case "date":
            return _is_date(value)
        case "numbers":
            return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
        case "dates":
            return isinstance(value, list) and len(value) == 2 and all(map(_is_date, value))
        case "days" | "months":
            most = MOST_DAYS if operator.takes == "days" else MOST_MONTHS
            return type(value) is int and 0 < value <= most
    is_list = isinstance(value, list) and 0 < len(value) <= MOST_VALUES
    return is_list and all(isinstance(one, str) and len(one) <= LONGEST_TEXT for one in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and bool(_NUMBER.fullmatch(value)) and abs(Decimal(value)) < LARGEST


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        return False
    try:
        return date.fromisoformat(value).year < 9000
    except ValueError:
        return False


def _first(typed: Sequence[str], sentence: str) -> str:
    if not typed or not typed[0]:
        raise InvalidCondition(sentence)
    return typed[0]


def _two(typed: Sequence[str], sentence: str) -> Sequence[str]:
    if len(typed) < 2 or not all(typed[:2]):
        raise InvalidCondition(sentence)
    return typed[:2]


def _ordered(values: list[str], key: Any) -> list[str]:
    if key(values[0]) > key(values[1]):
        raise InvalidCondition("The second must not be smaller than the first.")
    return values


def _text(text: str) -> str:
    try:
        return clean_text(text, max_length=LONGEST_TEXT)
    except InvalidText as error:
        raise InvalidCondition(str(error)) from error


def _number(text: str) -> str:
    """1 234,50 and R1,234.50 as "1234.50". A comma with three digits behind it parts thousands."""
    bare = re.sub(r"[\s\u00a0\u202f']", "", text).removeprefix("R")
    if "." in bare or re.fullmatch(r"-?\d{1,3}(,\d{3})+", bare):
        bare = bare.replace(",", "")
    elif bare.count(",") == 1:
        bare = bare.replace(",", ".")
    try:
        number = Decimal(bare) if bare.isascii() and _NUMBER.fullmatch(bare) else None
    except InvalidOperation:
        number = None
    if number is None or abs(number) >= LARGEST:
        raise InvalidCondition("Enter a number such as 250 or 1 234.50.")
    return f"{number:f}"


def _date(text: str, today: date) -> str:
    try:
        day = parse_date(text, today=today)
    except InvalidDate as error:
        raise InvalidCondition(str(error)) from error
    if day is None or not date(1800, 1, 1) <= day < date(2200, 1, 1):
        raise InvalidCondition("Enter a date between 1800 and 2200, such as 1 Jan 2025.")
    return day.isoformat()


def _count(text: str, most: int) -> int:
    bare = re.sub(r"[\s,]", "", text)
    if not (bare.isascii() and bare.isdigit() and len(bare) < 7 and 0 < int(bare) <= most):
        raise InvalidCondition(f"Enter a whole number from 1 to {most:,}.")
    return int(bare)


def _number_words(text: str, *, is_money: bool) -> str:
    number = Decimal(text)
    return f"R {number:,.2f}".replace(",", " ") if is_money else f"{number:,}"


def _day_words(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _or(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} or {last}" if before else last

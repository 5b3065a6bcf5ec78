"""From an operator of a rule and its kept value to a condition with bound parameters, for any column.

Each function takes the column, the operator and the value. `to_key` turns what is compared (folded text, a Decimal, a
date) into what the column holds, for columns that keep a text with an order of its own.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from peewee import SQL, DateField, TextField, fn

from portal.contacts.group_rules import OPPOSITE
from portal.contacts.models import NOTHING, Contact
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import is_sqlite
from portal.core.tenancy import Org

ToKey = Callable[[Any], Any]
Make = Callable[[str, Any], Any]
EVERYTHING = SQL("1 = 1")
_zones: ContextVar[dict[int, ZoneInfo] | None] = ContextVar("zones", default=None)
_among: ContextVar[Sequence[int] | None] = ContextVar("among", default=None)


class UnknownOperator(ValueError):
    """This kind of fact has no such operator."""


@contextmanager
def among(contact_ids: Sequence[int]) -> Iterator[None]:
    """Conditions made here are asked of these contacts only, so that `has_row` reads the rows of these few."""
    token = _among.set(contact_ids)
    try:
        yield
    finally:
        _among.reset(token)


def has_row(contact_id: Any, make: Make, operator: str, value: Any, *limits: Any) -> Any:
    """The condition on Contact that one of its rows in another table fulfils `make(operator, value)`; for "is not",
    "none of", "empty", "no" and "not in", that no row fulfils the opposite. `contact_id` is that table's column,
    `limits` say which of its rows are meant:

        has_row(Value.contact_id, partial(text_condition, Value.key), operator, value, Value.field_id == 7)
    """
    few = _among.get()
    rows = contact_id.model.select(contact_id).where(*limits)
    if few is not None:
        rows = rows.where(one_of(contact_id, few))
    if operator in OPPOSITE:
        return Contact.id.not_in(rows.where(make(OPPOSITE[operator], value)))
    return Contact.id.in_(rows.where(make(operator, value)))


def one_of(column: Any, ids: Sequence[int]) -> Any:
    """The column is one of these numbers of the database's own, written out: a page has hundreds of them, times the
    groups by rules, and a query takes only so many parameters.
    """
    return column.in_(SQL(f"({', '.join(str(int(number)) for number in ids) or 'NULL'})"))


def text_condition(column: Any, operator: str, value: Any, *, to_key: ToKey | None = None) -> Any:
    """Capital and small letters are alike; with `to_key` the column holds what it makes of a text, such as `fold`."""
    key = to_key(value) if to_key and value is not None else value
    match operator:
        case "is":
            return column == key if to_key else fn.LOWER(column) == key.lower()
        case "is_not":
            return column != key if to_key else fn.LOWER(column) != key.lower()
        case "contains":
            return column.contains(key)
        case "begins":
            return column.startswith(key)
    return _presence(column, operator)


def number_condition(column: Any, operator: str, value: Any, *, to_key: ToKey | None = None) -> Any:
    """Also money. `to_key` is given a Decimal."""
    key = to_key or (lambda number: number)
    match operator:
        case "is":
            return column == key(Decimal(value))
        case "at_least":
            return column >= key(Decimal(value))
        case "at_most":
            return _filled(column) & (column <= key(Decimal(value)))
        case "between":
            return (column >= key(Decimal(value[0]))) & (column <= key(Decimal(value[1])))
    return _presence(column, operator)


def date_condition(column: Any, operator: str, value: Any, *, to_key: ToKey | None = None) -> Any:
    """A column of days, or, with `to_key`, of whatever `to_key(day)` makes of the first moment of a day."""
    key = to_key or (lambda day: day)
    if operator in ("empty", "filled"):
        return _presence(column, operator)
    if operator == "comes_days":
        return _comes(column, value)
    first, end = _span(operator, value)
    condition = _filled(column)
    if first is not None:
        condition = condition & (column >= key(first))
    if end is not None:
        condition = condition & (column < key(end))
    return condition


def moment_condition(column: Any, operator: str, value: Any) -> Any:
    """A UtcField that is never missing, asked by days of the organisation's own zone."""
    zone = here()
    return date_condition(
        column, operator, value, to_key=lambda day: datetime.combine(day, time(), zone).astimezone(UTC)
    )


def choice_condition(column: Any, operator: str, value: Any, *, to_key: ToKey | None = None) -> Any:
    keys = [to_key(one) if to_key else one for one in value or ()]
    match operator:
        case "any_of":
            return column.in_(keys)
        case "none_of":
            return column.not_in(keys)
    return _presence(column, operator)


@contextmanager
def zone_read_once() -> Iterator[None]:
    """However many dates are asked about inside, the organisation's time zone is looked up once."""
    token = _zones.set({})
    try:
        yield
    finally:
        _zones.reset(token)


def here() -> ZoneInfo:
    """The time zone of the actor's organisation."""
    known, org_id = _zones.get(), current_actor().org_id
    zone = known.get(org_id) if known is not None else None
    if zone is None:
        zone = ZoneInfo(Org.get_by_id(org_id).timezone)
        if known is not None:
            known[org_id] = zone
    return zone


def today() -> date:
    return now().astimezone(here()).date()


def years_before(day: date, years: int) -> date:
    return months_before(day, years * 12)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a shorter month; never before the year 1."""
    count = max(12, day.year * 12 + day.month - 1 - months)
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _span(operator: str, value: Any) -> tuple[date | None, date | None]:
    """The first day of what is asked, and the day after its last."""
    match operator:
        case "before":
            return None, date.fromisoformat(value)
        case "after":
            return date.fromisoformat(value) + timedelta(days=1), None
        case "between":
            return date.fromisoformat(value[0]), date.fromisoformat(value[1]) + timedelta(days=1)
        case "last_days":
            return today() - timedelta(days=value), today() + timedelta(days=1)
        case "last_months":
            return months_before(today(), value), today() + timedelta(days=1)
        case "older_months":
            return None, months_before(today(), value)
    raise UnknownOperator(operator)


def _comes(column: Any, days: int) -> Any:
    """The day and month, whatever the year, come round between today and so many days from now."""
    if days >= 365:
        return _filled(column)
    is_text = is_sqlite() or not isinstance(column, DateField)
    day = fn.SUBSTR(column, 6, 5) if is_text else fn.TO_CHAR(column, "MM-DD")
    first = today()
    start, end = f"{first:%m-%d}", f"{first + timedelta(days=days):%m-%d}"
    if start <= end:
        return _filled(column) & day.coerce(False).between(start, end)
    return _filled(column) & ((day.coerce(False) >= start) | (day.coerce(False) <= end))


def _presence(column: Any, operator: str) -> Any:
    if operator == "filled":
        return _filled(column)
    if operator == "empty":
        return NOTHING if _is_always_filled(column) else column.is_null() if column.null else column == ""
    raise UnknownOperator(operator)


def _filled(column: Any) -> Any:
    if _is_always_filled(column):
        return EVERYTHING
    return column.is_null(False) if column.null else column != ""


def _is_always_filled(column: Any) -> bool:
    """A number or date that may not be missing; a text that is missing is an empty text."""
    return not column.null and not isinstance(column, TextField)

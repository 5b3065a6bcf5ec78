"""Dates as spreadsheets and people write them. 3/4/1980 has two readings, so the order is declared, never guessed."""

import re
from datetime import date, timedelta
from enum import StrEnum

from portal.contacts.names import fold

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: 0{1,2}:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[- ./]*([a-z]+)[-., /]*(\d{4}|\d{2})")
_MONTH_NAME_DAY = re.compile(r"([a-z]+)[- .]*(\d{1,2})(?:st|nd|rd|th)?,? *(\d{4})")
_SERIAL = re.compile(r"(\d{3,5})(?:\.\d+)?")
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of Excel for every date from March 1900
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_AFRIKAANS = {"mrt": 3, "maa": 3, "mei": 5, "okt": 10, "des": 12}


class DateOrder(StrEnum):
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


class InvalidDate(ValueError):
    def __init__(self, message: str = "Enter a date such as 2026-11-24 or 24/11/2026.") -> None:
        super().__init__(message)


def parse_date(text: str, *, today: date, order: DateOrder = DateOrder.DAY_FIRST) -> date | None:
    """Read a date; empty means none. Two-digit years are taken as not after today."""
    written = " ".join(fold(text).split())
    if not written:
        return None
    try:
        return _read(written, today, order)
    except (ValueError, OverflowError):
        raise InvalidDate from None


def parse_birth_date(text: str, *, today: date, order: DateOrder = DateOrder.DAY_FIRST) -> date | None:
    """A birth date lies in the past and less than 120 years back."""
    born = parse_date(text, today=today, order=order)
    if born is None:
        return None
    if born >= today:
        raise InvalidDate("Enter a birth date that lies in the past.")
    if today.year - born.year >= 120:
        raise InvalidDate("Enter a birth date less than 120 years ago.")
    return born


def _read(written: str, today: date, order: DateOrder) -> date:
    if found := _ISO.fullmatch(written.replace("t", " ")) or _COMPACT.fullmatch(written):
        return date(*map(int, found.groups()))
    if found := _NUMBERS.fullmatch(written):
        return _in_order(found.groups(), today, order)
    if found := _DAY_MONTH_NAME.fullmatch(written):
        return date(_year(found[3], today), _month(found[2]), int(found[1]))
    if found := _MONTH_NAME_DAY.fullmatch(written):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    if found := _SERIAL.fullmatch(written):
        return _SERIAL_ZERO + timedelta(days=int(found[1]))
    raise InvalidDate


def _in_order(parts: tuple[str, ...], today: date, order: DateOrder) -> date:
    first, second, third = parts
    if order is DateOrder.MONTH_FIRST:
        return date(_year(third, today), int(first), int(second))
    if order is DateOrder.YEAR_FIRST and len(third) == 2:
        return date(_year(first, today), int(second), int(third))
    return date(_year(third, today), int(second), int(first))


def _year(text: str, today: date) -> int:
    if len(text) == 4:
        return int(text)
    century = today.year // 100 * 100
    year = century + int(text)
    return year - 100 if year > today.year else year


def _month(name: str) -> int:
    if name[:3] in _MONTHS:
        return _MONTHS.index(name[:3]) + 1
    if name[:3] in _AFRIKAANS:
        return _AFRIKAANS[name[:3]]
    raise InvalidDate

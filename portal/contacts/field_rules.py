"""Kinds of field, what may stand in one, and how a value is kept: as text to be shown and a key to be compared.

Keys are compared letter by letter on both databases, so that a filter, an order and a count are one index whatever
the kind: numbers and money as digits of equal length, dates as 2026-11-24, text folded.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from portal.contacts.dates import InvalidDate, parse_date
from portal.contacts.names import fold
from portal.core.text import InvalidText, clean_text

SHORT, LONG = 200, 10_000
KEY_LENGTH = 100
MOST_OPTIONS = 100
DECIMALS = 4
_WHOLE = 14  # digits before the point
_MOST = Decimal(10) ** _WHOLE
_NINES = str.maketrans("0123456789", "9876543210")
_YES = frozenset({"yes", "y", "ja", "j", "true", "1", "x", "on"})
_NO = frozenset({"no", "n", "nee", "false", "0", "off"})
_PARTS = 20  # separators in the name of one option
_SEVERAL = re.compile(r"[;|\n]+")


class InvalidValue(ValueError):
    """This cannot stand in the field. The message says what can."""


@dataclass(frozen=True)
class Kind:
    """A kind of field: its name in the designer, and what can be done with its values."""

    words: str
    has_options: bool = False
    may_search: bool = False  # found by typing
    may_sort: bool = True
    may_merge: bool = True  # may stand in a letter, a file and an import


KINDS: dict[str, Kind] = {
    "text": Kind("Text", may_search=True),
    "long": Kind("Long text", may_search=True, may_sort=False),
    "number": Kind("Number"),
    "money": Kind("Money"),
    "date": Kind("Date"),
    "yes_no": Kind("Yes or no"),
    "choice": Kind("One of a list", has_options=True),
    "choices": Kind("Several of a list", has_options=True, may_sort=False),
    "link": Kind("Link to a web page", may_search=True),
    "file": Kind("File", may_sort=False, may_merge=False),
    "person": Kind("Another contact", may_sort=False, may_merge=False),
}


@dataclass(frozen=True)
class Shape:
    """What a field asks of its values: the part of contacts.models.Field that the rules need."""

    kind: str
    options: Sequence[Mapping[str, Any]] = ()  # {"id", "name", "is_archived"}
    limits: Mapping[str, Any] | None = None  # {"least", "most"}: numbers and rand as text, dates as 2026-11-24


@dataclass(frozen=True)
class Entry:
    """One value as kept. `found` is what is searched if the field is; a relation or a file names its row."""

    key: str
    text: str
    found: str = ""
    person_id: int | None = None
    document_id: int | None = None


def read(shape: Shape, typed: str | Sequence[str], *, today: date) -> list[Entry]:
    """What was typed, as values to keep; nothing typed is none. Raises InvalidValue.

    Choices are given by the ids of their options or by their names, as a file does; relations and files by id.
    """
    texts = [typed] if isinstance(typed, str) else list(typed)
    texts = [text.strip() for text in texts if text.strip()]
    if not texts:
        return []
    if shape.kind in ("choice", "choices"):
        return _read_choices(shape, texts)
    try:
        return [_READERS[shape.kind](shape, texts[0], today)]
    except InvalidText as error:
        raise InvalidValue(str(error)) from error


def show(shape: Shape, values: Sequence[Any]) -> str:
    """Values (rows or entries with key and text) as people read them; relations and files are named by the page."""
    texts = [value.text for value in values]
    if shape.kind in ("choice", "choices"):
        names = {option["id"]: option["name"] for option in shape.options}
        order = list(names)
        known = sorted((text for text in texts if text in names), key=order.index)
        return ", ".join(names[text] for text in known)
    if not texts:
        return ""
    if shape.kind == "yes_no":
        return "Yes" if texts[0] == "1" else "No"
    if shape.kind == "money":
        whole, _, cents = texts[0].partition(".")
        return f"R {int(whole):,}".replace(",", " ").replace("R -", "−R ") + f".{cents}"
    if shape.kind == "number":
        whole, _, rest = texts[0].partition(".")
        sign = "−" if whole.startswith("-") else ""
        return sign + f"{int(whole.lstrip('-')):,}".replace(",", " ") + (f".{rest}" if rest else "")
    return str(texts[0])


def number_key(value: Decimal) -> str:
    """A text that stands before another exactly when its number is the smaller one."""
    digits = f"{abs(value):0{_WHOLE + DECIMALS + 1}.{DECIMALS}f}"
    return f"1{digits}" if value >= 0 else "0" + digits.translate(_NINES)


def key_of(kind: str, text: str) -> str:
    """The key of a value as kept in text; what a filter or a rule compares with."""
    if kind in ("number", "money"):
        return number_key(Decimal(text))
    return fold(text)[:KEY_LENGTH] if kind in ("text", "link") else ("" if kind == "long" else text)


def read_number(text: str, *, decimals: int = DECIMALS) -> Decimal:
    """A number as people and spreadsheets write it: 1 234,5 and 1,234.50 and R 1 234.50. Raises InvalidValue."""
    plain = re.sub(r"[\sR\u00a0\u202f]", "", text, flags=re.IGNORECASE).replace("−", "-")
    if "," in plain and "." in plain:
        plain = plain.replace(",", "") if plain.rindex(".") > plain.rindex(",") else _comma_last(plain)
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+", plain):
        plain = plain.replace(",", "")
    else:
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", plain, flags=re.ASCII):
        raise InvalidValue("Enter a number such as 12 or 1 234.50.")
    try:
        value = Decimal(plain)
        rounded = value.quantize(Decimal(1).scaleb(-decimals))
    except InvalidOperation as error:
        raise InvalidValue("This number is too large to be kept.") from error
    if abs(value) >= _MOST:
        raise InvalidValue("This number is too large to be kept.")
    if rounded != value:
        raise InvalidValue(f"Enter at most {decimals} digits after the point.")
    return value


def _comma_last(plain: str) -> str:
    return plain.replace(".", "").replace(",", ".")


def _read_text(_shape: Shape, text: str, _today: date) -> Entry:
    clean = clean_text(text, max_length=SHORT)
    return Entry(key_of("text", clean), clean, fold(clean))


def _read_long(_shape: Shape, text: str, _today: date) -> Entry:
    clean = clean_text(text, max_length=LONG, lines=True)
    return Entry("", clean, fold(clean))


def _read_number(shape: Shape, text: str, _today: date) -> Entry:
    value = read_number(text)
    _within(shape, value, lambda limit: Decimal(limit), lambda limit: show(shape, [Entry("", limit)]))
    kept = f"{value.normalize():f}"
    return Entry(number_key(value), kept)


def _read_money(shape: Shape, text: str, _today: date) -> Entry:
    value = read_number(text, decimals=2)
    _within(shape, value, lambda limit: Decimal(limit), lambda limit: show(shape, [Entry("", limit)]))
    return Entry(number_key(value), f"{value:.2f}")


def _read_date(shape: Shape, text: str, today: date) -> Entry:
    try:
        day = parse_date(text, today=today.replace(year=today.year + 50, day=1))  # 24/11/31 lies ahead, 24/11/99 back
    except InvalidDate as error:
        raise InvalidValue(str(error)) from error
    assert day is not None  # noqa: S101 - the text is not empty
    _within(shape, day, date.fromisoformat, str)
    return Entry(day.isoformat(), day.isoformat())


def _read_yes_no(_shape: Shape, text: str, _today: date) -> Entry:
    word = fold(text)
    if word not in _YES | _NO:
        raise InvalidValue("Enter yes or no.")
    answer = "1" if word in _YES else "0"
    return Entry(answer, answer)


def _read_link(_shape: Shape, text: str, _today: date) -> Entry:
    clean = clean_text(text, max_length=SHORT)
    url = clean if "://" in clean else f"https://{clean}"
    try:
        at = urlsplit(url)
        host = at.hostname or ""
    except ValueError:
        host = ""
    if not host or "." not in host or at.scheme not in ("http", "https") or at.username or re.search(r"[\s<>\"']", url):
        raise InvalidValue("Enter the address of a web page, such as https://www.example.org.")
    return Entry(key_of("link", url), url, fold(url))


def _read_file(_shape: Shape, text: str, _today: date) -> Entry:
    return Entry(text, "", document_id=_id(text))


def _read_person(_shape: Shape, text: str, _today: date) -> Entry:
    return Entry(text, "", person_id=_id(text))


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise InvalidValue("Choose one from the list.")
    return int(text)


_READERS: dict[str, Any] = {
    "text": _read_text,
    "long": _read_long,
    "number": _read_number,
    "money": _read_money,
    "date": _read_date,
    "yes_no": _read_yes_no,
    "link": _read_link,
    "file": _read_file,
    "person": _read_person,
}


def _read_choices(shape: Shape, texts: Sequence[str]) -> list[Entry]:
    by_id = {option["id"]: option for option in shape.options}
    by_name = {fold(option["name"]): option for option in shape.options}
    if shape.kind == "choices":
        texts = [part.strip() for text in texts for part in (_split(text, by_id, by_name)) if part.strip()]
    chosen: dict[str, str] = {}
    for text in texts:
        option = by_id.get(text) or by_name.get(fold(text))
        if option is None:
            names = ", ".join(o["name"] for o in shape.options if not o.get("is_archived"))
            raise InvalidValue(f"“{text[:60]}” is not in the list. It has {names}."[:500])
        chosen[option["id"]] = option["name"]
    kept = list(chosen) if shape.kind == "choices" else list(chosen)[:1]
    return [Entry(option_id, option_id, fold(chosen[option_id])) for option_id in kept]


def _split(text: str, by_id: Mapping[str, Any], by_name: Mapping[str, Any]) -> list[str]:
    """The options named in one cell of a file; a name with a separator in it is one name."""
    if text in by_id or fold(text) in by_name:
        return [text]
    marks = [mark.span() for mark in _SEVERAL.finditer(text)]
    if not marks:
        return text.split(",")
    ends = [*marks, (len(text), len(text))]
    found, start, at = [], 0, 0
    while at < len(ends):
        near = range(at, min(at + _PARTS, len(ends)))
        at = max((place for place in near if fold(text[start : ends[place][0]]) in by_name), default=at)
        found.append(text[start : ends[at][0]])
        start, at = ends[at][1], at + 1
    return found


def _within(shape: Shape, value: Any, parse: Any, words: Any) -> None:
    limits = shape.limits or {}
    least, most = limits.get("least"), limits.get("most")
    more, less = ("later", "earlier") if shape.kind == "date" else ("more", "less")
    if least not in (None, "") and value < parse(least):
        raise InvalidValue(f"Enter {words(least)} or {more}.")
    if most not in (None, "") and value > parse(most):
        raise InvalidValue(f"Enter {words(most)} or {less}.")

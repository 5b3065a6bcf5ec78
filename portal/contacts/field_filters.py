"""A list of contacts limited by what stands in designed fields: what was asked in the address of the page, the
condition it becomes, and its words.

A field that is hidden from the actor, or no longer in use, is as if it had not been asked about (B06).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from peewee import SQL, fn

from portal.accounts.service import today
from portal.contacts import fields
from portal.contacts.field_rules import KEY_LENGTH, KINDS, InvalidValue, Shape, read
from portal.contacts.fields import Outline
from portal.contacts.models import NOTHING, Contact, Field, Value
from portal.contacts.names import fold
from portal.core.db import is_sqlite

MOST = 20  # at once
LONGEST = 200
SHORTEST_PART = 3  # letters that the index of parts of words needs
RANGES = frozenset({"number", "money", "date"})
CHOICES = frozenset({"choice", "choices", "yes_no"})
TEXTS = frozenset({"text", "long", "link"})
YES_NO = (("1", "Yes"), ("0", "No"))
_NAME = re.compile(r"f(\d{1,11})(_from|_to)?", re.ASCII)
_SORT = re.compile(r"field:(\d{1,11})", re.ASCII)
_LAST = "\U0010ffff"  # stands after every letter


@dataclass(frozen=True)
class FieldWish:
    """What is asked of one field, as typed: any of some options, a part of a text, or from and to."""

    field_id: int
    wanted: tuple[str, ...] = ()
    least: str = ""
    most: str = ""

    @property
    def names(self) -> tuple[str, str, str]:
        """Its words in the address of the page."""
        return f"f{self.field_id}", f"f{self.field_id}_from", f"f{self.field_id}_to"


def read_wishes(args: Any) -> tuple[FieldWish, ...]:
    """What the address of a page asks of fields: f12=…, f12_from=…, f12_to=…; what is empty is not asked."""
    asked: dict[int, dict[str, Any]] = {}
    for name in args:
        match = _NAME.fullmatch(name)
        texts = tuple(text.strip()[:LONGEST] for text in args.getlist(name) if text.strip()) if match else ()
        if match and texts:
            part = {None: "wanted", "_from": "least", "_to": "most"}[match[2]]
            asked.setdefault(int(match[1]), {})[part] = texts if part == "wanted" else texts[0]
    return tuple(FieldWish(field_id, **parts) for field_id, parts in list(asked.items())[:MOST])


def sort_field_id(sort: str) -> int | None:
    """The field that a list is to be ordered by, if it is one: "field:12"."""
    match = _SORT.fullmatch(sort)
    return int(match[1]) if match else None


def may_filter(field: Field | Outline) -> bool:
    return field.kind in RANGES | CHOICES | TEXTS


def conditions(wishes: Sequence[FieldWish]) -> list[Any]:
    """The conditions on Contact: one query, none when nothing is asked. What cannot be read finds nobody, so that
    nothing is done to more contacts than was meant; `problem_of` says why.
    """
    known = {field.id: field for field in fields.in_use_among(wish.field_id for wish in wishes)}
    found = []
    for wish in wishes:
        if wish.field_id in known and may_filter(known[wish.field_id]):
            try:
                found.append(condition_of(known[wish.field_id], wish))
            except InvalidValue:
                found.append(NOTHING)
    return found


def condition_of(field: Field, wish: FieldWish) -> Any:
    """The condition on Contact of one wish. Raises InvalidValue, whose message is for the person who typed it."""
    if field.kind in CHOICES:
        parts = [Value.key.in_(list(wish.wanted))] if wish.wanted else []
    elif field.kind in RANGES:
        parts = [Value.key >= key_read(field, wish.least)] if wish.least else []
        parts += [Value.key <= key_read(field, wish.most)] if wish.most else []
    else:
        parts = [_contains(field, fold(text)) for text in wish.wanted]
    return with_value(field, reduce(and_, parts)) if parts else Contact.erased_at.is_null()


def with_value(field: Field, condition: Any) -> Any:
    """The condition on Contact that a value of this field meets a condition on Value."""
    return Contact.id.in_(Value.select(Value.contact_id).where(Value.field_id == field.id, condition))


def key_read(field: Field, typed: str) -> str:
    """What is compared with: a number or a date as typed; limits of the field do not matter. Raises InvalidValue."""
    return read(Shape(field.kind), typed, today=today())[0].key


def text_read(field: Field, typed: str) -> str:
    """The same as it is kept: 1234.5 and 2026-11-24."""
    return read(Shape(field.kind), typed, today=today())[0].text


def problem_of(field: Field, wish: FieldWish) -> str:
    """What is wrong with what was typed, in a sentence, or nothing."""
    try:
        condition_of(field, wish)
    except InvalidValue as error:
        return str(error)
    return ""


def words_of(field: Field, wish: FieldWish) -> str:
    """The wish as it stands above the list, or nothing when it asks nothing of this kind of field."""
    if field.kind in CHOICES:
        names = dict(options_of(field))
        return f"{field.name} is {' or '.join(names.get(text, '…') for text in wish.wanted)}" if wish.wanted else ""
    if field.kind in RANGES:
        parts = [f"from {wish.least}"] if wish.least else []
        parts += [f"up to {wish.most}"] if wish.most else []
        return f"{field.name} {' '.join(parts)}" if parts else ""
    return f"{field.name} has “{' '.join(wish.wanted)}”" if wish.wanted else ""


def options_of(field: Field) -> list[tuple[str, str]]:
    """What can be chosen: (value, words). Archived options too: they still stand with contacts."""
    if field.kind == "yes_no":
        return list(YES_NO)
    return [(option["id"], option["name"]) for option in field.options] if KINDS[field.kind].has_options else []


def found_in_values(word: str, field_ids: Iterable[int]) -> Any:
    """The condition on Contact that the word, folded, stands in one of these searched fields.

    Fewer letters than the index of parts knows are looked for at the beginning: that is an index too.
    """
    ids = list(field_ids)
    values = Value.select(Value.contact_id).where(Value.field_id.in_(ids))
    if len(word) < SHORTEST_PART:
        return Contact.id.in_(values.where(Value.key >= word, Value.key < word + _LAST))
    return Contact.id.in_(values.where(part_of_found(word)))


def part_of_found(text: str) -> Any:
    """The condition on Value that the text, of three letters or more, is a part of what is searched."""
    condition = Value.found.contains(text)
    if not is_sqlite():
        return condition & (Value.found != SQL("''"))  # in the words of the partial index
    return condition & Value.id.in_(
        SQL("(SELECT rowid FROM value_search WHERE value_search MATCH ?)", (trigrams(text),))
    )


def trigrams(text: str) -> str:
    """What FTS5 is asked so that it finds all that may hold a text of three letters or more."""
    parts = {text[i : i + 3].replace('"', '""') for i in range(len(text) - 2)}
    return " AND ".join(f'"{part}"' for part in sorted(parts))


def _contains(field: Field, text: str) -> Any:
    if field.is_searched and len(text) >= SHORTEST_PART:
        return part_of_found(text)
    if field.kind == "long":
        return Value.text.contains(text)
    is_cut = fn.LENGTH(Value.key) == KEY_LENGTH  # then the rest of it stands in the text alone
    return Value.key.contains(text) | (is_cut & Value.text.contains(text))

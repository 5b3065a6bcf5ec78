"""What a group's rule may ask of designed fields: one fact for each that is in use and that the actor may see. Each is
answered by the index of keys.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from portal.contacts import fields
from portal.contacts.conditions import choice_condition, date_condition, has_row, number_condition, text_condition
from portal.contacts.facts import Fact, register_facts
from portal.contacts.field_filters import FieldWish, options_of, text_read
from portal.contacts.field_rules import InvalidValue, key_of, number_key
from portal.contacts.models import Field, Page, Value
from portal.core.permissions import DATA_SET_OF_CLASS, Sensitivity

LARGEST = Decimal(10) ** 14 - 1  # the greatest whole number that a key tells from others
Make = Callable[[str, Any], Any]


def register() -> None:
    register_facts(field_facts)


def field_facts() -> Sequence[Fact]:
    return [
        Fact(
            f"field:{field.id}", field.name, _KINDS[field.kind][0], _answer(field),
            [] if field.kind == "yes_no" else options_of(field), tells_of(sheet.page, field), heading=sheet.page.name,
        )
        for sheet in fields.sheets()
        for field in sheet.fields
        if field.kind in _KINDS
    ]  # fmt: skip


def asked_of(wishes: Sequence[FieldWish]) -> list[tuple[str, str, Any]]:
    """What a list is limited to, as (fact, operator, value); what no rule can ask has an operator that there is not."""
    known = {field.id: field for field in fields.in_use_among(wish.field_id for wish in wishes)}
    found = [(known[wish.field_id], wish) for wish in wishes if wish.field_id in known]
    return [(f"field:{field.id}", *pair) for field, wish in found for pair in _pairs(field, wish)]


def _pairs(field: Field, wish: FieldWish) -> list[tuple[str, Any]]:
    kind = _KINDS[field.kind][0] if field.kind in _KINDS else ""
    if kind == "text":
        return [("contains", text) for text in wish.wanted]
    if kind == "choice":
        return [("any_of", list(wish.wanted))] if wish.wanted else []
    if kind == "yes_no":
        answers = {text: "yes" if text == "1" else "no" for text in wish.wanted}
        return [(answers[text] if len(answers) == 1 else "", None) for text in list(answers)[:1]]
    try:
        least, most = (text_read(field, typed) if typed else "" for typed in (wish.least, wish.most))
    except InvalidValue:
        return [("", None)]
    if least and most:
        return [("between", [least, most])]
    if kind == "date":
        day = timedelta(days=1)
        pairs = [("after", date.fromisoformat(least) - day)] if least else []
        pairs += [("before", date.fromisoformat(most) + day)] if most else []
        return [(operator, value.isoformat()) for operator, value in pairs]
    return [("at_least", least)] if least else [("at_most", most)] if most else []


def tells_of(page: Page, field: Field) -> str:
    """The rights without which what the field holds is hidden: its page, and the class of what it tells."""
    data_set = DATA_SET_OF_CLASS.get(Sensitivity(field.sensitivity))
    return f"page:{page.id},{data_set}" if data_set else f"page:{page.id}"


def _answer(field: Field) -> Make:
    if field.kind == "yes_no":
        return partial(_yes_no, field.id)
    return partial(has_row_of, field.id, _KINDS[field.kind][1])


def has_row_of(field_id: int, make: Make, operator: str, value: Any) -> Any:
    return has_row(Value.contact_id, make, operator, value, Value.field_id == field_id)


def _yes_no(field_id: int, operator: str, value: Any) -> Any:
    """ "No" is an answer too: whoever has not been asked has not said no."""
    answer = "1" if operator == "yes" else "0"
    return has_row_of(field_id, lambda _operator, _value: Value.key == answer, "yes", value)


def _number_key(number: Decimal) -> str:
    return number_key(max(-LARGEST, min(LARGEST, number)))


_text: Make = partial(text_condition, Value.key, to_key=partial(key_of, "text"))
_number: Make = partial(number_condition, Value.key, to_key=_number_key)
_choice: Make = partial(choice_condition, Value.key)
# kind of field -> (kind of fact, how it is asked)
_KINDS: dict[str, tuple[str, Make]] = {
    "text": ("text", _text),
    "link": ("text", _text),
    "long": ("text", partial(text_condition, Value.text)),
    "number": ("number", _number),
    "money": ("money", _number),
    "date": ("date", partial(date_condition, Value.key, to_key=lambda day: day.isoformat())),
    "yes_no": ("yes_no", _choice),
    "choice": ("choice", _choice),
    "choices": ("choice", _choice),
}

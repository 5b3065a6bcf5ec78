"""Merge fields: plain tokens such as [[first name|friend]]. Never expressions; nothing is evaluated.

Beside those of the list below, the fields of an organisation's own design may be named: see campaigns.merge_fields.
"""

import html
import re
from collections.abc import Callable, Mapping

from portal.contacts.names import fold
from portal.core.actor import current_actor
from portal.core.permissions import DataSet

FIELDS: dict[str, DataSet | None] = {
    "first name": None,
    "last name": None,
    "name": None,
    "title": None,
    "organisation": None,
    "email": DataSet.EMAIL,
    "town": DataSet.ADDRESS,
}
LONGEST = 200
_TOKEN = re.compile(rf"\[\[\s*([^\[\]|]{{1,{LONGEST}}}?)\s*(?:\|([^\[\]]{{0,80}}))?\]\]")


class BadField(ValueError):
    """A text may not be kept with a field that it names. The message says which, and why."""


class UnknownField(BadField):
    """A text names a field that there is none of. The message names it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no field called “{name}”. Choose one from the menu.")


def check(text: str, designed: Mapping[str, object] | None = None) -> None:
    """Raise UnknownField when the text names something else than a field of the list or a designed one."""
    for key, name in named(text).items():
        if key not in FIELDS and key not in (designed or {}):
            raise UnknownField(name)


def named(text: str) -> dict[str, str]:
    """The fields a text names, {key: as written}. The keys of designed fields are their folded names."""
    return {_key(name): html.unescape(name) for name, _ in _TOKEN.findall(text)}


def may_be_named(name: str) -> bool:
    """Whether a designed field of this name can stand in a letter: a name of the list above stays the list's."""
    return _key(name) not in FIELDS and list(named(f"[[{name}]]")) == [_key(name)]


def fill(text: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """The text with each token replaced by the contact's value, or by its fallback when there is none.

    A name that is neither of the list nor among the values is no token, and stays.
    """

    def value(match: re.Match[str]) -> str:
        key, fallback = _key(match[1]), (match[2] or "").strip()
        if key not in FIELDS and key not in values:
            return match[0]
        return escape(values.get(key) or fallback)

    return _TOKEN.sub(value, text)


def fill_html(text: str, values: Mapping[str, str]) -> str:
    """The same in HTML: what is put in is text, whatever it looks like."""
    return fill(text, values, lambda value: html.escape(value))


def open_fields() -> list[str]:
    """The fields that the actor may write into a text: none that shows what is hidden from him."""
    return [name for name, data_set in FIELDS.items() if current_actor().sees(data_set)]


def data_sets_used(text: str) -> set[DataSet]:
    """The sets of contact data a text would show: who may not see one may not send a text with it."""
    used = {FIELDS.get(key) for key in named(text)}
    return {data_set for data_set in used if data_set is not None}


def _key(name: str) -> str:
    return fold(html.unescape(name))

"""Merge fields: plain tokens from a list, such as [[first name|friend]]. Never expressions; nothing is evaluated."""

import html
import re
from collections.abc import Callable, Mapping

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
_TOKEN = re.compile(r"\[\[\s*([^\[\]|]{1,40}?)\s*(?:\|([^\[\]]{0,80}))?\]\]")


class UnknownField(ValueError):
    """A text names a field that there is none of. The message names it."""


def check(text: str) -> None:
    """Raise UnknownField when the text names something else than a field of the list."""
    for name, _ in _TOKEN.findall(text):
        if _plain(name) not in FIELDS:
            raise UnknownField(f"There is no field called “{name}”. Choose one from the menu.")


def fill(text: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """The text with each token replaced by the contact's value, or by its fallback when there is none."""

    def value(match: re.Match[str]) -> str:
        name, fallback = _plain(match[1]), (match[2] or "").strip()
        if name not in FIELDS:
            return match[0]
        return escape(values.get(name) or fallback)

    return _TOKEN.sub(value, text)


def fill_html(text: str, values: Mapping[str, str]) -> str:
    """The same in HTML: what is put in is text, whatever it looks like."""
    return fill(text, values, lambda value: html.escape(value))


def open_fields() -> list[str]:
    """The fields that the actor may write into a text: none that shows what is hidden from him."""
    return [name for name, data_set in FIELDS.items() if current_actor().sees(data_set)]


def data_sets_used(text: str) -> set[DataSet]:
    """The sets of contact data a text would show: who may not see one may not send a text with it."""
    used = {FIELDS.get(_plain(name)) for name, _ in _TOKEN.findall(text)}
    return {data_set for data_set in used if data_set is not None}


def _plain(name: str) -> str:
    return " ".join(html.unescape(name).casefold().split())

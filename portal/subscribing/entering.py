"""What somebody filled into a form, read and checked, with a sentence at each place that is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from portal.contacts.dates import InvalidDate, parse_birth_date
from portal.contacts.emails import EmailAddress, InvalidEmail, normalise_email
from portal.contacts.rules import LANGUAGES
from portal.contacts.telephones import InvalidTelephone, normalise_telephone
from portal.core.clock import now
from portal.core.text import InvalidText, clean_text
from portal.core.words import _
from portal.subscribing.rules import Design

LONGEST = 100


@dataclass
class Typed:
    """As it was typed, with what is wrong at each place; and what is kept of it when nothing is."""

    values: dict[str, str] = field(default_factory=dict)
    topics: list[int] = field(default_factory=list)
    is_abroad: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    email: EmailAddress | None = None
    kept: dict[str, str] = field(default_factory=dict)


def read(form: "MultiDict[str, str]", design: Design, *, needs_abroad: bool) -> Typed:
    """Read what was sent for this design. Fields and purposes that it has not are left out."""
    typed = Typed({"email": form.get("email", "")[:400]})
    typed.values |= {name: form.get(name, "")[:400] for name, _asked, _must in design.asked}
    known = {one.id for one in design.topics}
    typed.topics = [number for number in map(_number, form.getlist("purpose")) if number in known]
    typed.is_abroad = form.get("abroad") == "1"
    try:
        typed.email = normalise_email(typed.values["email"])
    except InvalidEmail:
        typed.errors["email"] = _("Enter an email address such as thandi@example.org.")
    for name, _asked, is_must in design.asked:
        try:
            typed.kept[name] = _READ.get(name, _plain)(typed.values[name])
        except (InvalidDate, InvalidTelephone, InvalidText) as error:
            typed.errors[name] = _(str(error))
            continue
        if is_must and not typed.kept[name]:
            typed.errors[name] = _("This is needed: please fill it in.")
    if not typed.topics:
        typed.errors["purpose"] = _("Tick at least one: without that we may not write to you.")
    if needs_abroad and not typed.is_abroad:
        typed.errors["abroad"] = _("Our mail passes through there. If you do not agree, we cannot write to you.")
    typed.kept = {name: text for name, text in typed.kept.items() if text}
    return typed


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _plain(text: str) -> str:
    return clean_text(text, max_length=LONGEST)


def _born(text: str) -> str:
    found = parse_birth_date(clean_text(text, max_length=LONGEST), today=now().date())
    return found.isoformat() if found else ""


def _language(text: str) -> str:
    return text if text in LANGUAGES else ""


_READ: dict[str, Callable[[str], str]] = {
    "telephone": normalise_telephone, "birth_date": _born, "language": _language,
}  # fmt: skip

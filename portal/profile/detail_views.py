"""The blocks of a person's own page that are changed, in a browser that is known."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, redirect, request, url_for

from portal.contacts import forms, service
from portal.contacts.address_guards import AddressRefused
from portal.contacts.addresses import PROVINCES
from portal.contacts.emails import InvalidEmail
from portal.contacts.forms import TypedLine
from portal.contacts.models import Contact, Telephone
from portal.contacts.rules import ADDRESS_FIELDS
from portal.contacts.self_service import CONFIRMED
from portal.contacts.telephones import normalise_telephone, show_telephone
from portal.core.text import InvalidText, clean_text
from portal.core.words import later
from portal.gateways.countries import NAMES as COUNTRIES
from portal.profile import asked, block_views, codes, details, levels, links, pages
from portal.profile.codes import BadCode, NoCode
from portal.profile.details import NAMES, BadDetail
from portal.profile.pages import bp as bp
from portal.profile.pages import link, page_or_block
from portal.profile.rules import EMAIL
from portal.web.access import linked
from portal.web.limits import limiter

STALE = later("Somebody changed this meanwhile. Below stands what is kept now: change it again if it is wrong.")


@bp.get("/<token>/names")
@linked(links.PURPOSE)
def names(token: str) -> Response:
    return _names()


@bp.post("/<token>/names")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def save_names(token: str) -> Response:
    pages.require_known()
    typed: dict[str, str] = {}
    for name in NAMES:
        try:
            typed[name] = clean_text(request.form.get(name, ""), max_length=forms.LONGEST)
        except InvalidText as error:
            return _names(422, typed=request.form, error=str(error), at=name)
    try:
        waits = details.change_names(link(), request.form.get("seen", ""), **typed)
    except service.Nameless as error:
        return _names(422, typed=request.form, error=str(error), at="first_name")
    except service.Stale:
        return _names(422, error=STALE)
    return block_views.saved(token, "names", waits=waits)


@bp.get("/<token>/telephones")
@linked(links.PURPOSE)
def telephones(token: str) -> Response:
    return _lines("telephones")


@bp.post("/<token>/telephones")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def save_telephones(token: str) -> Response:
    lines = forms.read_lines(request.form, normalise_telephone)
    return _save(
        token, "telephones", lines, lambda seen: details.change_telephones(link(), seen, forms.as_lines(lines))
    )


@bp.get("/<token>/addresses")
@linked(links.PURPOSE)
def addresses(token: str) -> Response:
    return _lines("addresses")


@bp.post("/<token>/addresses")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def save_addresses(token: str) -> Response:
    lines = forms.read_addresses(request.form)
    return _save(
        token, "addresses", lines, lambda seen: details.change_addresses(link(), seen, forms.as_addresses(lines))
    )


@bp.get("/<token>/emails")
@linked(links.PURPOSE)
def emails(token: str) -> Response:
    return _emails()


@bp.post("/<token>/emails")
@linked(links.PURPOSE)
@limiter.limit("20 per hour")
def add_email(token: str) -> Response:
    """Sends a code to the new address, and shows where to type it."""
    pages.require_known()
    typed = request.form.get("address", "")
    try:
        details.ask_for_email(link(), typed, pages.browser())
    except (InvalidEmail, BadDetail, AddressRefused) as error:
        return _emails(422, typed=typed, error=str(error))
    except NoCode as error:
        return _emails(429, typed=typed, error=str(error))
    return redirect(url_for("profile.emails", token=token, done="sent"), 303)  # type: ignore[return-value]


@bp.post("/<token>/emails/code")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def prove_email(token: str) -> Response:
    pages.require_known()
    try:
        details.add_email(link(), codes.newest(link().contact, EMAIL, pages.browser()), request.form.get("code", ""))
    except BadCode as error:
        return _emails(422, code_error=str(error))
    except AddressRefused as error:
        return _emails(422, error=str(error))
    return redirect(url_for("profile.emails", token=token, done="added"), 303)  # type: ignore[return-value]


@bp.post("/<token>/emails/<int:email_id>/removal")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def remove_email(token: str, email_id: int) -> Response:
    pages.require_known()
    try:
        details.remove_email(link(), email_id)
    except BadDetail as error:
        return _emails(422, error=str(error))
    return redirect(url_for("profile.emails", token=token, done="removed"), 303)  # type: ignore[return-value]


def _names(status: int = 200, typed: Any = None, error: str = "", at: str = "") -> Response:
    pages.require_known()
    level = levels.level_to_change("names")
    contact = service.find(link().contact.id)
    shown = typed or _asked(contact, "names", {})
    values = {name: shown.get(name, getattr(contact, name)) for name in NAMES}
    seen = typed.get("seen", "") if typed else service.stamp(contact, "details")
    return page_or_block(
        "profile/names.html", "profile/_names_form.html", status,
        values=values, seen=seen, error=error, at=at, waits=level == CONFIRMED,
    )  # fmt: skip


def _lines(block: str, status: int = 200, lines: Sequence[TypedLine] | None = None, error: str = "") -> Response:
    pages.require_known()
    level = levels.level_to_change(block)
    contact = service.find(link().contact.id)
    if lines is None:
        known = details.of(contact)
        lines = [_line(part) for part in (known.telephones if block == "telephones" else known.addresses)]
        lines = [_line_asked(line) for line in _asked(contact, block, [])] or lines
        lines = [*lines, TypedLine(None, "", "", not lines, values={"country": "ZA"})]
    seen = request.form.get("seen") or service.stamp(contact, block)
    return page_or_block(
        f"profile/{block}.html", f"profile/_{block}_form.html", status, lines=lines, seen=seen, error=error,
        provinces=PROVINCES, countries=sorted(COUNTRIES.items(), key=lambda pair: pair[1]), labels=forms.LABELS,
        waits=level == CONFIRMED,
    )  # fmt: skip


def _line(part: Any) -> TypedLine:
    if isinstance(part, Telephone):
        return TypedLine(part.id, part.label, show_telephone(part.number), bool(part.is_primary))
    values = {name: getattr(part, name) for name in ADDRESS_FIELDS}
    return TypedLine(part.id, part.label, "", bool(part.is_primary), values=values)


def _asked(contact: Contact, block: str, nothing: Any) -> Any:
    """What the person asked for already and waits: what he finds in the form again."""
    row = asked.of_contact(contact).get(block)
    return row.typed if row else nothing


def _line_asked(line: dict[str, Any]) -> TypedLine:
    text = show_telephone(line["text"]) if line.get("text") else ""
    return TypedLine(line["id"], line["label"], text, line["is_primary"], values=line.get("values", {}))


def _save(token: str, block: str, lines: list[TypedLine], change: Callable[[str], bool]) -> Response:
    pages.require_known()
    if any(line.error for line in lines):
        return _lines(block, 422, lines)
    try:
        waits = change(request.form.get("seen", ""))
    except service.Stale:
        return redirect(url_for(f"profile.{block}", token=token, done="stale"), 303)  # type: ignore[return-value]
    return block_views.saved(token, block, waits=waits)


def _emails(status: int = 200, typed: str = "", error: str = "", code_error: str = "") -> Response:
    pages.require_known()
    levels.level_to_change("emails")
    contact = service.find(link().contact.id)
    waiting = codes.newest(contact, EMAIL, pages.browser())
    return page_or_block(
        "profile/emails.html", "profile/_emails_form.html", status,
        emails=details.of(contact).emails, typed=typed, error=error, code_error=code_error, waiting=waiting,
    )  # fmt: skip

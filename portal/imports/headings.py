"""Which column is which: guessed from its heading, and where that says nothing, from what stands in it."""

import re
from collections.abc import Mapping, Sequence

from portal.contacts.emails import InvalidEmail, normalise_email
from portal.contacts.identity_rules import InvalidIdentity, id_number
from portal.contacts.names import fold
from portal.contacts.telephones import InvalidTelephone, normalise_telephone
from portal.core.clock import now

IGNORE = "ignore"
FIELDS = {
    "first_name": "First name", "last_name": "Last name", "name": "Name (first and last)", "organisation": "Organisation",
    "email": "Email", "mobile": "Cell", "telephone": "Telephone", "address": "Address", "suburb": "Suburb",
    "city": "Town", "postal_code": "Postal code", "province": "Province", "country": "Country",
    "language": "Language", "birth_date": "Birth date", "id_number": "ID number", "initials": "Initials", "trading_name": "Trading as",
    "registration": "Registration number", "vat_number": "VAT number", "group": "Group", "notes": "Notes", IGNORE: "Leave out",
}  # fmt: skip
_WORDS = {
    "first_name": ("first name", "firstname", "first", "given name", "voornaam", "noemnaam", "name 1"),
    "last_name": ("last name", "lastname", "surname", "family name", "van", "last"),
    "name": ("name", "full name", "contact", "contact name", "naam", "person", "member", "donor"),
    "organisation": ("organisation", "organization", "company", "business", "school", "church", "organisasie", "maatskappy"),
    "email": ("email", "e-mail", "e mail", "email address", "mail", "e-pos", "epos", "e-mail address"),
    "mobile": ("cell", "mobile", "cellphone", "cell phone", "cell number", "cell no", "selfoon", "sel", "mobile number", "sms"),
    "telephone": ("telephone", "tel", "phone", "phone number", "tel no", "landline", "work phone", "home phone", "telefoon"),
    "address": ("address", "street", "street address", "address 1", "physical address", "postal address", "adres", "straat"),
    "suburb": ("suburb", "voorstad", "area"),
    "city": ("city", "town", "city/town", "stad", "dorp", "place"),
    "postal_code": ("postal code", "postcode", "post code", "zip", "code", "poskode", "zip code"),
    "province": ("province", "provinsie", "state", "region"),
    "country": ("country", "land"),
    "language": ("language", "taal", "home language", "huistaal"),
    "birth_date": ("birth date", "birthdate", "date of birth", "dob", "birthday", "geboortedatum", "verjaarsdag"),
    "id_number": ("id number", "id", "id no", "identity number", "id nr", "id-nommer", "id nommer", "identiteitsnommer", "rsa id", "sa id"),
    "initials": ("initials", "voorletters"),
    "trading_name": ("trading as", "trading name", "t/a", "handelsnaam"),
    "registration": ("registration number", "registration", "reg no", "company number", "npo number", "registrasienommer"),
    "vat_number": ("vat number", "vat no", "vat", "btw", "btw nommer", "btw-nommer"),
    "group": ("group", "groups", "list", "category", "tags", "groep"),
    "notes": ("notes", "note", "comments", "comment", "remarks", "notas", "opmerkings"),
}  # fmt: skip
_OF_EXPORTS = frozenset(FIELDS) - {"name", "city", "notes", IGNORE}
_OWN_NAMES = frozenset(fold(FIELDS[name]) for name in _OF_EXPORTS) | {"city"}  # the headings of exports
EXPORT_MARK = "Export mark"  # the last heading of the portal's own exports
_OF_EXPORTS_ONLY = frozenset({"standing", "consents", fold(EXPORT_MARK)})  # to be read: no file lifts an opt-out
_BY_WORD = {word: field for field, words in _WORDS.items() for word in words}


def guess(
    headings: Sequence[str], samples: Sequence[Sequence[str]], designed: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The likely field of each heading; what is not recognised is left out until a person says otherwise.

    `designed` has a word for each folded name of a field of the organisation's own; it wins over everything but the
    headings of the portal's own exports. A field of which a contact has only one is given to the first column that fits.
    """
    found: dict[str, str] = {}
    for place, heading in enumerate(headings):
        if fold(heading) in _OF_EXPORTS_ONLY:
            found[heading] = IGNORE
            continue
        field = _by_design(heading, designed or {}) or _by_heading(heading)
        field = field or _by_content([row[place] for row in samples if place < len(row)])
        is_taken = field in found.values() and field not in ("email", "mobile", "telephone", "group", "notes")
        found[heading] = IGNORE if is_taken else field
    if "last_name" in found.values() and "first_name" not in found.values():  # a "Name" beside a "Surname"
        found = {heading: "first_name" if field == "name" else field for heading, field in found.items()}
    return found


def _by_design(heading: str, designed: Mapping[str, str]) -> str:
    plain = fold(heading)
    return "" if plain in _OWN_NAMES else designed.get(plain, "")


def _by_heading(heading: str) -> str:
    """The field a heading names; "Cell / Mobile" and "Van (surname)" name one when all they say agrees."""
    plain = re.sub(r"[\s_.:*]+", " ", re.sub(r"\(\d+\)$", "", fold(heading))).strip()
    if field := _by_word(plain):
        return field
    said = {_by_word(part) for part in re.split(r"[/()|,]", plain)} - {""}
    return said.pop() if len(said) == 1 else ""


def _by_word(text: str) -> str:
    text = text.strip()
    return _BY_WORD.get(text, "") or _BY_WORD.get(text.rstrip("s"), "")


def _by_content(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell.strip()]
    if filled and all("@" in cell for cell in filled) and sum(map(_is_email, filled)) * 2 > len(filled):
        return "email"
    if filled and all(map(_is_id_number, filled)):
        return "id_number"
    if filled and all(map(_is_telephone, filled)):
        return "mobile"
    return IGNORE


def _is_email(text: str) -> bool:
    try:
        normalise_email(text)
    except InvalidEmail:
        return False
    return True


def _is_id_number(text: str) -> bool:
    try:
        return bool(id_number(text, today=now().date()))
    except InvalidIdentity:
        return False


def _is_telephone(text: str) -> bool:
    if sum(letter.isdigit() for letter in text) < 9:
        return False
    try:
        return bool(normalise_telephone(text))
    except InvalidTelephone:
        return False

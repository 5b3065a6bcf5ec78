"""Numbers that tell one person or body from all others, as South Africa writes them (domain.md F-1, F-2).

A number is checked, never mended: a digit put in by us would be another person's number.
"""

import re
from dataclasses import dataclass
from datetime import date

ID_NUMBER, PASSPORT, TAX_NUMBER = "id_number", "passport", "tax_number"
KINDS = {ID_NUMBER: "ID number", PASSPORT: "Passport", TAX_NUMBER: "Tax number"}
OLDEST = 110
BODY_KINDS = {
    "company": "Company",
    "close_corporation": "Close corporation",
    "trust": "Trust",
    "npc": "Non-profit company",
    "association": "Association, church or club",
    "school": "School",
    "partnership": "Partnership",
    "government": "Government",
    "estate": "Estate",
}
_CIPC = re.compile(r"((?:18|19|20)\d\d)/?(\d{6})/?(\d\d)")
_TRUST = re.compile(r"IT\s*0*(\d{1,6})/(\d{4}|\d{2})\s*(\([A-Z]{1,4}\))?")
_NPO = re.compile(r"(?:NPO)?\s*(\d{3})[- ]?(\d{3})\s*-?\s*(?:NPO)?")
_SUFFIXES = {"company": ("06", "07", "10", "21", "24"), "close_corporation": ("23",), "npc": ("08",)}
REGISTRATION_HINTS = {
    "company": "Such as 2014/123456/07.",
    "close_corporation": "Such as 2004/123456/23.",
    "npc": "Such as 2014/123456/08.",
    "trust": "Such as IT 1234/2010.",
    "association": "The NPO number, if there is one, such as 123-456 NPO.",
    "school": "The EMIS number, if it is known.",
    "estate": "The number of the estate at the Master's office.",
}


class InvalidIdentity(ValueError):
    """The number cannot be right. The message says why, and never repeats the number."""


class InvalidRegistration(ValueError):
    pass


@dataclass(frozen=True)
class Number:
    """A number that may be kept: how it is compared, and what is shown to those who may not see it."""

    kind: str
    normal: str
    masked: str
    country: str = ""  # that issued it
    born: date | None = None  # the birth date that it states


def read(kind: str, text: str, *, today: date, country: str = "", known_birth: date | None = None) -> Number:
    """The number that was written. Raises InvalidIdentity."""
    if kind == ID_NUMBER:
        return id_number(text, today=today, known_birth=known_birth)
    if kind == PASSPORT:
        return passport(text, country)
    return tax_number(text)


def id_number(text: str, *, today: date, known_birth: date | None = None) -> Number:
    """Thirteen digits: YYMMDD SSSS C A Z. The century is that of the birth date we have, where both fit."""
    digits = _digits(text)
    if len(digits) != 13:
        eaten = " A spreadsheet may have eaten zeros at its beginning." if len(digits) in (11, 12) else ""
        raise InvalidIdentity(f"An ID number has 13 digits.{eaten}")
    births = birth_dates(digits, today)
    if not births:
        raise InvalidIdentity("An ID number begins with a birth date, year first. These six digits are none.")
    if digits[10] not in "012":
        raise InvalidIdentity("The eleventh digit of an ID number is 0 for citizens, 1 or 2 for others.")
    if not is_luhn(digits):
        raise InvalidIdentity("This is no ID number: its last digit does not fit the others. Compare it with the card.")
    born = known_birth if known_birth in births else births[0]
    return Number(ID_NUMBER, digits, mask(ID_NUMBER, digits), "ZA", born)


def birth_dates(digits: str, today: date) -> list[date]:
    """The dates that the first six digits may mean, at ages from 0 to 110; the later first: a child is not missed."""
    found = []
    for century in (today.year // 100, today.year // 100 - 1):
        try:
            born = date(century * 100 + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
        except ValueError:
            continue
        if born <= today and age(born, today) <= OLDEST:
            found.append(born)
    return found


def age(born: date, today: date) -> int:
    """Whole years. Who was born on 29 February has a birthday on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def passport(text: str, country: str) -> Number:
    """What is printed in a passport, loosely: countries number as they like."""
    number = re.sub(r"[\s\-]+", "", text).upper()
    if not re.fullmatch("[A-Z0-9]{5,15}", number) or not any(letter.isdigit() for letter in number):
        raise InvalidIdentity("Enter the passport's number as it is printed, 5 to 15 letters and digits.")
    if not re.fullmatch("[A-Z]{2}", country.strip().upper()):
        raise InvalidIdentity("Enter the two letters of the country that issued the passport, such as ZA or ZW.")
    return Number(PASSPORT, number, mask(PASSPORT, number), country.strip().upper())


def tax_number(text: str) -> Number:
    """A reference number of SARS for income tax."""
    digits = _digits(text)
    if len(digits) != 10 or digits[0] not in "01239":
        raise InvalidIdentity("A tax number has 10 digits and begins with 0, 1, 2, 3 or 9.")
    if not is_luhn(digits):
        raise InvalidIdentity("This is no tax number: its last digit does not fit the others.")
    return Number(TAX_NUMBER, digits, mask(TAX_NUMBER, digits), "ZA")


def sought(text: str, *, today: date) -> list[tuple[str, str]]:
    """(kind, number) of what a whole number typed into a search may be. Of a passport the country need not be known."""
    found = []
    for kind, country in ((ID_NUMBER, ""), (TAX_NUMBER, ""), (PASSPORT, "ZA")):
        try:
            found.append((kind, read(kind, text, today=today, country=country).normal))
        except InvalidIdentity:
            continue
    return found


def mask(kind: str, normal: str) -> str:
    """What everybody who sees the contact may see of it: of an ID number, the birth date and two digits."""
    if kind == ID_NUMBER:
        return f"{normal[:6]} **** {normal[10:12]} {normal[12]}"
    return f"{'*' * (len(normal) - 3)}{normal[-3:]}"


def contradicts(number: Number, birth_date: date | None) -> bool:
    """Whether the number states another birth date: worth a word, for registers hold errors too."""
    return birth_date is not None and number.born is not None and birth_date != number.born


def is_luhn(digits: str) -> bool:
    doubled = [sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def normalise_registration(kind: str, text: str) -> str:
    """The number under which a body of this kind is registered, as it is written; empty stays empty."""
    written = " ".join(text.split()).upper()
    if not written:
        return ""
    if len(written) > 40:
        raise InvalidRegistration("Enter the number alone, at most 40 letters and digits.")
    npo = _NPO.fullmatch(written)
    if kind in _SUFFIXES:
        return _cipc(kind, written, npo)
    if kind == "trust":
        if found := _TRUST.fullmatch(written):
            return " ".join(filter(None, (f"IT {found[1]}/{found[2]}", found[3])))
        if not npo:
            raise InvalidRegistration("Enter the trust's number, such as IT 1234/2010.")
    if kind == "association" and not npo and _NPO.match(written):
        raise InvalidRegistration("Enter the NPO number, such as 123-456 NPO.")
    return f"{npo[1]}-{npo[2]} NPO" if npo and kind in ("trust", "association") else written


def normalise_vat(text: str) -> str:
    digits = re.sub(r"[\s\-]+", "", text)
    if digits and not re.fullmatch(r"4[0-9]{9}", digits):
        raise InvalidRegistration("A VAT number has 10 digits and begins with 4.")
    return digits


def _cipc(kind: str, written: str, npo: re.Match[str] | None) -> str:
    """CCYY/NNNNNN/NN, whose last two digits say what kind of company it is."""
    if kind == "npc" and npo:
        return f"{npo[1]}-{npo[2]} NPO"
    found = _CIPC.fullmatch(written.replace(" ", ""))
    if not found:
        raise InvalidRegistration(f"Enter the registration number. {REGISTRATION_HINTS[kind]}")
    if found[3] not in _SUFFIXES[kind]:
        ends = " or ".join(_SUFFIXES[kind])
        name = BODY_KINDS[kind].lower()
        raise InvalidRegistration(f"The number of a {name} ends with {ends}. Check the number, or the kind of body.")
    return f"{found[1]}/{found[2]}/{found[3]}"


def _digits(text: str) -> str:
    """The digits of what was written with spaces, dashes or, by a spreadsheet, as a number; "" where it holds more."""
    bare = re.sub(r"[\s\-]+", "", re.sub(r"\.0+$", "", text.strip().strip("'\"")))
    return bare if re.fullmatch("[0-9]+", bare) else ""

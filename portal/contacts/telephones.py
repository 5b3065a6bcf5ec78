"""Telephone numbers: from what people and spreadsheets write to E.164 (+27821234567), and back to what is read.

A number need not be in use, only plausible: numbering plans change faster than portals.
"""

import re
import unicodedata

import phonenumbers

_SOUTH_AFRICAN = re.compile(r"(?:\+270?|270?|0)?([1-8]\d{8})")
_MOBILE = re.compile(r"\+27(6\d|7[0-46-9]|8[1-5])\d{7}")  # the series that receive text messages
_MARKS = re.compile(r"[\s().\-\u2010-\u2015\u2212/]+")
_WRITTEN_AS_NUMBER = re.compile(r"(\d+)\.0+")  # how some spreadsheets save 821234567


class InvalidTelephone(ValueError):
    def __init__(self) -> None:
        super().__init__("Enter a number such as 082 555 0134 or +27 82 555 0134.")


def normalise_telephone(text: str) -> str:
    """Return the number as +27…; an empty text means the contact has none."""
    text = unicodedata.normalize("NFKC", text).strip().strip("'\"").strip("\u200e\u202a\u202c\u200b ")
    if not text:
        return ""
    if len(text) > 60:
        raise InvalidTelephone
    if written := _WRITTEN_AS_NUMBER.fullmatch(text):
        text = written[1]
    text = re.sub(r"^tel(ephone)?[:.]?\s*", "", text, flags=re.IGNORECASE)
    digits = _MARKS.sub("", text.replace("(0)", ""))
    if not re.fullmatch(r"\+?[0-9]{7,15}|00[0-9]{7,15}", digits):
        raise InvalidTelephone
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if south_african := _SOUTH_AFRICAN.fullmatch(digits):  # 821234567: Excel ate the zero
        return "+27" + south_african[1]
    if digits.startswith("+27") or not digits.startswith("+"):
        raise InvalidTelephone
    return _foreign(digits)


def is_mobile(number: str) -> bool:
    """Whether a normalised number can receive text messages."""
    if number.startswith("+27"):
        return bool(_MOBILE.fullmatch(number))
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def show_telephone(number: str) -> str:
    """A normalised number as it is read here: 082 555 0134, or +44 20 7946 0018."""
    if re.fullmatch(r"\+27\d{9}", number):
        return f"0{number[3:5]} {number[5:8]} {number[8:]}"
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _foreign(digits: str) -> str:
    try:
        parsed = phonenumbers.parse(digits)
    except phonenumbers.NumberParseException:
        raise InvalidTelephone from None
    if not phonenumbers.is_possible_number(parsed):
        raise InvalidTelephone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)

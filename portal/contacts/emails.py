"""Email addresses: kept as they were entered, compared in one normal form. Nothing here asks the network."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

_UNREACHABLE = frozenset(("localhost", "local", "onion", "invalid", "arpa"))  # example and test serve for samples
_GMAIL = frozenset(("gmail.com", "googlemail.com"))
_PASTED_AROUND = " \t\r\n\u00a0\u200b\ufeff\"'<>.,;:"


class InvalidEmail(ValueError):
    def __init__(self) -> None:
        super().__init__("Enter an email address such as thandi@example.org.")


@dataclass(frozen=True)
class EmailAddress:
    entered: str
    normal: str  # for comparing only: mail goes to what was entered


def normalise_email(text: str) -> EmailAddress:
    """Read an address, also one pasted as <mailto:…>; a text without an address is invalid."""
    text = unicodedata.normalize("NFC", text).strip(_PASTED_AROUND)
    if text.lower().startswith("mailto:"):
        text = text[7:].partition("?")[0].strip(_PASTED_AROUND)
    if len(text) > 320:
        raise InvalidEmail
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False, test_environment=True)
    except (EmailNotValidError, UnicodeError):
        raise InvalidEmail from None
    domain = (found.ascii_domain or "").lower()
    if "." not in domain or domain.rpartition(".")[2] in _UNREACHABLE:
        raise InvalidEmail
    local = found.local_part
    return EmailAddress(f"{local}@{found.domain}", f"{unicodedata.normalize('NFC', local.casefold())}@{domain}")


def aggressive_form(normal: str) -> str:
    """A second form for suppressing only, never for identity: Gmail reads j.doe+news@ as jdoe@."""
    local, _, domain = normal.rpartition("@")
    if domain not in _GMAIL:
        return normal
    return local.partition("+")[0].replace(".", "") + "@gmail.com"

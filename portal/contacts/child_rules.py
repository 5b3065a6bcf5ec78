"""Who is a child, and what the consent of a parent or guardian allows (POPIA ss 34 and 35; domain.md 1.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.contacts.identity_rules import age

ADULT = 18


class Standing(StrEnum):
    """How a contact stands to the rules about children."""

    NONE = ""  # no child, and none of these rules
    PENDING = "pending"  # a child, and no competent person has consented: seen, not written to, not exported
    CONSENTED = "consented"  # a child whose parent or guardian agreed, though not to appeals
    MARKETING = "marketing"  # … and to appeals too
    RENEW = "renew"  # grown up by now, on the word of a parent or guardian


@dataclass(frozen=True)
class Consent:
    """What one parent or guardian said."""

    consented_on: date | None
    is_marketing_too: bool = False
    until: date | None = None  # when he ceased to be the parent or guardian


def is_child(birth_date: date | None, stated: date | None, is_in_childrens_group: bool, today: date) -> bool:
    """By the birth date, else by the one an ID number states, else by being in a group of children."""
    born = birth_date or stated
    return age(born, today) < ADULT if born else is_in_childrens_group


def latest_birth(today: date) -> date:
    """Who was born after this day is a child."""
    try:
        return today.replace(year=today.year - ADULT)
    except ValueError:  # 29 February: those born on 1 March, 18 years ago, come of age tomorrow
        return date(today.year - ADULT, 2, 28)


def counts(consent: Consent, today: date) -> bool:
    """Whether it holds today: given, not for a day to come, by somebody who is still competent."""
    given = consent.consented_on
    return given is not None and given <= today and (consent.until is None or consent.until > today)


def standing(is_a_child: bool, consents: Sequence[Consent], today: date, *, is_dated: bool = True) -> Standing:
    """`is_dated`: whether the day of birth is known. Of nobody else it may be said that he has grown up."""
    given = [consent for consent in consents if counts(consent, today)]
    if not is_a_child:
        return Standing.RENEW if given and is_dated else Standing.NONE
    if not given:
        return Standing.PENDING
    return Standing.MARKETING if any(consent.is_marketing_too for consent in given) else Standing.CONSENTED

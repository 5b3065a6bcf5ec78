"""When details may leave the country, and how it is told (POPIA s 72). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

SERVICES: dict[str, str] = {
    "mail": "Passes on our mail",
    "hosting": "Runs the machine our data is on",
    "backup": "Keeps copies of our data",
    "sms": "Passes on our SMS",
    "other": "Something else",
}
GROUNDS: dict[str, str] = {
    "adequate": "The law there, or a binding agreement, protects people as well as ours does (s 72(1)(a))",
    "consent": "The person agreed to it (s 72(1)(b))",
    "contract": "It is needed for an agreement with the person (s 72(1)(c))",
    "interest": "It is needed for an agreement in the interest of the person (s 72(1)(d))",
    "benefit": "It is for the person's benefit, who would agree if asked (s 72(1)(e))",
}
HOME = "ZA"
ABROAD_WORDS = "keeps or passes on your details also in"


@dataclass(frozen=True)
class Place:
    """What the rules must know of an operator."""

    name: str
    country: str  # two letters
    country_name: str
    ground: str = ""
    service: str = "mail"


@dataclass(frozen=True)
class Kept:
    """A place where the installation keeps data, in words, and by which line of the register it is known."""

    words: str
    service: str
    host: str = ""  # "" for one that has no name, such as a folder


def is_of(kept: Kept, service: str, host: str) -> bool:
    """Whether a line of the register is about this place."""
    return service == kept.service and (not kept.host or host == kept.host)


def is_abroad(place: Place) -> bool:
    return place.country != HOME


def lacks_ground(place: Place) -> bool:
    """Whether details go abroad there on no ground at all."""
    return is_abroad(place) and place.ground not in GROUNDS


def needs_consent(place: Place) -> bool:
    """Whether only those who agreed may pass through it."""
    return is_abroad(place) and place.ground == "consent"


def needs_authorisation(place: Place, keeps_sensitive: bool) -> bool:
    """Whether the Regulator must be asked first: special information or that of children goes where the law does not
    protect it as ours does (s 57(1)(d)).
    """
    return keeps_sensitive and is_abroad(place) and place.ground != "adequate"


def clause(organisation: str, places: Iterable[Place]) -> str:
    """What people are told about their details abroad, in one sentence; "" when they stay in the country."""
    countries = sorted({place.country_name for place in places if is_abroad(place)})
    if not countries:
        return ""
    named = " and ".join(filter(None, [", ".join(countries[:-1]), countries[-1]]))
    return f"{organisation} {ABROAD_WORDS} {named}."

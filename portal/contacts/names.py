"""How people's names are taken apart, ordered, shown and searched, with the particles, initials and diacritics
of South African names. Nothing here changes a diacritic or a click letter that somebody typed."""

import re
import unicodedata
from dataclasses import dataclass

_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "du",
        "le",
        "la",
        "ter",
        "ten",
        "te",
        "'t",
        "van't",
        "da",
        "dos",
        "do",
        "di",
        "del",
        "della",
        "bin",
        "binte",
        "binti",
        "ibn",
        "ka",
        "vd",
        "v.d.",
    ]
)
_LOWER_CASE_PARTICLES = frozenset(("v", "d"))  # "J v d Merwe"; in capitals they are initials
_SURNAME_ALONE = frozenset(("van", "von", "de", "du", "le", "der"))  # "Van Wyk" with nothing before it is a surname
_SHOWN_SMALL = frozenset(["van", "von", "der", "den", "de", "du", "le", "la", "ter", "ten", "te", "'t", "da", "dos"])
_TITLES = {
    word.lower(): word
    for word in [
        "Mr",
        "Mrs",
        "Ms",
        "Miss",
        "Mx",
        "Dr",
        "Prof",
        "Professor",
        "Rev",
        "Revd",
        "Reverend",
        "Adv",
        "Advocate",
        "Mnr",
        "Mev",
        "Mej",
        "Me",
        "Ds",
        "Eerw",
        "Past",
        "Pastor",
        "Fr",
        "Father",
        "Sr",
        "Sister",
        "Bishop",
        "Hon",
        "Judge",
        "Sir",
        "Lady",
        "Capt",
        "Col",
        "Gen",
        "Lt",
        "Sgt",
        "Rabbi",
        "Imam",
        "Sheikh",
        "Chief",
    ]
}
_BETWEEN_TITLES = frozenset(("&", "and", "en"))
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "’": "'", "ʼ": "'", "‘": "'", "`": "'"})
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}|[^AEIOUY\W\d_]{1,3}")


@dataclass(frozen=True)
class PersonName:
    title: str = ""
    first_name: str = ""
    last_name: str = ""


def sort_name(first_name: str, last_name: str) -> str:
    """Surname first, under its particle: "van der Merwe, Pieter"."""
    return ", ".join(part for part in (" ".join(last_name.split()), " ".join(first_name.split())) if part)


def display_name(first_name: str, last_name: str, *, title: str = "") -> str:
    """The name as it is read out: particles small after a first name, large where the surname stands alone."""
    surname = " ".join(last_name.split())
    if surname:
        surname = _small_particles(surname) if first_name.strip() else _large_first_letter(surname)
    return " ".join(part for part in (title.strip(), " ".join(first_name.split()), surname) if part)


def split_name(text: str) -> PersonName:
    """Take a whole name apart: "Mr Pieter van der Merwe", "NGCOBO, Thandi", "Botha, Mr J.P."."""
    before, comma, after = text.partition(",")
    if comma and after.strip() and before.strip():
        title, last = _take_title(before.split())
        further_title, first = _take_title(after.split())
        return PersonName(title or further_title, " ".join(first), " ".join(last))
    title, words = _take_title(before.split())
    start = _surname_at(words, has_title=bool(title))
    return PersonName(title, " ".join(words[:start]), " ".join(words[start:]))


def mend_capitals(text: str) -> str:
    """Write NGCOBO as Ngcobo; leave initials and anything that is not wholly in capitals alone."""
    if not text.isupper():
        return text
    return " ".join(_mend_word(word, alone=" " not in text.strip()) for word in text.split())


def fold(text: str) -> str:
    """The text as it is searched: small letters, no diacritics, single spaces."""
    small = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(c for c in small if not unicodedata.combining(c))
    return " ".join(bare.translate(_LETTERS).split())


def _take_title(words: list[str]) -> tuple[str, list[str]]:
    taken = 0
    while taken < len(words):
        word = words[taken].rstrip(".").lower()
        joins = word in _BETWEEN_TITLES and 0 < taken < len(words) - 1 and _is_title(words[taken + 1])
        if word not in _TITLES and not joins:
            break
        taken += 1
    if taken == len(words):  # nothing but a title: then it is a name
        return "", words
    shown = [_TITLES.get(w.rstrip(".").lower(), w) for w in words[:taken]]
    return " ".join(shown), words[taken:]


def _is_title(word: str) -> bool:
    return word.rstrip(".").lower() in _TITLES


def _surname_at(words: list[str], *, has_title: bool) -> int:
    if len(words) < 2:
        return 0 if has_title else len(words)
    if words[0].lower() in _SURNAME_ALONE:
        return 0
    for position, word in enumerate(words[1:-1], start=1):
        if word.lower() in _PARTICLES or word in _LOWER_CASE_PARTICLES:
            return position
    last = len(words) - 1
    is_suffix = words[last].rstrip(".").lower() in ("jr", "jnr", "snr", "ii", "iii")
    return last - 1 if is_suffix and last > 1 else last


def _small_particles(surname: str) -> str:
    words = surname.split()
    for position, word in enumerate(words[:-1]):
        if word.lower() not in _SHOWN_SMALL:
            break
        words[position] = word.lower()
    return " ".join(words)


def _large_first_letter(surname: str) -> str:
    return surname[0].upper() + surname[1:] if surname.split()[0].lower() in _SHOWN_SMALL else surname


def _mend_word(word: str, *, alone: bool) -> str:
    if _INITIALS.fullmatch(word) and ("." in word or len(word) < 3 or not set(word) & set("AEIOUY")):
        return word if word.lower() not in _PARTICLES or alone else word.lower()
    if word.lower() in _PARTICLES and not alone:
        return word.lower()
    mended = "".join(_large_first_letter_only(piece) for piece in re.split(r"(?<=[-'’])", word))
    return "Mc" + mended[2:].capitalize() if mended.startswith("Mc") and len(mended) > 4 else mended


def _large_first_letter_only(piece: str) -> str:
    first = next((i for i, c in enumerate(piece) if c.lower() != c.upper()), 0)  # a click letter has no size
    return piece[: first + 1] + piece[first + 1 :].lower()

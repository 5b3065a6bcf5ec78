"""The countries by code and name, and the ten that a study ranks highest as sources of cybercrime."""

import json
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parents[1] / "data"
_ALSO = {"UK": "GB"}  # reserved by ISO for the same country; people and registries write it


class UnknownCountry(ValueError):
    """The text is neither a code nor a name of a country. The message says so in words."""


def name_of(code: str | None) -> str:
    """The short English name of the country."""
    return NAMES.get(code or "", "an unknown place")


def place_of(code: str | None, address: str) -> str:
    """Where an address is, in words: its country, or what is known of one that has none."""
    if code:
        return name_of(code)
    return "this machine" if address in ("127.0.0.1", "::1") else "an unknown place"


def code_of(text: str) -> str:
    """The code of a country given by code or by name, in any case and with or without accents."""
    sought = _plain(text)
    code = known(sought.upper()) or _BY_NAME.get(sought)
    if code is None:
        raise UnknownCountry(
            f"“{text.strip()[:60]}” is no country: write a code such as ZA, or an English name such as South Africa."
        )
    return code


def known(code: object) -> str | None:
    """The ISO code that a code in a database stands for; None for regions and reserved codes such as EU, AP and ZZ."""
    if not isinstance(code, str):
        return None
    code = _ALSO.get(code, code)
    return code if code in NAMES else None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _read(name: str) -> Any:
    return json.loads((_DATA / name).read_text("utf-8"))


NAMES: dict[str, str] = _read("countries.json")
_BY_NAME = {_plain(name): code for code, name in NAMES.items()}
_TEN = _read("ten_countries.json")
TEN: frozenset[str] = frozenset(_TEN["countries"])
TEN_DATED: date = date.fromisoformat(_TEN["dated"])
TEN_SOURCE: str = _TEN["source"]

"""What people's own pages say, in the language of who reads them. The English sentence is the key; the catalogues in
portal/languages are made by tools/words. What is not translated stays English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

SPOKEN = {"en": "English", "af": "Afrikaans", "zu": "isiZulu"}
ENGLISH = "en"
_FOLDER = Path(__file__).resolve().parent.parent / "languages"
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def language() -> str:
    """The code of the language that is spoken now."""
    return _spoken.get()


def speak(code: str) -> None:
    """From now on, in this thread, speak this language; English for one that the portal does not know."""
    _spoken.set(code if code in SPOKEN else ENGLISH)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak this language for a while: a letter to somebody."""
    token = _spoken.set(code if code in SPOKEN else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(text: str) -> str:
    return _catalogue(language()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    return _catalogue(language()).ngettext(one, many, count)


def _(text: str, **values: object) -> str:
    """The sentence in the language that is spoken now, with its %(name)s filled in."""
    said = gettext(text)
    return said % values if values else said


def later(text: str) -> str:
    """The sentence as it is: marks it for the catalogues where it is made, to be translated where it is shown."""
    return text


@cache
def _catalogue(code: str) -> NullTranslations:
    path = _FOLDER / f"{code}.mo"
    if code == ENGLISH or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)

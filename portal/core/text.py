"""What text the portal takes: one normal form, and nothing that could deceive a reader or a database.

Every form and every import cleans its text here, so that both databases store and return it alike.
"""

import re
import unicodedata

_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_SOLITARY_BLANK = str.maketrans({"\t": " ", "\n": " ", "\u00a0": " "})


class InvalidText(ValueError):
    """The text holds something that cannot be kept."""


def clean_text(text: str, *, max_length: int, lines: bool = False) -> str:
    """Return the text stripped and in Unicode's composed form (NFC); with `lines` it may have several lines."""
    text = _LINE_BREAK.sub("\n", text)
    if not lines:
        text = text.translate(_SOLITARY_BLANK)
    text = text.strip()
    if len(text) > max_length:
        raise InvalidText(f"Enter at most {max_length:,} characters.")
    for character in text:
        if character in _OVERRIDES:
            raise InvalidText("The text holds hidden characters that turn the reading direction; type it again.")
        if unicodedata.category(character) in ("Cc", "Cs") and not (lines and character in "\n\t"):
            raise InvalidText("The text holds characters that cannot be shown; type it again.")
    text = unicodedata.normalize("NFC", text)
    if len(text) > max_length:  # a few letters grow when composed
        raise InvalidText(f"Enter at most {max_length:,} characters.")
    return text

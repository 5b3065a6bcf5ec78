"""An organisation's own colour: checked for contrast when it is chosen (WCAG 2.2 AA), turned into style tokens."""

import re

PAPER, INK, WHITE, DARK = "#fbfaf8", "#22201c", "#ffffff", "#171614"
ENOUGH = 4.5


class BadColour(ValueError):
    """Not a colour, or one that cannot be read. The message says what to do."""


def check_colour(text: str) -> str:
    """The colour as #rrggbb. Refuses what cannot be read as text on the page's paper."""
    text = text.strip().lower()
    if not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise BadColour("Enter a colour such as #0f6b57.")
    if contrast(text, PAPER) < ENOUGH:
        raise BadColour("This colour is too light to be read on the page. Choose a darker one.")
    return text


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def on_colour(colour: str) -> str:
    """The colour of text on this colour: white or ink, whichever is read better."""
    return WHITE if contrast(colour, WHITE) >= contrast(colour, INK) else INK


def lighter(colour: str) -> str:
    """The same hue, light enough to be read on the dark paper."""
    red, green, blue = _parts(colour)
    for step in range(0, 101, 4):
        mixed = "#" + "".join(f"{round(part + (255 - part) * step / 100):02x}" for part in (red, green, blue))
        if contrast(mixed, DARK) >= ENOUGH + 2:
            return mixed
    return WHITE


def stylesheet(hex_digits: str) -> str:
    """The few lines that set the organisation's colour. `hex_digits` is rrggbb, as in the sheet's address."""
    if not re.fullmatch(r"[0-9a-f]{6}", hex_digits):
        raise BadColour("not a colour")
    accent = f"#{hex_digits}"
    light = lighter(accent)
    day = f"--accent:{accent};--on-accent:{on_colour(accent)}"
    night = f"--accent:{light};--on-accent:{on_colour(light)}"
    return (
        f":root{{{day}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{night}}}}}\n"
        f":root[data-theme=dark]{{{night}}}\n"
    )


def _luminance(colour: str) -> float:
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in (x / 255 for x in _parts(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

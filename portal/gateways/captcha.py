"""Digits as a picture and as a sound, made on this machine. The drawing library is loaded when first needed: most
processes never draw.
"""

import io
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

_one_at_a_time = Lock()  # making a sound takes a fifth of a second of a processor
PATIENCE = 3  # seconds


class Busy(RuntimeError):
    """Others have sounds made just now. To be asked for again in a moment."""


def picture(digits: str) -> bytes:
    """A PNG of about 8 kB with the digits bent and crossed."""
    drawn: io.BytesIO = _maker("captcha.image", "ImageCaptcha", width=280, height=90).generate(digits, format="png")
    return drawn.getvalue()


def sound(digits: str) -> bytes:
    """A WAV of about 100 kB in which the digits are spoken before a noise. Raises Busy."""
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return bytes(_maker("captcha.audio", "AudioCaptcha").generate(digits))
    finally:
        _one_at_a_time.release()


@cache
def _maker(module: str, name: str, **how: int) -> Any:
    return getattr(import_module(module), name)(**how)

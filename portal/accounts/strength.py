"""How soon a password would be guessed: the estimate of zxcvbn, whose lists are the passwords found most often in
breaches, and a host's own list of breached ones. Works offline; nothing of a password leaves this machine (R51).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from portal.accounts.rules import BadPassword, check_length
from portal.config import Settings
from portal.gateways import breached

LEAST = 3  # of 0 to 4: at least a hundred million guesses
_ESTIMATED = 24  # letters
_one_at_a_time = Lock()
PATIENCE = 5  # seconds
_WORDS = ("guessed at once", "guessed very soon", "guessed soon", "good", "very good")
_breached: list[Path | None] = [None]


class Busy(RuntimeError):
    """Others have passwords estimated just now."""


@dataclass(frozen=True)
class Strength:
    score: int  # 0 to 4
    words: str
    advice: str


def use(settings: Settings) -> None:
    _breached[:] = [settings.breached_passwords]


def estimate(password: str, own_words: Sequence[str]) -> Strength:
    """How strong a password is, whoever's words are among it. Of a long one its two ends are looked at, for the
    estimator takes seconds for some texts of more letters. Raises Busy.
    """
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise Busy("Others are choosing passwords just now. Try again in a moment.")
    try:
        ends = {password[:_ESTIMATED], password[-_ESTIMATED:]}
        told = [_estimator()(end, user_inputs=[word.lower() for word in own_words][:50]) for end in sorted(ends)]
    finally:
        _one_at_a_time.release()
    best: dict[str, Any] = max(told, key=lambda one: int(one["score"]))
    warning = str(best["feedback"]["warning"] or "").rstrip(".")
    return Strength(int(best["score"]), _WORDS[int(best["score"])], warning)


def check_password(password: str, own_words: Sequence[str]) -> None:
    """Raise BadPassword, with a sentence, for one that is short, easily guessed or known from a breach."""
    check_length(password, list(own_words))
    found = estimate(password, own_words)
    if found.score < LEAST:
        reason = f"{found.advice}. " if found.advice else ""
        raise BadPassword(f"This would be {found.words}. {reason}Add another word or two that do not belong together.")
    if _breached[0] is not None and breached.holds(_breached[0], password):
        raise BadPassword("This password is known from a break-in elsewhere. Choose another one.")


def _estimator() -> Any:
    """Loaded when a password is set, which is seldom: its lists take 15 MB."""
    return import_module("zxcvbn").zxcvbn

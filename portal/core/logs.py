"""What the programs say about themselves: one line for each event, as JSON, without anything about a person.

An exception is told by its kind and the places it passed, never by its words: they may quote what somebody typed or
what a row holds. What is left is masked, should an address, a number or a token slip into a message.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

_MASKS = (
    (re.compile(r"[^\s<>\"'=/:,;]+@[^\s<>\"'/:,;]+"), "[email]"),
    (re.compile(r"\+?\d[\d ().-]{6,}\d"), "[number]"),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)[\w-]{20,}"), "[token]"),
)
_FACTS = ("reference", "endpoint", "method", "status", "org_id", "job")  # what a caller may add by `extra`


def mask(text: str) -> str:
    """The text without email addresses, long numbers and tokens."""
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the facts given with it, and what failed where."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        line |= {name: record.__dict__[name] for name in _FACTS if name in record.__dict__}
        if record.exc_info and record.exc_info[1]:
            line["failed"] = told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def told(error: BaseException) -> list[dict[str, Any]]:
    """An exception and what it came from, each as its kind and the places it passed, the innermost last."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(at.__traceback__)]
        chain.append({"kind": f"{type(at).__module__}.{type(at).__qualname__}", "places": places[-12:]})
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return chain


def setup() -> None:
    """Every program of the portal logs like this to its standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)

"""What the log tells of a user's rights, in sentences: who granted what, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.activity.models import LogEntry
from portal.users.rules import Names, listed, right_words

TOLD = (
    "user.added", "user.role_changed", "user.rights_changed", "user.removed", "user.locked", "user.unlocked",
    "user.seen_as", "user.seen_as_ended",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    at: datetime
    words: str


def told(entry: LogEntry, name: str, names: Names) -> Told:
    """One entry about the user of this name."""
    detail = entry.detail or {}
    by = detail.get("actor") or "Somebody"
    changes = detail.get("changes") or {}
    words = {
        "user.added": lambda: f"{by} added {name} as {_role(detail.get('role', ''))}.",
        "user.role_changed": lambda: f"{by} changed the role of {name} from {_roles(changes)}.",
        "user.rights_changed": lambda: _rights(by, name, changes, names),
        "user.removed": lambda: f"{by} removed {name}.",
        "user.locked": lambda: f"{by} locked the account of {name}.",
        "user.unlocked": lambda: f"{by} opened the account of {name} again.",
        "user.seen_as": lambda: f"{by} began to look as {name}.",
        "user.seen_as_ended": lambda: f"{by} stopped looking as {name}.",
    }[entry.action]()
    return Told(entry.at, words)


def _role(role: str) -> str:
    return f"an {role}" if role[:1] in "aeo" else f"a {role}"


def _roles(changes: dict[str, Any]) -> str:
    old, new = changes.get("role", ["", ""])
    return f"{old} to {new}"


def _rights(by: str, name: str, changes: dict[str, Any], names: Names) -> str:
    parts = []
    for key, more, less in (("denied", "took away", "gave back"), ("granted", "gave", "took back")):
        old, new = changes.get(key, [[], []])
        parts += _part(more, [right for right in new if right not in old], names)
        parts += _part(less, [right for right in old if right not in new], names)
    if "only_group" in changes:
        old, new = changes["only_group"]
        lifted = f"let {name} see more than the group {names.group(old)}" if old is not None else ""
        parts.append(f"limited {name} to the group {names.group(new)}" if new is not None else lifted)
    return f"{by} {listed(parts)}." if parts else f"{by} changed the rights of {name}."


def _part(verb: str, rights: Sequence[str], names: Names) -> list[str]:
    return [f"{verb} {listed([right_words(right, names) for right in rights])}"] if rights else []

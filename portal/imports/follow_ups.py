"""Features above say here what is to be done after an import, such as looking for duplicates among those added."""

from dataclasses import dataclass

from portal.core.actor import current_actor
from portal.core.permissions import Permission


@dataclass(frozen=True)
class FollowUp:
    """A link on the page of an ended import: `endpoint` takes the import's id as `import_id`."""

    words: str  # with {n}, how many contacts the import added
    endpoint: str
    permission: Permission


_follow_ups: dict[str, FollowUp] = {}


def register_follow_up(follow_up: FollowUp) -> None:
    _follow_ups[follow_up.endpoint] = follow_up


def follow_ups() -> list[FollowUp]:
    """Those that the actor may follow."""
    return [one for one in _follow_ups.values() if current_actor().may(one.permission)]

"""What an organisation put back from a backup needs before it opens: alike when all of them come back, and when one
does among others that go on (R63, I04).
"""

from dataclasses import dataclass
from typing import Any

from portal.backups.opening import NotRestored
from portal.campaigns import restored as campaigns
from portal.delivery import restored as delivery
from portal.privacy import journal, replaying
from portal.privacy.replaying import Replayed
from portal.run import migrate


@dataclass(frozen=True)
class Readied:
    """What was done again, and the campaigns that were paused, each with how many of its messages are not certain."""

    replayed: Replayed
    paused: dict[str, int]


def make_ready(made: str) -> Readied:
    """For the current organisation: nobody who was erased, or asked to be left alone, is written to, and nothing is
    sent twice unseen. `made` says when the backup was made.
    """
    delivery.hold()
    told = replaying.replay()
    journal.catch_up()
    return Readied(told, campaigns.calm(made))


def check_schema(manifest: dict[str, Any]) -> None:
    """Raises NotRestored for a backup that this program is too old for."""
    newer = sorted(set(manifest.get("schema", ())) - set(migrate.names()))
    if newer:
        raise NotRestored(f"This backup was made by a newer version of the portal, which knows {newer[-1]}.")

"""Where the installation itself keeps data: the machine, and each place of its backups. The features that keep copies
name their places; the register of an organisation says in which country each is (R62, POPIA s 72).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.gateways.countries import name_of
from portal.transfers import rules, service
from portal.transfers.models import Operator

Read = Callable[[], Sequence[rules.Kept]]
MACHINE = rules.Kept("The portal's own machine", "hosting")
_readers: list[Read] = []


@dataclass(frozen=True)
class Noted:
    """One place, and the line of the register that says where it is, if there is one."""

    kept: rules.Kept
    line: Operator | None

    @property
    def country(self) -> str:
        return name_of(self.line.country) if self.line else ""

    @property
    def is_abroad(self) -> bool:
        return self.line is not None and self.line.country != rules.HOME


def register_copies(read: Read) -> None:
    """Let a feature name the places where it keeps copies."""
    if read not in _readers:
        _readers.append(read)


def noted() -> list[Noted]:
    """Every place, with what the current organisation's register says of it."""
    lines = service.current()
    found = []
    for kept in (MACHINE, *(kept for read in _readers for kept in read())):
        mine = [line for line in lines if rules.is_of(kept, line.service, line.host)]
        found.append(Noted(kept, mine[0] if mine else None))
    return found

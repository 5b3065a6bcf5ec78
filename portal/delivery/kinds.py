"""Who makes the messages of a channel, and whether its campaign may go on: features above say so here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.delivery.models import Delivery


@dataclass(frozen=True)
class Ready:
    """A finished message for one delivery, or why it cannot be made."""

    sender: str  # the envelope's
    message: bytes = b""
    problem: str = ""


Render = Callable[[int, Sequence[Delivery]], dict[int, Ready]]  # (campaign id, rows) -> {delivery id: Ready}


@dataclass(frozen=True)
class Kind:
    render: Render
    is_sending: Callable[[int], bool]  # may this campaign go on? read at each hand-over
    answers_to: Callable[[int], str]  # the address at which the organisation wants its answers


_kinds: dict[str, Kind] = {}


def register_kind(channel: str, kind: Kind) -> None:
    _kinds[channel] = kind


def kind_of(channel: str) -> Kind:
    return _kinds[channel]

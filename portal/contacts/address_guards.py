"""Features above say here when an address may not be added, such as one that asked not to be contacted."""

from collections.abc import Callable

Guard = Callable[[str, str], str | None]  # (channel, normalised address) -> a warning sentence, or None
_guards: list[Guard] = []


class AddressRefused(ValueError):
    """This address may not be added. The message says why without saying who it belongs to."""

    def __init__(self, words: str, channel: str = "email") -> None:
        super().__init__(words)
        self.channel = channel


def register_guard(guard: Guard) -> None:
    if guard not in _guards:
        _guards.append(guard)


def check_address(channel: str, normal: str) -> None:
    """Raise AddressRefused when any guard objects."""
    for guard in _guards:
        if objection := guard(channel, normal):
            raise AddressRefused(objection, channel)

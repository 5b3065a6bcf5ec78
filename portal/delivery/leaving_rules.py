"""Why somebody unsubscribes, if he likes to say so: asked after it is done, never before. Pure."""

from dataclasses import dataclass

from portal.core.words import later


@dataclass(frozen=True)
class Why:
    """What the person ticks, and what colleagues read of it."""

    said: str
    read: str


WHYS: dict[str, Why] = {
    "often": Why(later("There were too many messages"), "There were too many messages."),
    "other_things": Why(later("They were not what I hoped for"), "They were not what was hoped for."),
    "unasked": Why(later("I never asked for them"), "They were never asked for."),
    "else": Why(later("Something else"), "Something else."),
}
ONE_CLICK, PAGE, OWN_PAGE = "one click", "page", "own page"


def is_confirmed(how: str) -> bool:
    """Whether one message confirms it to the address (DM-10): where a page was pressed, which somebody may have before
    him to whom the message was passed on (G03). Who presses the button of his mail program is told by that.
    """
    return how in (PAGE, OWN_PAGE)

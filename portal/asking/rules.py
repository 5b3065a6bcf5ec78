"""The words of a request for consent, much like Form 4 of the regulations (reg 6; domain.md DM-4). Pure."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from portal.consent.grounds import CHANNELS

SUBJECT = "May {name} write to you?"


@dataclass(frozen=True)
class Asked:
    """What is asked for, by whom."""

    organisation: str
    officer: str
    purpose: str
    causes: str
    channels: tuple[str, ...]
    greeting: str = ""
    clause: str = ""  # about details that leave the country


def ways(channels: Sequence[str]) -> str:
    """The channels in words: "email, SMS and post"."""
    names = [CHANNELS[channel] for channel in CHANNELS if channel in channels]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def wording(asked: Asked) -> str:
    """What the person agrees to, word for word; kept with each answer."""
    said = (
        f"I agree that {asked.organisation} may write to me about {asked.causes.rstrip('.')} ({asked.purpose}), "
        f"by the ways that I tick: {ways(asked.channels)}. I may take this back at any time, free of charge, and I may "
        f"object to direct marketing at any time."
    )
    return f"{said} {asked.clause}" if asked.clause else said


def body(asked: Asked) -> str:
    """The letter, as HTML with merge tokens. It asks for nothing but an answer (DM-5). The clause is its foot."""
    named, officer, causes = _plain(asked.organisation), _plain(asked.officer), _plain(asked.causes)
    greeting = f"<p>{_plain(asked.greeting)}</p>" if asked.greeting else ""
    return (
        f"<p>Dear [[first name|friend]]</p>{greeting}"
        f"<p>{named} would like to write to you about {causes.rstrip('.')}. The law asks us to ask you first, "
        f"and we may ask only once.</p>"
        f"<p>You may choose how we write: {ways(asked.channels)}. Nothing is ticked for you, and you can change "
        f"your mind at any time, free of charge. If you say no, or do not answer, we shall not ask again.</p>"
        f"<p>{officer}<br>for {named}</p>"
    )


def _plain(words: str) -> str:
    """Words that stay words: no HTML, and no merge token that would show a detail of the person."""
    return html.escape(words.replace("[[", "[ [")).replace("\n", "<br>")

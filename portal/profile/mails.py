"""Messages to a person about his own page, and to colleagues about what he changed: in the organisation's name."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from portal.accounts.service import current_org
from portal.campaigns import senders
from portal.campaigns.letter import Mailbox
from portal.contacts.telephones import show_telephone
from portal.core.clock import now
from portal.core.words import ENGLISH, speaking
from portal.delivery import notices, system_mail, transport
from portal.delivery.mime import Message, build, one_line
from portal.profile.rules import REMOVE

_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def send_code(kind: str, address: str, code: str, url: str) -> None:
    """The code that removes comes without a button: nothing in a message removes anybody."""
    send("profile_code", address, code=code, url="" if kind == REMOVE else url, what=kind)


def send_link(address: str, name: str, url: str, language: str) -> None:
    """In the language that the person would rather read."""
    with speaking(language):
        send("profile_link", address, name=name, url=url)


def send_found(address: str, people: Sequence[tuple[str, str]], language: str) -> None:
    """The link to the page of each of these, (name, link), whose address it is; nothing that a visitor typed."""
    with speaking(language):
        send("profile_found", address, people=list(people))


def send_details(address: str, name: str, parts: Sequence[Any]) -> None:
    """What is kept of the person in full, in the language that is spoken (paper.Part)."""
    send("profile_details", address, name=name, parts=parts)


def answer_asked(address: str, name: str, url: str, language: str, why: str) -> None:
    """What became of a change that the person asked for: made, or not and `why`. Tells no detail."""
    with speaking(language):
        send("profile_asked", address, name=name, url=url, why=why)


def confirm_leaving(address: str, url: str, language: str) -> None:
    """That nothing more is sent, and how to take that back: the one message after it, which promotes nothing."""
    with speaking(language):
        send("profile_left", address, url=url)


def tell_of_change(mailbox: Mailbox, name: str, changes: Mapping[str, tuple[str, str]], contact_id: int) -> None:
    """Tell the sender of the message that carried the link, and the organisation's own address, what was changed
    (R22).
    """
    own, url = senders.own(), f"{transport.base_url()}/contacts/{contact_id}"
    with speaking(ENGLISH):
        for address in dict.fromkeys([mailbox.reply_to or mailbox.email, current_org().email or own.email]):
            send("profile_changed", address, name=name, changes=dict(changes), url=url)


def send(kind: str, recipient: str, **context: Any) -> int:
    """Render and keep a message of the organisation's to one address, asked of the gate before; return its id."""
    org, mailbox = current_org(), senders.own()
    telephone = show_telephone(org.telephone) if org.telephone else ""
    foot = " · ".join(filter(None, [org.legal_name or org.name, org.address, telephone, org.email]))
    context |= {"org": org, "foot": foot, "base_url": transport.base_url(), "support": ""}
    raw = build(
        Message(
            sender_name=mailbox.name,
            sender=mailbox.email,
            recipient_name="",
            recipient=recipient,
            subject=one_line(notices.render(f"{kind}.subject", context)),
            text=notices.render(f"{kind}.txt", context),
            html=notices.render(f"{kind}.html", context),
            message_id=f"<{secrets.token_hex(16)}@{mailbox.email.partition('@')[2]}>",
            date=now(),
            reply_to=mailbox.reply_to,
            headers=_HEADERS,
        )
    )
    return system_mail.send(None, kind, recipient, mailbox.email, raw)

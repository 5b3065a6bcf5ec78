"""The foot of every message, as the organisation arranged it. Whether it offers removal is a detail of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts import service as accounts
from portal.accounts.service import current_org
from portal.activity import log
from portal.campaigns import pictures, senders
from portal.campaigns.foot_rules import LINES, LINKS, PRIVACY, REMOVAL, Foot, links_of
from portal.campaigns.letter import Letter, Sender, foot_lines, foot_text
from portal.campaigns.models import MessageFoot
from portal.contacts.telephones import show_telephone
from portal.core.actor import require
from portal.core.db import lock_table, transaction
from portal.core.permissions import Permission
from portal.delivery import tracking, transport
from portal.privacy_notice import service as privacy_notice
from portal.transfers import service as transfers
from portal.web.colours import on_colour


def current() -> Foot:
    row = MessageFoot.get_or_none()
    removal = set() if current_org().offers_removal else {REMOVAL}
    if row is None:
        return Foot(left_out=frozenset(removal))
    known = [key for key in row.order if key in LINKS]
    order = (*known, *(key for key in LINKS if key not in known))
    return Foot(order, frozenset(row.left_out) | removal, row.closing)


def arrange(wanted: Foot) -> None:
    """Let every message that is approved from now on end so. What is being sent stays as it was approved."""
    require(Permission.SETTINGS)
    with transaction():
        lock_table(MessageFoot)
        before = current()
        changes = {
            words: pair for words, pair in {
                "Order": [_words(before.order), _words(wanted.order)],
                "Left out": [_left_out(before), _left_out(wanted)],
                "Last line": [before.closing, wanted.closing],
            }.items() if pair[0] != pair[1]
        }  # fmt: skip
        if not changes:
            return
        values = {
            "order": list(wanted.order), "left_out": sorted(wanted.left_out - {REMOVAL}), "closing": wanted.closing,
        }  # fmt: skip
        if not MessageFoot.update(**values).execute():
            MessageFoot.create(**values)
        log.write("organisation.foot_changed", changes=changes)
        accounts.set_details(offers_removal=int(wanted.shows(REMOVAL)))


def parts(one: Foot, *, is_request: bool = False, with_removal: bool = False) -> dict[str, Any]:
    """What a letter has of its organisation: who sends it, and how it ends. A request for consent ends without a line
    of the organisation's own.
    """
    org, base = current_org(), transport.base_url()
    notice = privacy_notice.address() if one.shows(PRIVACY) else ""
    return {
        "sender": Sender(
            name=org.sender_name or org.name,
            legal_name=org.legal_name or org.name,
            address=org.address,
            telephone=show_telephone(org.telephone) if org.telephone and one.shows("telephone") else "",
            email=org.email,
            colour=org.colour,
            on_colour=on_colour(org.colour),
            logo_url=f"{base}{pictures.public_path(org.logo_id)}" if org.logo_id else "",
        ),
        "links": links_of(one, is_request=is_request, with_removal=with_removal, has_notice=bool(notice)),
        "privacy_url": notice,
        "clause": transfers.clause(),
        "closing": "" if is_request else one.closing,
    }


@dataclass(frozen=True)
class Example:
    """How the foot looks: its lines, the words of its links, the last line; and as plain text."""

    lines: list[str]
    links: list[str]
    closing: str
    text: str


def example(one: Foot) -> Example:
    """Of a newsletter of which readings are noted, where the organisation does that. The links lead nowhere."""
    base = transport.base_url()
    letter = Letter(
        subject="", preheader="", body="", base_url=base, mailbox=senders.own(), is_tracked=tracking.is_on(),
        **parts(one),
    )  # fmt: skip
    urls = {key: f"{base}/…" for _, key in letter.links} | {PRIVACY: letter.privacy_url}
    return Example(foot_lines(letter), [label for label, _ in letter.links], letter.closing, foot_text(letter, urls))


def _left_out(one: Foot) -> str:
    return _words([key for key in (*LINKS, *LINES) if not one.shows(key)])


def _words(keys: Sequence[str]) -> str:
    return ", ".join((LINKS | LINES)[key] for key in keys)

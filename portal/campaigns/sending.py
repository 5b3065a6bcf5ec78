"""Sending a campaign: begun once, its audience frozen; paused, resumed, cancelled; finished when all are counted."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from portal.accounts.service import actor_of_user, current_org
from portal.activity import log
from portal.campaigns import attachments, merge_fields, service
from portal.campaigns.audience import hidden_groups, people_of, require_right_to_send, require_whole_sight
from portal.campaigns.letter import Letter, Traces, links_in, write
from portal.campaigns.models import CANCELLED, DRAFT, FINISHED, PAUSED, SCHEDULED, SENDING, Campaign
from portal.consent.queries import sender_facts
from portal.consent.rules import IDENTITY
from portal.contacts import service as contacts
from portal.contacts.models import Address, Contact
from portal.contacts.queries import name_of
from portal.core import queue
from portal.core.actor import Actor, acting_as, current_actor, require, seeing_everything
from portal.core.clock import now
from portal.core.db import share_row, transaction
from portal.core.keys import make_token
from portal.core.permissions import Denied, Permission
from portal.core.tenancy import Org
from portal.delivery import complaint_page, engine, figures, ledger, own_page, removal, tracking, transport
from portal.delivery.kinds import Kind, Ready, register_kind
from portal.delivery.mime import Message, UnsafeHeader, build
from portal.delivery.models import Delivery

CHANNEL = "email"
FEWEST_COMPLAINTS = 5  # one angry reader of a small newsletter stops nobody
_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
MOST_COMPLAINTS = 0.003  # of the messages sent


class NotReady(ValueError):
    """Something stands in the way of sending. The message names it."""


class Changed(ValueError):
    """The audience is not what the person saw who said "send". Nothing was begun."""


def choose_audience(campaign: Campaign, groups: Sequence[int], excluded: Sequence[int]) -> None:
    """Say which groups the campaign goes to, and which not. Groups hidden from the actor stay as they were chosen."""
    require(Permission.CAMPAIGN_EDIT)
    if campaign.state != DRAFT:
        raise service.Begun("This campaign has begun; its audience stays as it is.")
    for group_id in {*groups, *excluded}:
        contacts.find_group(group_id)
    with transaction():
        values: dict[str, Any] = {
            "groups": sorted({*groups, *hidden_groups(campaign.groups)}),
            "excluded": sorted({*excluded, *hidden_groups(campaign.excluded)}),
        }
        Campaign.update(**values, updated_at=now()).where(Campaign.id == campaign.id, Campaign.state == DRAFT).execute()
        log.write("campaign.audience_changed", subject_id=campaign.id, **values)


def start(campaign: Campaign, at: datetime | None = None, *, offers_removal: bool = False) -> None:
    """Begin to send, or schedule it. Refused in words while anything is missing; begun twice, it is begun once. With
    `offers_removal` its foot leads to the removal of one's details, also where the organisation does not always do so.
    """
    require(Permission.CAMPAIGN_SEND)
    require_right_to_send(campaign)
    _check(campaign)
    state = SCHEDULED if at is not None and at > now() else SENDING
    with transaction():
        _check_suspension()
        begun = (
            Campaign.update(
                state=state,
                scheduled_at=at if state == SCHEDULED else None,
                letter=service.letter_of(campaign, offers_removal=offers_removal).as_data(),
                is_caught=int(transport.is_caught()),
                started_by=current_actor().user_id,
            )
            .where(Campaign.id == campaign.id, Campaign.state == DRAFT)
            .execute()
        )
        if not begun:
            raise service.Begun("This campaign has begun already.")
        shown = service.fields_shown(campaign)
        more: dict[str, Any] = {"sensitive": shown} if shown else {}
        log.write(f"campaign.{'scheduled' if state == SCHEDULED else 'started'}", subject_id=campaign.id, **more)
        if state == SENDING:
            _freeze(service.find(campaign.id))


def pause(campaign: Campaign) -> None:
    """Stop before the next message."""
    _step(campaign, (SENDING, SCHEDULED), PAUSED, "paused")


def resume(campaign: Campaign) -> None:
    """Go on: those who have had it do not get it again. Refused in words while anything is missing."""
    require(Permission.CAMPAIGN_SEND)
    require_right_to_send(campaign)
    _check(campaign)
    with transaction():
        _check_suspension()
        _step(campaign, (PAUSED,), SENDING, "resumed")
        Campaign.update(started_by=current_actor().user_id).where(Campaign.id == campaign.id).execute()
        campaign = service.find(campaign.id)
        if campaign.started_at is None:
            _freeze(campaign)
        else:
            queue.enqueue(queue.SEND_CAMPAIGN, campaign_id=campaign.id)


def cancel(campaign: Campaign) -> None:
    """Stop for good: those not reached yet are counted as cancelled."""
    require(Permission.CAMPAIGN_SEND)
    require_whole_sight(campaign)
    with transaction():
        _step(campaign, (SENDING, SCHEDULED, PAUSED), CANCELLED, "cancelled")
        Campaign.update(ended_at=now()).where(Campaign.id == campaign.id).execute()
        ledger.cancel(campaign.id)


def work(campaign_id: int, *, seconds: float = 50.0) -> engine.Outcome:
    """A worker's turn at a campaign."""
    campaign = service.find(campaign_id)
    outcome = engine.run(campaign.id, CHANNEL, service.aim_of(campaign), seconds=seconds)
    outcome.trouble = _ADDRESS.sub("an address", outcome.trouble)  # the server's words name whom they are about
    if outcome.trouble != campaign.trouble:
        Campaign.update(trouble=outcome.trouble).where(Campaign.id == campaign.id).execute()
    settle(campaign.id)
    return outcome


def settle(campaign_id: int) -> bool:
    """Finish a campaign whose everybody is accounted for, by query; return whether it is finished now."""
    figures = ledger.status(campaign_id)
    if figures["pending"] or figures["deferred"]:
        return False
    with transaction():
        done = (
            Campaign.update(state=FINISHED, ended_at=now(), trouble="")
            .where(Campaign.id == campaign_id, Campaign.state == SENDING, Campaign.started_at.is_null(False))
            .execute()
        )
        if done:
            log.write("campaign.finished", subject_id=campaign_id, figures=figures)
    return bool(done)


def sweep() -> list[int]:
    """What the clock does: begin what is scheduled, take back what dead workers left, find what can go on."""
    ledger.expire()
    for campaign in Campaign.select().where(Campaign.state == SCHEDULED, Campaign.scheduled_at <= now()):
        _begin(campaign)
    sending = [c.id for c in Campaign.select(Campaign.id).where(Campaign.state == SENDING)]
    sending = [campaign_id for campaign_id in sending if not _halt_on_complaints(campaign_id)]
    return [campaign_id for campaign_id in sending if not settle(campaign_id) and ledger.has_due(campaign_id)]


def _halt_on_complaints(campaign_id: int) -> bool:
    """Pause a campaign, once, that too many call spam: going on would close mail servers to all later mail (E-12)."""
    told = figures.doings(campaign_id).complained
    if told < FEWEST_COMPLAINTS:
        return False
    known = figures.of_campaign(campaign_id)
    if told < MOST_COMPLAINTS * known.sent:
        return False
    words = f"{told} people called it spam, out of {known.sent}. It was paused; going on harms all your later mail."
    with transaction():
        if log.has("campaign.halted", campaign_id):
            return False  # somebody saw it and went on
        Campaign.update(state=PAUSED, trouble=words).where(
            Campaign.id == campaign_id, Campaign.state == SENDING
        ).execute()
        log.write("campaign.halted", subject_id=campaign_id, why=words)
    return True


def status(campaign: Campaign) -> dict[str, Any]:
    return {"state": service.find(campaign.id).state, **ledger.status(campaign.id)}


def _check(campaign: Campaign) -> None:
    """Everything the page shows under "before you can send", as a refusal: page, command and job ask the same."""
    suspended, missing = sender_facts()
    if suspended:
        raise NotReady(_suspended())
    if missing:
        names = ", ".join(IDENTITY[name] for name in missing)
        raise NotReady(f"Your organisation's {names} must be set first, because every message has to say who sends it.")
    undone = [check.words for check in service.before_sending(campaign) if not check.is_done]
    if undone:
        raise NotReady(f"Before you can send: {undone[0][0].lower()}{undone[0][1:]}.")
    if not campaign.groups:
        raise NotReady("Choose the groups it goes to first.")


def _check_suspension() -> None:
    """Hold the organisation's row, so that nobody suspends it while this transaction lasts; refused if somebody has.
    Asked before anything is logged, for who suspends takes the two locks in this order too.
    """
    share_row(Org, current_actor().org_id)
    if sender_facts()[0]:
        raise NotReady(_suspended())


def _suspended() -> str:
    whom = transport.support_email()
    return f"Sending is suspended: {current_org().suspended_reason}{f' Write to {whom}.' if whom else ''}"


def _begin(campaign: Campaign) -> None:
    """Begin what was scheduled, with the rights that whoever scheduled it has now; what stands in the way by now
    pauses it, and says so.
    """
    with transaction():
        share_row(Org, campaign.org_id)
        actor, trouble = current_actor(), ""
        try:
            actor = _owner_of(campaign)
            with acting_as(actor):
                require_right_to_send(campaign)
            _check(campaign)
        except (NotReady, Denied) as error:
            trouble = str(error)
        with acting_as(actor):
            _go(campaign, trouble)


def _go(campaign: Campaign, trouble: str) -> None:
    """Let a scheduled campaign go, or pause it with what is in the way; begun twice, it is begun once."""
    begun = (
        Campaign.update(state=PAUSED if trouble else SENDING, trouble=trouble)
        .where(Campaign.id == campaign.id, Campaign.state == SCHEDULED, Campaign.started_at.is_null())
        .execute()
    )
    if not begun:
        return
    if trouble:
        log.write("campaign.paused", subject_id=campaign.id, why=trouble)
    else:
        log.write("campaign.started", subject_id=campaign.id)
        _freeze(service.find(campaign.id))


def _owner_of(campaign: Campaign) -> Actor:
    """Who let this campaign go, with the rights he has now; the portal itself for a command. Raises Denied."""
    if campaign.started_by is None:
        return current_actor()
    actor = actor_of_user(campaign.started_by)
    if actor is None:
        raise Denied("Whoever scheduled it does not work here any more. Look at it, and send it yourself.")
    if not actor.may(Permission.CAMPAIGN_SEND):
        raise Denied(f"{actor.name}, who scheduled it, may not send any more. Look at it, and send it yourself.")
    return actor


def _freeze(campaign: Campaign) -> None:
    """Fix the audience, once. Belongs to the transaction that begins the sending."""
    frozen = ledger.freeze(campaign.id, CHANNEL, people_of(campaign), service.aim_of(campaign), transport.domain())
    log.write("campaign.audience_frozen", subject_id=campaign.id, people=frozen)
    letter = Letter.from_data(campaign.letter)
    if letter.is_tracked:
        tracking.keep_links(campaign.id, links_in(letter.body))
    Campaign.update(frozen=frozen, started_at=now()).where(Campaign.id == campaign.id).execute()
    queue.enqueue(queue.SEND_CAMPAIGN, campaign_id=campaign.id)


def _step(campaign: Campaign, old: tuple[str, ...], new: str, word: str) -> None:
    require(Permission.CAMPAIGN_SEND)
    with transaction():
        changed = (
            Campaign.update(state=new, trouble="").where(Campaign.id == campaign.id, Campaign.state.in_(old)).execute()
        )
        if not changed:
            raise service.Begun("That is not possible in the state the campaign is in now.")
        log.write(f"campaign.{word}", subject_id=campaign.id, by=current_actor().name)


def _is_sending(campaign_id: int) -> bool:
    return bool(Campaign.select(Campaign.state).where(Campaign.id == campaign_id).scalar() == SENDING)


def _answers_to(campaign_id: int) -> str:
    mailbox = service.mailbox_of(service.find(campaign_id))
    return mailbox.reply_to or mailbox.email


def _render(campaign_id: int, rows: Sequence[Delivery]) -> dict[int, Ready]:
    """The finished messages of some deliveries. What cannot be written for one concerns that one only."""
    campaign = service.find(campaign_id)
    letter = Letter.from_data(campaign.letter)
    untraced = replace(letter, is_tracked=False)
    org = current_org()
    ids = [row.contact_id for row in rows]
    people = {c.id: c for c in Contact.select().where(Contact.id.in_(ids))}
    towns = {
        a.contact_id: a.city for a in Address.select().where(Address.contact_id.in_(ids)).order_by(Address.is_primary)
    }
    with seeing_everything():  # what was approved is sent, whoever's job it is now
        designed = merge_fields.values_of(ids, merge_fields.of_ids(letter.fields))
    files = attachments.files_of(campaign_id)
    ready: dict[int, Ready] = {}
    for row in rows:
        contact = people.get(row.contact_id)
        url = f"{letter.base_url}/u/{make_token('u', row.org_id, row.id)}"
        mine = own_page.url(letter.base_url, row.org_id, own_page.of_delivery(row.id))
        urls = {
            "unsubscribe": url,
            "own page": mine,
            "why": f"{mine}/why",
            "removal": removal.url(letter.base_url, row.org_id, own_page.of_delivery(row.id)),
            "complaint": complaint_page.url(letter.base_url, row.org_id, own_page.of_delivery(row.id)),
            "answer": f"{letter.base_url}/ask/{make_token('ask', row.org_id, row.id)}",
        }
        try:
            traces = _traces(letter, row) if letter.is_tracked and contact and not contact.is_untracked else None
            own = letter if traces else untraced
            written = write(own, _values(contact, row, towns) | designed.get(row.contact_id, {}), urls, traces)
            message = Message(
                sender_name=letter.mailbox.name,
                sender=letter.mailbox.email,
                recipient_name=name_of(contact) if contact else "",
                recipient=row.address,
                subject=written.subject,
                text=written.text,
                html=written.html,
                message_id=row.message_id,
                date=now(),
                reply_to=letter.mailbox.reply_to,
                files=files,
                headers={
                    "List-Unsubscribe": f"<{url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "List-Id": f"<campaigns.{org.slug}.{transport.domain()}>",
                    "Precedence": "bulk",
                    "X-Auto-Response-Suppress": "OOF, AutoReply",
                },
            )
            ready[row.id] = Ready(transport.envelope_sender(row, letter.mailbox.email), build(message))
        except (UnsafeHeader, ValueError) as error:
            ready[row.id] = Ready(letter.mailbox.email, problem=f"The message could not be written: {error}")
    return ready


def _traces(letter: Letter, row: Delivery) -> Traces:
    return Traces(
        tracking.picture_url(letter.base_url, row.org_id, row.id),
        partial(tracking.link_url, letter.base_url, row.org_id, row.id),
    )


def _values(contact: Contact | None, row: Delivery, towns: dict[int, str]) -> dict[str, str]:
    if contact is None:
        return {}
    return {
        "first name": contact.preferred_name or contact.first_name,
        "last name": contact.last_name,
        "name": name_of(contact),
        "title": contact.title,
        "organisation": contact.organisation,
        "email": row.address,
        "town": towns.get(contact.id, ""),
    }


def register() -> None:
    register_kind(CHANNEL, Kind(_render, _is_sending, _answers_to))

"""Asking people, once, whether they may be written to; and keeping what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.service import current_org
from portal.asking.models import ConsentAnswer, ConsentRequest
from portal.asking.rules import SUBJECT, Asked, body, wording
from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.campaigns.appeal_rules import sounds_like_appeal
from portal.campaigns.models import Campaign
from portal.consent import approaching, purposes
from portal.consent.folding import of
from portal.consent.grounds import CHANNELS
from portal.consent.models import Purpose, Wording
from portal.consent.queries import states
from portal.consent.recording import keep_wording, record
from portal.consent.rules import PurposeClass
from portal.core.actor import require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.delivery import leaving
from portal.delivery.models import Delivery
from portal.privacy_notice import service as privacy_notice
from portal.transfers import service as transfers

LINK = "link"


class BadRequest(Misfit):
    """The request cannot be made so. `field` is where it is mended."""


class BadAnswer(Misfit):
    """The answer is not whole. `field` is where it is mended."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to ask for."""

    purpose_id: int
    causes: str
    officer: str
    channels: Sequence[str]
    greeting: str = ""


def ask(name: str, wish: Wish, group_ids: Sequence[int]) -> Campaign:
    """Make the draft of a request to these groups. Raises BadRequest."""
    require(Permission.CAMPAIGN_EDIT)
    asked = _asked(wish)
    if not group_ids:
        raise BadRequest("Choose at least one group to ask.", "groups")
    with transaction():
        campaign = campaigns.create(name, purpose_id=wish.purpose_id, purpose=PurposeClass.CONSENT_REQUEST)
        kept = keep_wording(wording(asked))
        ConsentRequest.create(
            campaign_id=campaign.id, officer=wish.officer, causes=wish.causes, greeting=wish.greeting,
            channels=list(asked.channels), wording_id=kept.id,
        )  # fmt: skip
        campaigns.say(campaign, SUBJECT.format(name=asked.organisation), body(asked))
        sending.choose_audience(campaign, group_ids, [])
    return campaigns.find(campaign.id)


def _asked(wish: Wish) -> Asked:
    """The words of a wish, checked: a request promotes nothing (DM-5)."""
    purpose = purposes.find(wish.purpose_id)
    chosen = tuple(channel for channel in CHANNELS if channel in wish.channels)
    if not chosen:
        raise BadRequest("Choose at least one way to write.", "channels")
    for field in ("causes", "greeting"):
        if word := sounds_like_appeal("", getattr(wish, field)):
            words = f"This sounds like an appeal (“{word}”). A request may ask for nothing but an answer."
            raise BadRequest(words, field)
    org = current_org()
    return Asked(org.name, wish.officer, purpose.name, wish.causes, chosen, wish.greeting, transfers.clause())


@dataclass(frozen=True)
class Line:
    """A request with what came of it."""

    campaign: Campaign
    outcomes: dict[str, int]

    @property
    def asked(self) -> int:
        return sum(self.outcomes.values())


def recent(limit: int, offset: int = 0) -> list[Line]:
    """The requests, the newest first, each with the answers."""
    mine = _requests().order_by(Campaign.id.desc()).limit(limit).offset(offset)
    found = list(mine)
    counts = approaching.outcomes_of([campaign.id for campaign in found])
    return [Line(campaign, counts[campaign.id]) for campaign in found]


def count() -> int:
    return int(_requests().count())


def _requests():  # type: ignore[no-untyped-def] # a query of peewee
    return Campaign.select().where(Campaign.purpose == str(PurposeClass.CONSENT_REQUEST))


@dataclass(frozen=True)
class Question:
    """What one person is asked, and what he has answered so far."""

    delivery: Delivery
    request: ConsentRequest
    wording: Wording
    purpose: Purpose
    answer: ConsentAnswer | None
    is_held: bool = False  # whether what is on record is still what the answer said


def question(delivery: Delivery) -> Question | None:
    """The question that this message asked; None when it was no request, or never left."""
    request = ConsentRequest.get_or_none(ConsentRequest.campaign_id == delivery.campaign_id)
    if request is None or delivery.handed_at is None or not delivery.mac or ":" in delivery.mac:
        return None
    campaign = Campaign.get_by_id(delivery.campaign_id)
    answers = ConsentAnswer.select().where(ConsentAnswer.delivery_id == delivery.id)
    words, purpose = Wording.get_by_id(request.wording_id), Purpose.get_by_id(campaign.purpose_id)
    last: ConsentAnswer | None = answers.order_by(ConsentAnswer.id.desc()).first()
    is_held = last is not None and _is_held(last, purpose.id, request.channels)
    return Question(delivery, request, words, purpose, last, is_held)


def _is_held(last: ConsentAnswer, purpose_id: int, asked: Sequence[str]) -> bool:
    """Whether nothing was said since that took the place of this answer, such as unsubscribing."""
    held = states([last.contact_id]).get(last.contact_id, {})
    if last.answer == "granted":
        return all(of(held, purpose_id, channel).standing == "proven" for channel in last.channels)
    return all(of(held, purpose_id, channel).is_refused for channel in asked)


def answer(asked: Question, *, is_yes: bool, channels: Sequence[str], name: str, address: str, agent: str) -> None:
    """Keep what the person says. The same answer twice is kept once, unless something else was said between; another
    one takes its place. Raises BadAnswer.
    """
    chosen = [channel for channel in asked.request.channels if channel in channels] if is_yes else []
    if is_yes and not chosen:
        raise BadAnswer("Tick at least one way in which we may write to you.", "channels")
    if is_yes and not name:
        raise BadAnswer("Type your name: it is your signature.", "name")
    kind = "granted" if is_yes else "withheld"
    delivery = asked.delivery
    with transaction():
        lock(Delivery.select().where(Delivery.id == delivery.id)).get()
        before = question(delivery)
        last = before.answer if before and before.is_held else None
        if last and (last.answer, list(last.channels)) == (kind, chosen):
            return
        ConsentAnswer.create(
            contact_id=delivery.contact_id, delivery_id=delivery.id, answer=kind, channels=chosen, signed_name=name,
            address=address, agent=agent[:300], wording_id=asked.wording.id,
        )  # fmt: skip
        held = list(before.answer.channels) if before and before.answer else []
        _record(asked, "granted", chosen, name)
        if is_yes:  # a way that is left unticked is not refused; one that was agreed to before is taken back
            _record(asked, "withdrawn", [channel for channel in held if channel not in chosen], name)
        else:
            _record(asked, "withheld", asked.request.channels, name)
        if chosen and transfers.ABROAD_WORDS in asked.wording.text:
            transfers.agree(delivery.contact_id, chosen, asked.wording.id)
        if delivery.channel in chosen:  # whoever says yes himself takes back that he had unsubscribed himself
            leaving.come_back(delivery.contact_id, delivery.channel, delivery.mac)
        approaching.answered(delivery.channel, delivery.mac, kind)


def _record(asked: Question, kind: str, channels: Sequence[str], name: str) -> None:
    if channels:
        record(
            [asked.delivery.contact_id], purpose_id=asked.purpose.id, channels=channels, kind=kind, proof="proven",
            method=LINK, detail=_detail(name), wording_id=asked.wording.id, at=now(),
        )  # fmt: skip


def _detail(name: str) -> str:
    """How it was signed, and which privacy notice stood at the foot of the page (P-18-2)."""
    version = privacy_notice.version_now()
    notice = f"Privacy notice: version {version}" if version else ""
    return "; ".join(filter(None, [f"Signed as {name}" if name else "", notice]))


def erase(contact_ids: list[int]) -> None:
    ConsentAnswer.delete().where(ConsentAnswer.contact_id.in_(contact_ids)).execute()

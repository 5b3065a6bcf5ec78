"""What the portal can do with campaigns: write one, look at it as a contact, try it on oneself."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.accounts.models import User
from portal.activity import log
from portal.campaigns import attachments, foot, merge, merge_fields, senders
from portal.campaigns.appeal_rules import sounds_like_appeal
from portal.campaigns.cleaning import from_editor, is_empty, undescribed_pictures
from portal.campaigns.letter import Letter, Mailbox, Written, write
from portal.campaigns.models import DRAFT, Campaign
from portal.consent import purposes
from portal.consent.models import Purpose
from portal.consent.queries import sender_facts
from portal.consent.rules import IDENTITY, Aim, PurposeClass
from portal.contacts import queries as contacts
from portal.contacts.models import Address, Contact, Email, Field
from portal.core.actor import current_actor, require, seeing_everything
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import message_key
from portal.core.permissions import Denied, Permission
from portal.delivery import system_mail, tracking, transport
from portal.delivery.mime import Message, build

WRITABLE = ("name", "subject", "preheader", "body", "sender_id", "is_tracked", "is_sensitive")
ANSWER = "Answer yes or no"
TEXTS = ("name", "subject", "preheader", "body")


class CampaignNotFound(LookupError):
    pass


class Begun(ValueError):
    """The campaign is being sent or was sent; what it says stays as it is."""


class Undeclared(ValueError):
    """Something is said to be no direct marketing, without the reason for it."""


class Stale(Exception):
    """Somebody else changed the campaign since the form was made. Nothing was saved."""


@dataclass(frozen=True)
class Check:
    """One thing that must be right before a campaign can leave."""

    is_done: bool
    words: str
    endpoint: str = ""


def create(
    name: str, *, purpose_id: int | None = None, purpose: PurposeClass | None = None, reason: str = ""
) -> Campaign:
    """A new draft for a purpose of the register; without one, for the organisation's first. It is of that purpose's
    class unless another is declared: see set_purpose.
    """
    require(Permission.CAMPAIGN_EDIT)
    chosen = purposes.find(purpose_id) if purpose_id is not None else purposes.first()
    declared = _declared(chosen, purpose, reason)
    with transaction():
        made = Campaign.create(name=name, author_id=current_actor().user_id, **declared)
        log.write("campaign.added", subject_id=made.id, name=name, purpose=chosen.name)
    return made


def set_purpose(campaign: Campaign, purpose_id: int, purpose: PurposeClass | None = None, reason: str = "") -> None:
    """Say what a draft is for. Raises Undeclared, Denied or Begun."""
    require(Permission.CAMPAIGN_EDIT)
    if is_request(campaign) or purpose is PurposeClass.CONSENT_REQUEST:
        raise Begun("What a request for consent says is made from its own form.")
    chosen = purposes.find(purpose_id)
    declared = _declared(chosen, purpose, reason)
    changes = {k: [getattr(campaign, k), v] for k, v in declared.items() if getattr(campaign, k) != v}
    if not changes:
        return
    with transaction():
        saved = (
            Campaign.update(**declared, updated_at=now())
            .where(Campaign.id == campaign.id, Campaign.state == DRAFT)
            .execute()
        )
        if not saved:
            raise Begun("This campaign has begun; what it is for stays as it is.")
        told = {"purpose" if k == "purpose_id" else f"its {k}": pair for k, pair in changes.items()}
        log.write("campaign.purpose_changed", subject_id=campaign.id, changes=told, name=chosen.name)


def _declared(chosen: Purpose, purpose: PurposeClass | None, reason: str) -> dict[str, Any]:
    """The columns of what a campaign is for. To take marketing for something else needs the right to approve and the
    reason, which is kept (POPIA s 69).
    """
    kind = purpose or PurposeClass(chosen.purpose_class)
    reason = reason.strip()
    is_asking = kind is PurposeClass.CONSENT_REQUEST  # it promotes nothing: its words are made, not written
    if kind != chosen.purpose_class == PurposeClass.DIRECT_MARKETING and not is_asking:
        if not reason:
            raise Undeclared("Say why this is not direct marketing; the reason is kept with the campaign.")
        if not current_actor().may(Permission.CAMPAIGN_APPROVE):
            raise Denied("Only who may approve campaigns can say that this is not direct marketing.")
    is_other = kind != chosen.purpose_class
    return {"purpose_id": chosen.id, "purpose": str(kind), "purpose_reason": reason if is_other else ""}


def what_for(campaign: Campaign) -> tuple[int, str]:
    """What a form shows: the purpose, and the kind of message where it is another than the purpose's."""
    purpose = purposes.find(campaign.purpose_id) if campaign.purpose_id else purposes.first()
    return purpose.id, campaign.purpose if campaign.purpose != purpose.purpose_class else ""


def hidden_appeal(campaign: Campaign) -> str:
    """The word by which a text that is called something else asks for gifts; else ""."""
    if campaign.purpose == PurposeClass.DIRECT_MARKETING:
        return ""
    return sounds_like_appeal(campaign.subject, campaign.body)


def aim_of(campaign: Campaign) -> Aim:
    """What the gate must know of a campaign."""
    return Aim(PurposeClass(campaign.purpose), campaign.purpose_id, campaign.channel)


def find(campaign_id: int) -> Campaign:
    found = Campaign.get_or_none(Campaign.id == campaign_id)
    if found is None:
        raise CampaignNotFound("There is no such campaign.")
    return found


def change(campaign: Campaign, version: int, **values: Any) -> Campaign:
    """Save what was written, cleaned. Raises BadField, Begun, or Stale when somebody else saved meanwhile."""
    require(Permission.CAMPAIGN_EDIT)
    if campaign.state != DRAFT:
        raise Begun("This campaign has begun; what it says stays as it is.")
    if is_request(campaign):
        raise Begun("What a request for consent says is made from its own form.")
    kept = {name: values[name] for name in WRITABLE if name in values}
    if "body" in kept:
        kept["body"] = from_editor(kept["body"])
    if kept.get("sender_id") is not None:
        senders.find(kept["sender_id"])
    before = {name: getattr(campaign, name) for name in (*TEXTS, "is_sensitive")}
    after = {**before, **kept}
    shown = merge_fields.check(_plain(after), _plain(before), may_be_sensitive=bool(after["is_sensitive"]))
    require_sight(_written(after))
    changes = {
        name: [getattr(campaign, name), value] for name, value in kept.items() if getattr(campaign, name) != value
    }
    if not changes:
        return campaign
    with transaction():
        saved = (
            Campaign.update(**kept, version=Campaign.version + 1, updated_at=now())
            .where(Campaign.id == campaign.id, Campaign.version == version, Campaign.state == DRAFT)
            .execute()
        )
        if not saved:
            raise Stale("Somebody changed this while you were writing.")
        told = {name: pair for name, pair in changes.items() if name != "body"}
        sensitive = [field.name for field in merge_fields.more_than_ordinary(shown.values())]
        more: dict[str, Any] = {"sensitive": sensitive} if sensitive else {}
        log.write("campaign.changed", subject_id=campaign.id, changes=told, body=("body" in changes), **more)
    return find(campaign.id)


def is_request(campaign: Campaign) -> bool:
    """Whether this asks people for their consent: what it says is made by portal.asking."""
    return campaign.purpose == PurposeClass.CONSENT_REQUEST


def say(campaign: Campaign, subject: str, body: str) -> None:
    """Put the words of a request for consent into its draft. Belongs to the caller's transaction; raises Begun."""
    require(Permission.CAMPAIGN_EDIT)
    saved = (
        Campaign.update(subject=subject, body=body, is_tracked=0, version=Campaign.version + 1, updated_at=now())
        .where(Campaign.id == campaign.id, Campaign.state == DRAFT)
        .execute()
    )
    if not saved:
        raise Begun("This request has begun; what it says stays as it is.")
    log.write("campaign.changed", subject_id=campaign.id, changes={"subject": [campaign.subject, subject]}, body=True)


def remove(campaign: Campaign) -> None:
    """Throw a draft away."""
    require(Permission.CAMPAIGN_EDIT)
    if campaign.state != DRAFT:
        raise Begun("Only a draft can be thrown away.")
    with transaction():
        log.write("campaign.removed", subject_id=campaign.id, name=campaign.name)
        Campaign.delete().where(Campaign.id == campaign.id, Campaign.state == DRAFT).execute()


def before_sending(campaign: Campaign) -> list[Check]:
    """What must be right before this can leave, each with where it is mended."""
    _, missing = sender_facts()
    identity = [
        Check(False, f"Your organisation's {IDENTITY[name]} is not set", "settings.organisation") for name in missing
    ]
    checks = identity or [Check(True, "Who you are and how to reach you")]
    checks.append(Check(bool(campaign.subject.strip()), "A subject"))
    checks.append(Check(not is_empty(campaign.body), "Something to read"))
    if undescribed_pictures(campaign.body):
        checks.append(Check(False, "A description for each picture: choose it and write under it"))
    checks += _checks_of_fields(campaign)
    checks.append(Check(True, "A way to unsubscribe, which is put in for you"))
    return checks


def _checks_of_fields(campaign: Campaign) -> list[Check]:
    """What is wrong with the designed fields it names: gone since, or become more than ordinary since."""
    is_approved = campaign.letter is not None
    with seeing_everything():
        known = _fields_of(campaign)
    named = {} if is_approved else merge.named(_text_of(campaign))
    gone = [name for key, name in named.items() if key not in merge.FIELDS and key not in known]
    checks = [Check(False, f"The field “{name}” is not there any more: take it out") for name in gone]
    if not campaign.is_sensitive and merge_fields.more_than_ordinary(known.values()):
        way_out = "cancel it and write it again" if is_approved else "tick that it may be shown"
        checks.append(Check(False, f"A field of it is more than ordinary information: {way_out}"))
    return checks


def fields_shown(campaign: Campaign) -> list[str]:
    """The names of the fields in it that are more than ordinary."""
    return [field.name for field in merge_fields.more_than_ordinary(_fields_of(campaign).values())]


def _fields_of(campaign: Campaign) -> dict[str, Field]:
    """The designed fields it shows, as far as the actor may see them: those approved, or those it names now."""
    if campaign.letter is not None:
        return merge_fields.of_ids(Letter.from_data(campaign.letter).fields)
    return merge_fields.named_in(_text_of(campaign))


def letter_of(campaign: Campaign, *, offers_removal: bool = False) -> Letter:
    """The letter as it would be approved now. Its foot leads to the removal of one's details where the organisation
    always offers that, or this time (R26).
    """
    asks = is_request(campaign)
    return Letter(
        subject=campaign.subject,
        preheader=campaign.preheader,
        body=campaign.body,
        is_tracked=bool(campaign.is_tracked) and tracking.is_on(),
        button=ANSWER if asks else "",
        fields={key: field.id for key, field in merge_fields.named_in(_text_of(campaign)).items()},
        base_url=transport.base_url(),
        mailbox=senders.mailbox_of(campaign.sender_id),
        **foot.parts(foot.current(), is_request=asks, with_removal=offers_removal),
    )


def mailbox_of(campaign: Campaign) -> Mailbox:
    """Whom the campaign comes from: as it was approved, or as it would be now."""
    if campaign.letter is not None:
        return Letter.from_data(campaign.letter).mailbox
    return senders.mailbox_of(campaign.sender_id)


def as_seen_by(campaign: Campaign, contact: Contact | None) -> Written:
    """The campaign as this contact would get it; without one, as somebody of whom nothing is known."""
    require_sight_of(campaign)
    letter = letter_of(campaign)
    values = values_of(contact) if contact else {}
    if contact and letter.fields:
        values |= merge_fields.values_of([contact.id], merge_fields.of_ids(letter.fields)).get(contact.id, {})
    ways = ("unsubscribe", "own page", "removal", "why", "complaint", "answer")
    return write(letter, values, dict.fromkeys(ways, f"{transport.base_url()}/"))


def values_of(contact: Contact) -> dict[str, str]:
    """What the merge fields become for a contact, as far as the actor may see it."""
    emails = contacts.parts_of(Email, [contact.id]).get(contact.id, [])
    addresses = contacts.parts_of(Address, [contact.id]).get(contact.id, [])
    return {
        "first name": contact.preferred_name or contact.first_name,
        "last name": contact.last_name,
        "name": contacts.name_of(contact),
        "title": contact.title,
        "organisation": contact.organisation,
        "email": emails[0].address if emails else "",
        "town": addresses[0].city if addresses else "",
    }


def send_test(campaign: Campaign, contact: Contact | None) -> str:
    """Send the campaign to the user who asks, as this contact would get it; return the address it goes to (R18)."""
    require(Permission.CAMPAIGN_EDIT)
    actor = current_actor()
    user = User.get_or_none(User.id == actor.user_id)
    if user is None:
        raise Denied("A test goes to the person who asks for it; sign in first.")
    written = as_seen_by(campaign, contact)
    mailbox = senders.mailbox_of(campaign.sender_id)
    with transaction():
        key = message_key(actor.org_id, f"test:{campaign.id}:{user.id}:{now().timestamp()}")
        raw = build(
            Message(
                sender_name=mailbox.name,
                sender=mailbox.email,
                recipient_name=user.name,
                recipient=user.email,
                subject=f"[Test] {written.subject}",
                text=written.text,
                html=written.html,
                message_id=f"<{key}@{mailbox.email.partition('@')[2]}>",
                date=now(),
                reply_to=mailbox.reply_to,
                headers={"X-Auto-Response-Suppress": "OOF, AutoReply"},
                files=attachments.files_of(campaign.id),
            )
        )
        system_mail.send(user.id, "test", user.email, mailbox.email, raw, subject_id=campaign.id)
        log.write("campaign.tested", subject_id=campaign.id)
    return str(user.email)


def recent(limit: int, offset: int = 0) -> list[Campaign]:
    return list(Campaign.select().order_by(Campaign.id.desc()).limit(limit).offset(offset))


def count() -> int:
    return int(Campaign.select().count())


def require_sight(text: str) -> None:
    """Who may not see a set of data or a field may not write, look at or send a text that shows it (B07)."""
    for read in (text, html.unescape(text)):
        _require_sets(read)
        merge_fields.require_sight(read)


def require_sight_of(campaign: Campaign) -> None:
    """The same of a campaign; once approved, of the fields it shows, however they are called by now."""
    if campaign.letter is None:
        require_sight(_written({name: getattr(campaign, name) for name in TEXTS}))
        return
    letter = Letter.from_data(campaign.letter)
    _require_sets(f"{letter.subject} {letter.preheader} {letter.body}")
    with seeing_everything():
        everything = merge_fields.of_ids(letter.fields)
    if everything.keys() - merge_fields.of_ids(letter.fields).keys():
        raise Denied(merge_fields.HIDDEN)


def _require_sets(text: str) -> None:
    for data_set in merge.data_sets_used(text):
        if not current_actor().sees(data_set):
            raise Denied(merge_fields.HIDDEN)


def _text_of(campaign: Campaign) -> str:
    return _plain({name: getattr(campaign, name) for name in ("subject", "preheader", "body")})


def _plain(texts: Mapping[str, Any]) -> str:
    """What is written, as the tokens in it are read."""
    return html.unescape(_written(texts))


def _written(texts: Mapping[str, Any]) -> str:
    return " ".join(str(texts[name]) for name in TEXTS if name in texts)

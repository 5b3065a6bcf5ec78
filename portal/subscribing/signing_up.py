"""Taking in that somebody asks to be written to: nothing is kept of him but that, and one confirmation leaves.

Whatever is known of the address, the same is done and answered: nobody learns by a form whom an organisation knows.
"""

from dataclasses import dataclass
from datetime import date

from peewee import IntegrityError, fn

from portal.accounts.service import current_org, today
from portal.consent import suppressing
from portal.consent.lifting_rules import SUBSCRIBED
from portal.consent.queries import sender_facts
from portal.consent.recording import keep_wording
from portal.consent.rules import Allow, Facts, PurposeClass, may_send
from portal.contacts.child_rules import is_child
from portal.contacts.emails import EmailAddress, aggressive_form
from portal.core.actor import acting_as, current_actor, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import address_macs, make_token
from portal.core.misfit import Misfit
from portal.core.words import _
from portal.delivery import transport
from portal.signin import captchas
from portal.subscribing import counting, mails, rules, service
from portal.subscribing.entering import Typed
from portal.subscribing.models import FormVersion, SubscribeForm, Subscription
from portal.subscribing.rules import Design, design_of
from portal.transfers import service as transfers

PURPOSE = "s"
WAITING, CONFIRMED, OVER = "waiting", "confirmed", "over"


class CaptchaMissing(Misfit):
    """The digits are wanted, and are missing or wrong."""


@dataclass(frozen=True)
class Origin:
    """Where a request came from: part of the evidence."""

    address: str
    agent: str


@dataclass(frozen=True)
class Tried:
    """The digits that somebody read, and of which captcha."""

    captcha: str = ""
    digits: str = ""


def published(address: str) -> tuple[SubscribeForm, FormVersion] | None:
    """The form of the current organisation at this address, with the version that people see."""
    form = SubscribeForm.get_or_none(SubscribeForm.address == address)
    version = service.newest(form.id) if form else None
    return (form, version) if form and version else None


def shown(form: SubscribeForm, number: str, newest: FormVersion) -> FormVersion:
    """The version from which somebody sent it: one that stands on a web site may be older than the newest."""
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        return newest
    mine = (FormVersion.form_id == form.id) & (FormVersion.version == int(number))
    return FormVersion.get_or_none(mine) or newest


def in_use(design: Design) -> Design:
    """The design without purposes that were put away since."""
    there = {one.id for one in service.choosable()}
    return rules.without_others(design, there)


def is_open(form: SubscribeForm) -> bool:
    """Whether the form takes people in: not while nothing could be sent to them."""
    is_suspended, missing = sender_facts()
    return form.closed_at is None and not is_suspended and not missing and not transfers.without_ground()


def is_under_age(typed: Typed) -> bool:
    """Whether by the birth date that was typed a parent or guardian must be asked (s 35; decision 23)."""
    born = typed.kept.get("birth_date", "")
    return bool(born) and is_child(date.fromisoformat(born), None, False, today())


def take_in(form: SubscribeForm, version: FormVersion, typed: Typed, origin: Origin, tried: Tried) -> None:
    """Count that the form was sent; unless something in it is wrong, keep the wish for a week and send the
    confirmation: once a day to one address, whoever asks. Raises CaptchaMissing while the form is being abused.
    """
    with acting_as(system(current_actor().org_id)):
        asks = counting.asks_captcha(form.id, origin.address)
        counting.count(form.id, origin.address)
        if typed.errors or typed.email is None:
            return
        with transaction():
            if asks and not captchas.is_right(tried.captcha, tried.digits):
                raise CaptchaMissing(_("Type the six digits of the picture, please."), "captcha")
            if not _is_due(typed.email) or not _may_confirm(typed.email, is_abroad=typed.is_abroad):
                return
            row = _keep(form, version, typed.email, typed, origin)
            if row is not None:
                mails.send_confirmation(typed.email.entered, url(row))


def url(row: Subscription) -> str:
    """Where the button of the confirmation leads."""
    return f"{transport.base_url()}/s/{make_token(PURPOSE, row.org_id, row.id)}"


def tidy() -> None:
    """Forget what nobody confirmed: what was typed after a week, that there was something after a month."""
    counting.tidy()
    waiting = (Subscription.state == WAITING) & (Subscription.at < now() - rules.GOOD_FOR)
    emptied = {"state": OVER, "email": "", "typed": {}, "address": "", "agent": ""}
    Subscription.update(**emptied).where(waiting).execute()
    Subscription.delete().where(Subscription.state == OVER, Subscription.at < now() - rules.MONTH).execute()


def _macs(email: EmailAddress) -> list[str]:
    """Of the mailbox: a mail program that reads j.doe+news@ as jdoe@ gets one confirmation, not many."""
    return address_macs(current_actor().org_id, "email", aggressive_form(email.normal))


def _is_due(email: EmailAddress) -> bool:
    mine = Subscription.mac.in_(_macs(email))
    last = Subscription.select(fn.MAX(Subscription.at)).where(mine).scalar()
    late = mine & (Subscription.state != CONFIRMED) & (Subscription.at > now() - rules.MONTH)
    return rules.is_due(last, Subscription.select().where(late).count(), now())


def _may_confirm(email: EmailAddress, *, is_abroad: bool) -> bool:
    """The gate, asked of an address whose owner is nobody yet: what is known of contacts changes nothing here."""
    is_suspended, missing = sender_facts()
    facts = Facts(
        PurposeClass.TRANSACTIONAL, missing=missing, is_suspended=is_suspended,
        is_stopped=not suppressing.may_return(email.normal, SUBSCRIBED),
        lacks_transfer=bool(transfers.without_ground()) or (transfers.relay_asks() and not is_abroad),
    )  # fmt: skip
    return isinstance(may_send(facts, now()), Allow)


def _keep(
    form: SubscribeForm, version: FormVersion, email: EmailAddress, typed: Typed, origin: Origin
) -> Subscription | None:
    """The row of the wish, with the very words that were ticked; None when another of today came first."""
    design, name = design_of(version.design), current_org().name
    said = [[one.id, keep_wording(rules.wording(name, one)).id] for one in design.topics if one.id in typed.topics]
    abroad = keep_wording(rules.agreeing_abroad(transfers.clause())).id if typed.is_abroad else None
    try:
        with transaction():
            return Subscription.create(
                form_id=form.id, version_id=version.id, mac=_macs(email)[0], day=today(),
                email=email.entered, typed=typed.kept, said=said, abroad_wording_id=abroad,
                address=origin.address, agent=origin.agent[:300],
            )  # fmt: skip
    except IntegrityError:
        return None

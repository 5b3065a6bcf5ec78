"""A button in a mail: whoever presses it reads the mail of the address, and is a contact from then on who agreed to
what he ticked (R05; P-11-2). What is kept of somebody who is known already is not overwritten by what was typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.accounts.service import day_of
from portal.activity import log
from portal.consent import approaching, suppressing
from portal.consent.lifting_rules import SUBSCRIBED
from portal.consent.queries import suppression_reasons
from portal.consent.recording import record as say
from portal.consent.rules import PurposeClass
from portal.contacts import queries, record, states
from portal.contacts.address_guards import AddressRefused, check_address
from portal.contacts.child_rules import is_child
from portal.contacts.children import as_the_gate_sees
from portal.contacts.emails import normalise_email
from portal.contacts.models import Address, Contact, Email, Telephone
from portal.contacts.names import display_name, fold
from portal.core.actor import acting_as, current_actor
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.keys import address_macs
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.delivery import leaving
from portal.privacy_notice import service as privacy_notice
from portal.profile import gate, links
from portal.subscribing import mails, rules
from portal.subscribing.models import FormVersion, SubscribeForm, Subscription
from portal.subscribing.rules import Design, design_of
from portal.subscribing.signing_up import CONFIRMED, WAITING, Origin
from portal.transfers import service as transfers

WEB = "web"
_NAMES = ("first_name", "last_name", "organisation", "language")


class TooLate(ValueError):
    """The link is older than a week."""


@dataclass(frozen=True)
class Wish:
    """What a confirmation is about, as its page shows it."""

    row: Subscription
    form: SubscribeForm
    design: Design
    topics: list[str]

    @property
    def is_confirmed(self) -> bool:
        return self.row.state == CONFIRMED

    @property
    def is_over(self) -> bool:
        return self.row.state not in (WAITING, CONFIRMED) or (
            self.row.state == WAITING and rules.is_over(self.row.at, now())
        )


def wish_of(row: Subscription) -> Wish:
    design = design_of(FormVersion.get_by_id(row.version_id).design)
    ticked = {purpose_id for purpose_id, _ in row.said}
    form = SubscribeForm.get_by_id(row.form_id)
    return Wish(row, form, design, [one.name for one in design.topics if one.id in ticked])


def is_still_stopped(row: Subscription) -> bool:
    """Whether something that his own act does not lift keeps the organisation from writing: a complaint."""
    return bool(suppression_reasons([normalise_email(row.email).normal]))


def confirm(row: Subscription, origin: Origin) -> Subscription:
    """The person pressed the button: once, however often he does. Raises TooLate."""
    may = current_actor().permissions | {Permission.CONTACT_READ, Permission.CONTACT_EDIT}
    with acting_as(replace(current_actor(), permissions=may)), transaction():
        lock(Org.select().where(Org.id == row.org_id)).get()  # two that are new with one address are one
        fresh = lock(Subscription.select().where(Subscription.id == row.id)).get()
        if fresh.state == CONFIRMED:
            return fresh
        if wish_of(fresh).is_over:
            raise TooLate("This link is older than a week.")
        _take_in(fresh)
        fresh.state, fresh.confirmed_at = CONFIRMED, now()
        fresh.typed = {}  # it stands with the contact by now, or was not to overwrite what is kept there
        fresh.confirmed_address, fresh.confirmed_agent = origin.address, origin.agent[:300]
        fresh.save(
            only=[
                "state", "typed", "confirmed_at", "confirmed_address", "confirmed_agent", "contact_id", "is_child",
            ]
        )  # fmt: skip
    return fresh


def _take_in(row: Subscription) -> None:
    wish, normal = wish_of(row), normalise_email(row.email).normal
    known = _known(normal, row.typed)
    row.is_child = int(_is_under_age(row) or (known is not None and bool(as_the_gate_sees([known.id]))))
    is_lifted = not row.is_child and suppressing.lift_proven("email", normal, SUBSCRIBED)
    if known is None and suppressing.check_new([normal]):
        return  # what keeps this address away is not lifted by this act
    contact = known or _add(row, wish.form)
    row.contact_id = contact.id
    log.write("contact.subscribed", contact.id, subject_id=wish.form.id, form=wish.form.name)
    if known is None or not row.is_child:
        _join(contact.id, wish.design.group_ids)
    if not row.is_child:
        _agree(row, wish, contact)
        _come_back(row, contact.id, normal, is_lifted=is_lifted)
        _welcome(wish, contact, normal)


def _known(normal: str, typed: dict[str, str]) -> Contact | None:
    """Who has this address here: of several, such as a household, first whoever has the name that was typed. The dead
    sign nothing.
    """
    mine = Email.select(Email.contact_id).where(Email.normal == normal)
    there = Contact.select().where(Contact.id.in_(mine), Contact.erased_at.is_null(), Contact.deceased_on.is_null())
    found = sorted(there, key=lambda one: (not _fits(typed, one), one.archived_at is not None, one.id))
    return found[0] if found else None


def _fits(typed: dict[str, str], contact: Contact) -> bool:
    """Whether the names may be one person's: equal, or one of them not given, as an import judges it."""
    names = [(typed.get(name, ""), getattr(contact, name)) for name in ("first_name", "last_name")]
    return all(not one or not other or fold(one) == fold(other) for one, other in names)


def _add(row: Subscription, form: SubscribeForm) -> Contact:
    typed = row.typed
    values: dict[str, Any] = {name: typed[name] for name in _NAMES if typed.get(name)}
    if born := typed.get("birth_date"):
        values["birth_date"] = date.fromisoformat(born)
    obtained = f"Signed up by the form “{form.name}” on {_day(row)}."
    contact = record.add(source="signed_up", obtained=obtained, kind="person", **values)
    entered = normalise_email(row.email)
    record.add_part(
        Email, contact.id, "contact.email_added", address=entered.entered, normal=entered.normal, is_primary=1
    )
    if (number := typed.get("telephone", "")) and not _is_refused(number):
        record.add_part(Telephone, contact.id, "contact.telephone_added", number=number, is_primary=1)
    if town := typed.get("town"):
        record.add_part(Address, contact.id, "contact.address_added", city=town, country="ZA", is_primary=1)
    return contact


def _is_refused(number: str) -> bool:
    try:
        check_address("sms", number)
    except AddressRefused:
        return True
    return False


def _join(contact_id: int, group_ids: Sequence[int]) -> None:
    """Put him into the groups of the form that are still there and filled by hand."""
    for group in queries.groups_by_hand():
        if group.id in group_ids:
            record.group([contact_id], group.id, group.name)


def _agree(row: Subscription, wish: Wish, contact: Contact) -> None:
    """His own act, proven by the words he ticked and by the link that was sent to him."""
    if contact.archived_at is not None:
        states.unarchive(contact)
    for purpose_id, wording_id in row.said:
        say(
            [contact.id], purpose_id=purpose_id, channels=["email"], kind="granted", proof="proven", method=WEB,
            source="form", detail=_detail(row, wish, contact), wording_id=wording_id, at=now(),
        )  # fmt: skip
    if row.abroad_wording_id:
        transfers.agree(contact.id, ["email"], row.abroad_wording_id)


def _come_back(row: Subscription, contact_id: int, normal: str, *, is_lifted: bool) -> None:
    """He takes back that he had unsubscribed himself; and who was asked for consent has answered."""
    macs = address_macs(row.org_id, "email", normal)
    if not leaving.come_back(contact_id, "email", macs[0]) and is_lifted:
        log.write("contact.resubscribed", contact_id)
    for mac in macs:
        approaching.answered("email", mac, "granted")


def _detail(row: Subscription, wish: Wish, contact: Contact) -> str:
    """By which form, which version of it and of the privacy notice, and under which name, if that is another."""
    version = FormVersion.get_by_id(row.version_id).version
    notice = privacy_notice.version_now()
    name = display_name(row.typed.get("first_name", ""), row.typed.get("last_name", ""))
    return "; ".join(
        filter(
            None,
            [
                f"Form “{wish.form.name}”, version {version}, of {_day(row)}, confirmed by the link in a message",
                f"Privacy notice: version {notice}" if notice else "",
                f"Signed up as {name}" if name and not _fits(row.typed, contact) else "",
            ],
        )
    )


def _welcome(wish: Wish, contact: Contact, normal: str) -> None:
    if not wish.design.has_welcome or gate.refusal(contact, normal, PurposeClass.TRANSACTIONAL):
        return
    email = Email.get(Email.contact_id == contact.id, Email.normal == normal)
    mails.send_welcome(email.address, wish.design, links.make(contact, email, None))


def _is_under_age(row: Subscription) -> bool:
    born = (row.typed or {}).get("birth_date", "")
    return bool(born) and is_child(date.fromisoformat(born), None, False, now().date())


def _day(row: Subscription) -> str:
    day = day_of(row.at)
    return f"{day.day} {day:%b %Y}"

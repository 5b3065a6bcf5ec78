"""Designing forms by which people subscribe, publishing them, and how many came by each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from peewee import IntegrityError, fn

from portal.accounts.service import current_org
from portal.activity import log
from portal.consent import purposes
from portal.consent.models import Purpose
from portal.consent.rules import PurposeClass
from portal.contacts import queries
from portal.contacts.models import Group
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.text import InvalidText, clean_text
from portal.delivery import transport
from portal.subscribing.models import FormVersion, SubscribeForm, Subscription
from portal.subscribing.rules import (
    FIELDS,
    HOW_ASKED,
    LONGEST,
    Design,
    Topic,
    address_of,
    design_of,
    first_design,
    is_address,
)

ABOUT = (PurposeClass.DIRECT_MARKETING, PurposeClass.INFORMATION)


class FormNotFound(LookupError):
    pass


class BadForm(Misfit):
    """The form cannot be kept or published so. `field` is where it is mended."""


class Stale(ValueError):
    """Somebody else changed the form meanwhile."""


@dataclass(frozen=True)
class Line:
    """A form of the list: the version that people see, 0 for none, and how many asked and confirmed."""

    form: SubscribeForm
    version: int
    asked: int
    confirmed: int


def lines() -> list[Line]:
    """All forms, the newest first: three queries."""
    published = FormVersion.select(FormVersion.form_id, fn.MAX(FormVersion.version)).group_by(FormVersion.form_id)
    versions = dict(published.tuples())
    counts: dict[int, dict[str, int]] = {}
    query = Subscription.select(Subscription.form_id, Subscription.state, fn.COUNT(Subscription.id))
    for form_id, state, count in query.group_by(Subscription.form_id, Subscription.state).tuples():
        counts.setdefault(form_id, {})[state] = count
    return [
        Line(form, versions.get(form.id, 0), sum(mine.values()), mine.get("confirmed", 0))
        for form in SubscribeForm.select().order_by(SubscribeForm.id.desc())
        for mine in [counts.get(form.id, {})]
    ]


def find(form_id: int) -> SubscribeForm:
    found = SubscribeForm.get_or_none(SubscribeForm.id == form_id)
    if found is None:
        raise FormNotFound("There is no such form.")
    return found


def add(name: str, address: str = "") -> SubscribeForm:
    """Begin a form. Raises BadForm."""
    require(Permission.SETTINGS)
    name = _clean("name", name, 80)
    if not name:
        raise BadForm("Give it a name, such as Newsletter.", "name")
    address = address.strip().lower() or address_of(name)
    if not is_address(address):
        raise BadForm("Use small letters, digits and hyphens only, such as open-day.", "address")
    first = [one for one in choosable() if one.purpose_class == PurposeClass.DIRECT_MARKETING][:1]
    design = first_design(current_org().name, [_topic(one) for one in first])
    try:
        with transaction():
            made = SubscribeForm.create(name=name, address=address, design=design.kept())
            log.write("form.added", subject_id=made.id, name=name, address=address)
    except IntegrityError as error:
        raise BadForm("Another form has this address already. Choose another word.", "address") from error
    return made


def save(form: SubscribeForm, name: str, design: Design, revision: int) -> None:
    """Keep the draft. Groups that the actor does not see stay chosen. Raises BadForm, and Stale when `revision` is not
    the one kept.
    """
    require(Permission.SETTINGS)
    name, design = checked(form, name, design)
    with transaction():
        fresh = _locked(form)
        if fresh.revision != revision:
            raise Stale("Somebody else changed this form meanwhile.")
        old, new = {"name": fresh.name, **fresh.design}, {"name": name, **design.kept()}
        differing = [key for key in new if old.get(key) != new[key]]
        if not differing:
            return
        values = {"name": name, "design": design.kept(), "revision": revision + 1, "changed_at": now()}
        SubscribeForm.update(**values).where(SubscribeForm.id == fresh.id).execute()
        log.write("form.changed", subject_id=fresh.id, name=name, parts=differing)


def publish(form: SubscribeForm) -> FormVersion:
    """Show the draft to everybody from now on, as a new version. Raises BadForm while something is missing, or when
    nothing is new.
    """
    require(Permission.SETTINGS)
    with transaction():
        fresh = _locked(form)
        design = replace(design_of(fresh.design), topics=_topics_of_today(fresh.design))
        if not design.topics:
            raise BadForm("Choose at least one purpose that people may tick.", "topics")
        before = newest(fresh.id)
        if before and before.design == design.kept():
            raise BadForm("This is what people see already.", "title")
        made = FormVersion.create(
            form_id=fresh.id, version=before.version + 1 if before else 1, design=design.kept(),
            published_by=current_actor().name,
        )  # fmt: skip
        log.write("form.published", subject_id=fresh.id, name=fresh.name, version=made.version)
    return made


def close(form: SubscribeForm) -> None:
    """Take in nobody more. Who was sent a confirmation may still press it."""
    _set_closed(form, "form.closed", is_closed=True)


def reopen(form: SubscribeForm) -> None:
    _set_closed(form, "form.reopened", is_closed=False)


def versions(form: SubscribeForm) -> list[FormVersion]:
    """All that people were shown, the newest first."""
    return list(FormVersion.select().where(FormVersion.form_id == form.id).order_by(FormVersion.version.desc()))


def version(form: SubscribeForm, number: int) -> FormVersion:
    found = FormVersion.get_or_none(FormVersion.form_id == form.id, FormVersion.version == number)
    if found is None:
        raise FormNotFound("There is no such version.")
    return found


def newest(form_id: int) -> FormVersion | None:
    """The version that people see."""
    return FormVersion.select().where(FormVersion.form_id == form_id).order_by(FormVersion.version.desc()).first()


def choosable() -> list[Purpose]:
    """The purposes that people may choose among."""
    return [one for one in purposes.current() if one.purpose_class in ABOUT]


def open_groups() -> list[Group]:
    """The groups that a form may put people into: those filled by hand, as far as the actor sees them."""
    return queries.groups_by_hand()


def topics(purpose_ids: list[int]) -> tuple[Topic, ...]:
    """These purposes in the words of today."""
    return tuple(_topic(one) for one in choosable() if one.id in purpose_ids)


def url(form: SubscribeForm) -> str:
    """Where everybody finds it."""
    return f"{transport.base_url()}/s/{current_org().slug}/{form.address}"


def checked(form: SubscribeForm, name: str, design: Design) -> tuple[str, Design]:
    """The name and design as they are kept. Raises BadForm."""
    name = _clean("name", name, 80)
    words: dict[str, Any] = {key: _clean(key, getattr(design, key), most) for key, most in LONGEST.items()}
    if not name:
        raise BadForm("Give it a name, such as Newsletter.", "name")
    if not words["title"]:
        raise BadForm("Write what stands at its top, such as: News from us.", "title")
    if design.has_welcome and not words["welcome_subject"]:
        raise BadForm("A message needs a subject.", "welcome_subject")
    if design.has_welcome and not words["welcome"]:
        raise BadForm("Write what the welcome says, or send none.", "welcome")
    mine = {one.id for one in open_groups()}
    unseen = [one for one in form.design.get("group_ids", ()) if one not in {g.id for g in queries.visible_groups()}]
    groups = tuple(sorted({one for one in design.group_ids if one in mine} | set(unseen)))
    return name, replace(design, fields=_fields(design.fields), group_ids=groups, **words)


def _fields(chosen: Mapping[str, str]) -> dict[str, str]:
    return {name: chosen[name] for name in FIELDS if chosen.get(name) in HOW_ASKED and chosen[name]}


def _topics_of_today(kept: Mapping[str, object]) -> tuple[Topic, ...]:
    return topics([one.id for one in design_of(kept).topics])


def _topic(purpose: Purpose) -> Topic:
    return Topic(purpose.id, purpose.name, purpose.description)


def _set_closed(form: SubscribeForm, action: str, *, is_closed: bool) -> None:
    require(Permission.SETTINGS)
    with transaction():
        changed = SubscribeForm.update(closed_at=now() if is_closed else None).where(
            SubscribeForm.id == form.id, SubscribeForm.closed_at.is_null(is_closed)
        )
        if changed.execute():
            log.write(action, subject_id=form.id, name=form.name)


def _locked(form: SubscribeForm) -> SubscribeForm:
    return lock(SubscribeForm.select().where(SubscribeForm.id == form.id)).get()


def _clean(field: str, text: str, most: int) -> str:
    is_long = field in ("intro", "thanks", "welcome")
    try:
        return clean_text(text, max_length=most, lines=is_long)
    except InvalidText as error:
        raise BadForm(str(error), field) from error

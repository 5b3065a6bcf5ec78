"""Groups: the list by categories, adding, changing and removing one, and putting a rule together with a live count."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, request, url_for

from portal.contacts import groups, queries
from portal.contacts.facts import Fact, all_facts
from portal.contacts.group_forms import GroupForm, RuleDraft, draft_of, group_form, read_rule
from portal.contacts.group_rules import InvalidRule
from portal.contacts.membership import is_whole
from portal.contacts.models import Group
from portal.contacts.open_groups import NotForPeople
from portal.contacts.sensitive import CLASSES, NoAuthorisation, sounds_special
from portal.core.actor import current_actor
from portal.core.permissions import Permission, Sensitivity
from portal.web.access import needs
from portal.web.htmx import done, page_or_part

bp = Blueprint("groups", __name__, url_prefix="/groups")


@bp.get("")
@needs(Permission.CONTACT_READ)
def index() -> Response:
    found = queries.visible_groups()
    by_category = sorted(found, key=lambda group: (not group.category, group.category.casefold()))
    return page_or_part(
        "groups/index.html", "groups/_list.html",
        count=len(found), sizes=queries.group_sizes(),
        categories=[(name, list(some)) for name, some in groupby(by_category, key=lambda group: group.category)],
        rules={group.id: groups.words(group.rule) for group in found if group.rule is not None},
        classes={one: words for one, (words, _) in CLASSES.items()}, hints={group.id: _hint(group) for group in found},
    )  # fmt: skip


@bp.get("/new")
@needs(Permission.CONTACT_EDIT)
def new() -> Response:
    """An empty form, or one with the rule in the page's address: a list of contacts to be kept as a group."""
    form, facts = group_form(formdata=None), all_facts()
    if "lines" not in request.args:
        return _edit(None, form, draft_of(None, facts))
    form.how.data = "rule"
    return _edit(None, form, read_rule(request.args, facts))


@bp.post("")
@needs(Permission.CONTACT_EDIT)
def add() -> Response:
    form, draft = group_form(), read_rule(request.form, all_facts())
    if _is_sound(form, draft):
        rule = draft.rule if form.how.data == "rule" else None
        if _saves(form, lambda: groups.add_group(form.name.data or "", details=form.details(), rule=rule)):
            return done(url_for("groups.index"))
    return _edit(None, form, draft, 422)


@bp.post("/rule")
@needs(Permission.CONTACT_EDIT)
def draft_new() -> Response:
    """A line more or less, another question, the count: of a group that is not there yet. Saves nothing."""
    return _draft(None)


@bp.get("/<int:group_id>/edit")
@needs(Permission.CONTACT_EDIT)
def edit(group_id: int) -> Response:
    group = groups.find_group(group_id)
    form = group_form(group, formdata=None)
    form.how.data = "hand" if group.rule is None else "rule"
    return _edit(group, form, draft_of(group.rule, all_facts()))


@bp.post("/<int:group_id>")
@needs(Permission.CONTACT_EDIT)
def change(group_id: int) -> Response:
    group = groups.find_group(group_id)
    form, draft = group_form(group), read_rule(request.form, all_facts())
    if not _may_rule(group):
        form.how.data = "hand"
    elif group.rule is not None:
        form.how.data = "rule"
    if _is_sound(form, draft):
        rule = draft.rule if form.how.data == "rule" else None
        if _saves(form, lambda: groups.change_group(group.id, form.name.data or "", form.details(), rule)):
            return done(url_for("groups.index"))
    return _edit(group, form, draft, 422)


@bp.post("/<int:group_id>/rule")
@needs(Permission.CONTACT_EDIT)
def draft(group_id: int) -> Response:
    """The same of a group that is there. Saves nothing."""
    return _draft(groups.find_group(group_id))


@bp.get("/<int:group_id>/removal")
@needs(Permission.CONTACT_DELETE, fresh=True)
def ask_removal(group_id: int) -> Response:
    group = groups.find_group(group_id)
    size = queries.group_sizes().get(group.id, 0)
    return page_or_part("groups/remove.html", "groups/_remove.html", group=group, size=size)


@bp.post("/<int:group_id>/removal")
@needs(Permission.CONTACT_DELETE, fresh=True)
def remove(group_id: int) -> Response:
    groups.remove_group(group_id)
    return done(url_for("groups.index"))


def _draft(group: Group | None) -> Response:
    """The rule as typed so far. What cannot be asked is refused; what is only not finished yet is not."""
    facts = all_facts()
    asked = read_rule(request.form, facts)
    names = {name for key, name in request.form.items() if key.startswith("fact-") and name}
    part = "groups/_count.html" if request.form.get("act") == "count" else "groups/_rule.html"
    return _edit(group, group_form(group), asked, 422 if names - set(facts) else 200, part=part, is_draft=True)


def _edit(
    group: Group | None, form: GroupForm, draft: RuleDraft, status: int = 200, *,
    part: str = "groups/_edit.html", is_draft: bool = False,
) -> Response:  # fmt: skip
    rule = draft.rule
    return page_or_part(
        "groups/edit.html", part, status,
        group=group, form=form, draft=draft, is_draft=is_draft, facts=_by_heading(), categories=groups.categories(),
        shows_errors=status == 422 or request.form.get("act") == "count",
        may_rule=_may_rule(group), hint=_hint(group) if group else "",
        found=queries.count_found(rule) if rule else None, words=groups.words(rule) if rule else "",
        kept=groups.words(group.rule) if group and group.rule else "", is_whole=_is_whole(group),
    )  # fmt: skip


def _by_heading() -> list[tuple[str, list[Fact]]]:
    """What can be asked, under its headings, in the order in which it is registered."""
    found: dict[str, list[Fact]] = {}
    for fact in all_facts().values():
        found.setdefault(fact.heading, []).append(fact)
    return list(found.items())


def _may_rule(group: Group | None) -> bool:
    """Whether the form offers a rule: for a new or empty group, or another rule for a group that has one."""
    if group is None:
        return True
    return current_actor().only_group != group.id and (group.rule is not None or groups.is_empty(group))


def _is_whole(group: Group | None) -> bool:
    return group is None or is_whole(group)


def _is_sound(form: GroupForm, draft: RuleDraft) -> bool:
    is_valid = form.validate()
    return bool(is_valid) and (form.how.data != "rule" or draft.rule is not None)


def _saves(form: GroupForm, save: Any) -> bool:
    """Save, or put the reason why not at the field it is about."""
    try:
        save()
    except groups.GroupNameTaken as error:
        form.name.errors = [str(error)]
    except NoAuthorisation as error:
        form.authorisation.errors = [str(error)]
    except NotForPeople as error:
        form.is_open.errors = [str(error)]
    except (groups.NotEmpty, InvalidRule) as error:
        form.how.errors = [str(error)]
    else:
        return True
    return False


def _hint(group: Group) -> str:
    """What the name seems to tell of people while the group is said to be ordinary."""
    return sounds_special(group.name) if group.sensitivity == Sensitivity.ORDINARY else ""

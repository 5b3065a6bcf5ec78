"""Everybody who lacks a right, and everybody who has that right alone, tries every route."""

import pytest

from portal.accounts.models import Membership
from portal.accounts.service import actor_for
from portal.core.actor import Actor
from portal.core.permissions import RIGHTS, Permission, Role
from tests.planting import Planted
from tests.walker_checks import check_guesses
from tests.walking import Address, Ear, Walk, digest, expected, found_forms, rules, search, set_rights, typed

pytestmark = pytest.mark.each_database

SIGHTS = [word for word, right in RIGHTS.items() if right.data_set] + ["notes", "documents"]
ACTS = [word for word in RIGHTS if word not in SIGHTS]
# Which canaries stood in the answer to this role, or might have been lost by it: by method and address.
Told = dict[tuple[Role, str, str], set[str]]
Rights = tuple[Role, tuple[str, ...], tuple[str, ...]]
ROLES: dict[str, Rights] = {str(role): (role, (), ()) for role in Role}
WITHOUT: dict[str, Rights] = {f"an owner without {word}": (Role.OWNER, (word,), ()) for word in RIGHTS}
SEEING_ONLY: dict[str, Rights] = {
    f"a reader seeing only {word}": (Role.READER, tuple(one for one in SIGHTS if one != word), (word,))
    for word in SIGHTS
}
DOING_ONLY: dict[str, Rights] = {f"a reader with {word}": (Role.READER, (), (word,)) for word in ACTS}
READING = "an owner who may only read a page"
OF_PAGES: dict[str, Rights] = {
    "an owner without a page": (Role.OWNER, ("page:{page_id}",), ()),
    READING: (Role.OWNER, ("page-write:{page_id}",), ()),
}
EVERYBODY = {**ROLES, **WITHOUT, **SEEING_ONLY, **DOING_ONLY, **OF_PAGES}
LESS_THAN_AN_OWNER = [str(Role.OWNER), *WITHOUT, *OF_PAGES]
MORE_THAN_A_READER = [
    str(Role.READER),
    *(role for role in ROLES if role not in ("owner", "reader")),
    *SEEING_ONLY,
    *DOING_ONLY,
]
FEW = (
    "owner",
    "reader",
    "an owner without telephone",
    "a reader seeing only notes",
    "a reader with import",
    "an owner without a page",
)
# What takes contacts away, or parts of them, on purpose; everything else keeps what it does not show.
TAKING_AWAY = {"erasing.remove_chosen", "campaigns.remove", "groups.remove", "reports.remove"}


def forbidden(actor: Actor, ours: Planted, theirs: Planted) -> set[str]:
    """The canaries that this actor must meet nowhere."""
    found = {*theirs.every, "cnryb"}
    for word, right in RIGHTS.items():
        is_lacking = right.permissions and not right.permissions & actor.permissions
        if is_lacking or (right.data_set and not actor.sees(right.data_set)):
            found |= ours.canaries.get(word, set())
    for word in Permission:
        found |= ours.canaries.get(word, set()) if word not in actor.permissions else set()
    for number in actor.hidden_pages:
        found |= ours.canaries.get(f"page:{number}", set())
    if actor.hidden or "note.read" not in actor.permissions:  # a file that a colleague brought may hold all of it
        found |= ours.canaries["import"]
    return found


def worth_trying(who: str, to: Address, ours: Planted, told: Told, hidden: set[str]) -> bool:
    """Whether the answer can be another than that for an owner or a reader, who try everything before: a right is not
    missed where it is not asked for, where nothing of what it hides was told, and where nothing was written.
    """
    if who in ROLES:
        return True
    _, denied, granted = EVERYBODY[who]
    word = (granted or denied)[0].format(**ours.ids)
    about = ours.canaries.get(word, set())
    if who == READING:
        return bool(to.names & {"page_id", "field_id"})
    if who in SEEING_ONLY:  # what he does is refused as a reader's is, whatever he sees
        found = told[Role.READER, to.method, to.url]
        return to.method == "GET" and bool(found & about and found & hidden)
    if word in RIGHTS and to.policy.permission in RIGHTS[word].permissions:
        return True
    return who in WITHOUT | OF_PAGES and bool(told[Role.OWNER, to.method, to.url] & about)


def ways(who: str, to: Address, *, is_open: bool) -> tuple[bool, ...]:
    """As a page, as a part, or both: True for a part. The roles see whole pages, everybody else the part that htmx asks
    for, where there is one: what stands around it is a page of its own too.
    """
    if who in FEW and who not in ROLES and is_open and to.method == "GET":
        return (False, True)
    return (who not in ROLES and is_open,)


def try_everything(walk: Walk, who: str, ours: Planted, theirs: Planted, forms: dict, told: Told) -> None:
    """Every route and method that is worth it, and what the roles are told is noted."""
    actor = actor_for(Membership.get_by_id(ours.ids["membership_id"]))
    canaries = forbidden(actor, ours, theirs)
    mine = canaries & ours.every
    for to in walk.visits(ours):
        if not worth_trying(who, to, ours, told, mine):
            continue
        wanted = expected(to, actor.permissions, "own")
        if who == READING and to.endpoint in ("contacts.edit_page", "contacts.save_page"):
            wanted = {403}
        for part in ways(who, to, is_open=wanted is None):
            data = typed(forms, to, ticked=part) if wanted is None else None
            answer = walk.ask(to, part=part, data=data)
            assert wanted is None or answer.status in wanted, (who, to.method, to.url, answer.status)
            walk.look(to, answer, canaries, theirs.org_id)
            if to.endpoint not in TAKING_AWAY:
                walk.check_kept(to, answer, mine)
            if who in ROLES:
                found = ours.every if walk.wrote(answer) else search([answer.body], ours.every)
                told.setdefault((ROLES[who][0], to.method, to.url), set()).update(found)


def everybody_tries(names, walk, ours, theirs, app, capsys) -> None:
    forms, told = found_forms(walk, ours), Told()
    with Ear() as ear:
        for who in names:
            set_rights(ours, *EVERYBODY[who])
            walk.before = digest()
            try_everything(walk, who, ours, theirs, forms, told)
    assert not search(ear.heard, ours.every | theirs.every)
    assert walk.tally.endpoints == {rule.endpoint for rule in rules(app)} or Role.OWNER not in names
    with capsys.disabled():
        print(f"\n  {len(names)} kinds of users: {walk.tally.words(len({rule.endpoint for rule in rules(app)}))}")


@pytest.mark.parametrize("right", ["page:{page_id}", "telephone", "special", "identity"])
def test_what_is_hidden_is_neither_found_by_typing_it_nor_told_by_an_order(walk, ours, theirs, right):
    set_rights(ours, Role.OWNER, [right])
    walk.before = digest()
    known = right.format(**ours.ids)
    fields = {ours.ids["field_id"]} if known != right else {ids["field_id"] for ids in ours.others if "field_id" in ids}
    check_guesses(walk, ours, sorted(ours.canaries[known]), fields if known != right or right == "special" else ())


@pytest.mark.one_database
@pytest.mark.parametrize("names", [LESS_THAN_AN_OWNER, MORE_THAN_A_READER], ids=["less", "more"])
def test_nobody_meets_what_is_hidden_from_him_on_any_route(walk, ours, theirs, app, capsys, names):
    everybody_tries(names, walk, ours, theirs, app, capsys)


def test_some_of_them_on_each_database(walk, ours, theirs, app, capsys):
    everybody_tries(FEW, walk, ours, theirs, app, capsys)

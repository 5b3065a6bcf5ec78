"""What the walker looks at, each for some routes or for all: the tests ask for all, the planted faults for a few."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

import pytest

from portal.accounts.models import Membership
from portal.accounts.service import actor_for
from portal.core.permissions import Permission
from tests import schema
from tests.forms import Form
from tests.planting import FAR, Planted
from tests.seeds import of_contact
from tests.walking import READING_MAY_WRITE, Address, Digest, Walk, expected, found_forms, nowhere, typed

STRANGER = "987654"
OF_CONTACT = {"contact_id", "email_id", "note_id"}
# Names of columns that the address of a list may hold by right: they choose rows, and are kept in no table.
FILTERS = {
    "act",
    "state",
    "reason",
    "kind",
    "role",
    "channel",
    "text",
    "group",
    "link",
    "at",
    "contact",
    "town",
    "q",
    "sort",
}
# Fields that hold an id although their name does not say so; and those that are read as plain words.
IDS = {"group", "not_group", "into", "chosen", "contact", "person", "member", "person_id"}
PLAIN = {"seen", "version", "all", "page"}
# Jobs that belong to no organisation, each for its reason.
PORTAL_JOBS = {
    "privacy.scrub": "the files of the database belong to nobody",
    "delivery.send_portal_mail": "a message of the installation itself to one of its users",
    "bounces.read_returned": "whose mail it is shows only when it is read",
    "bounces.fetch_returned": "the mailbox is the installation's",
    "pulse.beat": "a sign of life",
    "backups.make_backup": "one archive holds the whole installation",
    "backups.copy_journal": "one copy holds the journals of all organisations",
}

Forms = Mapping[str, Form]


def look_around(walk: Walk, ours: Planted, theirs: Planted, canaries: set[str], endpoints: Iterable[str]) -> None:
    """Ask with one's own ids, as a page and as a part, and meet none of these canaries."""
    for to in walk.visits(ours, endpoints):
        for part in (False, True):
            answer = walk.ask(to, part=part, data=typed({}, to))
            walk.look(to, answer, canaries, theirs.org_id)
            walk.check_kept(to, answer, canaries)


def check_alike(walk: Walk, ours: Planted, theirs: Planted, forms: Forms, endpoints: Iterable[str] = ()) -> None:
    """Another organisation's ids, and an erased contact's, answer byte for byte as if there were none."""
    actor = actor_for(Membership.get_by_id(ours.ids["membership_id"]))
    refused = {403} if actor.hidden else set()  # the whole page is closed to him
    erased = {**ours.ids, "contact_id": ours.erased_id}
    four = (walk.of(ids, endpoints) for ids in (ours.ids, theirs.ids, nowhere(ours.ids), erased))
    for mine, other, none, gone in zip(*four, strict=True):
        if not mine.names or mine.policy.who != "user" or mine.policy.permission is Permission.SUPPORT:
            continue
        data = typed(forms, mine)
        wanted = (expected(mine, actor.permissions, "none") or set()) | refused
        for part in _ways(mine):
            unknown = walk.ask(none, part=part, data=data)
            assert unknown.status in wanted, (none.method, none.url, unknown.status)
            for to in (other, gone) if "contact_id" in mine.names else (other,):
                answer = walk.ask(to, part=part, data=data)
                assert answer.same == unknown.same, (to.method, to.url, answer.status)
                walk.look(to, answer, theirs.every | {"cnryb"}, theirs.org_id)


def check_unseen(walk: Walk, ours: Planted, theirs: Planted, forms: Forms, endpoints: Iterable[str] = ()) -> None:
    """Who may not see a contact and its group meets nothing of them, and their ids answer as if there were none."""
    actor = actor_for(Membership.get_by_id(ours.ids["membership_id"]))
    canaries = ours.canaries["contact"] | ours.canaries["group"] | theirs.every
    closed = OF_CONTACT | {"group_id"} | of_contact()
    nobodys = {**ours.ids, **{name: value for name, value in nowhere(ours.ids).items() if name in closed}}
    for to, none in zip(walk.of(ours.ids, endpoints), walk.of(nobodys, endpoints), strict=True):
        may = expected(to, actor.permissions, "own") is None
        data = typed(forms, to) if may else None
        for part in _ways(to) if may and to.policy.who == "user" else (False,):
            answer = walk.ask(to, part=part, data=data)
            walk.look(to, answer, canaries, theirs.org_id)
            if to.names & closed and to.policy.who == "user":
                unknown = walk.ask(none, part=part, data=data)
                assert answer.same == unknown.same, (to.method, to.url, answer.status)
    neighbour = {**ours.ids, **ours.others[0], "contact_id": ours.neighbour_id}
    for to in walk.of(neighbour, endpoints):
        if to.names & {"campaign_id", "import_id", "contact_id"}:
            walk.look(to, walk.ask(to), canaries, theirs.org_id)


def _ways(to: Address) -> tuple[bool, ...]:
    """A page may be asked for whole and as a part; what is done is done by one way, whatever the answer looks like."""
    return (False, True) if to.method == "GET" else (True,)


def check_guesses(walk: Walk, ours: Planted, texts: Iterable[str], field_ids: Iterable[int] = ()) -> None:
    """What is hidden is not found by typing it, and a list asked to be in its order is not (B06)."""
    known = f'/contacts/{ours.ids["contact_id"]}"'.encode()
    for to in walk.of(ours.ids, ["contacts.index", "home.find"]):
        for text in texts:
            answer = walk.ask(to, query=f"?q={quote(text)}")
            assert known not in answer.body, (to.url, text, "found by typing what is hidden")
    for to in walk.of(ours.ids, ["contacts.index"]):
        for field_id in field_ids:
            for down in ("", "&down=1"):
                orders = [
                    re.findall(rb"/contacts/(\d+)\"", walk.ask(to, query=f"?sort=field:{one}{down}").body)
                    for one in (field_id, STRANGER)
                ]
                assert orders[0] == orders[1], (to.url, field_id, down, "in the order of what is hidden")


def check_tokens(walk, ours, endpoints=()) -> None:
    """A POST without its token is refused, as a page and as a part, and nothing is written."""
    walk.app.config["WTF_CSRF_ENABLED"] = True
    for to in walk.of(ours.ids, endpoints):
        if to.method == "GET" or to.policy.crosses_sites:
            continue
        for part in (False, True):
            answer = walk.ask(to, part=part)
            assert (answer.status, answer.wrote) == (400, False), (to.url, part)


def foreign_fields(form) -> dict[str, list[str]]:
    """The fields of a form that name something by its id, with what they hold."""
    found = {}
    for name in {*form.data, *form.options}:
        values = [*form.data.get(name, []), *form.options.get(name, [])]
        is_number = any(isinstance(v, str) and v.isdigit() for v in values)
        if name not in PLAIN and (name in IDS or name.endswith("_id") or (name in form.options and is_number)):
            found[name] = form.data.get(name, [])
    return found


def try_foreign_ids(walk, ours, theirs, endpoints=(), pages=()) -> int:
    """Fill each field that names something with the other organisation's ids; return how many ways were tried."""
    forms = found_forms(walk, ours, pages)
    strangers = sorted({str(value) for value in theirs.ids.values() if value > FAR and value != int(STRANGER)})
    tried = 0
    for to in walk.visits(ours, endpoints):
        if to.method == "GET" or to.url not in forms:
            continue
        form = forms[to.url]
        for name, held in foreign_fields(form).items():
            for stranger in strangers:
                kept = held if name in form.several else []
                answer = walk.ask(to, data={**form.filled(), name: [*kept, stranger]})
                tried += 1
                where = (to.url, name, stranger, answer.status)
                assert answer.status in (200, 204, 303, 403, 404, 422), where
                if answer.after is not None:
                    assert stranger not in new_words(walk.before, answer.after), (*where, "was written")
                    walk.look(to, answer, theirs.every, theirs.org_id)
    return tried


def new_words(before: Digest, after: Digest) -> set[str]:
    """All numbers and words that stand in rows that were not there before."""
    rows = {row for key in after for row in set(after[key]) - set(before.get(key, []))}
    return {word for row in rows for cell in row for word in re.findall(r"\w+", cell)}


def columns() -> set[str]:
    return {name for model in schema.models() for name in model._meta.columns} | {
        name.removesuffix("_id") for model in schema.models() for name in model._meta.columns
    }


def differs(one: Digest, other: Digest, again: Digest) -> set[tuple[str, int]]:
    """The tables in which `other` is not what `one` is, cell by cell; a cell that is another one each time, as `again`
    shows, is left out.
    """
    found = set()
    for key in one.keys() | other.keys():
        rows, others, agains = (sorted(d.get(key, []), key=lambda row: row[:2]) for d in (one, other, again))
        if rows == others:
            continue
        if len(rows) != len(others):
            found.add(key)
            continue
        chance = {i for a, b in zip(rows, agains, strict=True) for i in range(len(a)) if a[i] != b[i]}
        if any(a[i] != b[i] for a, b in zip(rows, others, strict=True) for i in range(len(a)) if i not in chance):
            found.add(key)
    return found


def try_extra_fields(walk, ours, endpoints=()) -> int:
    """Send each form once as it stands, and once with every column there is: the same is written (B08)."""
    forms = found_forms(walk, ours)
    tried = 0
    for to in walk.of(ours.ids, endpoints):
        if to.method == "GET" or to.policy.who != "user":
            continue
        form = typed(forms, to) or {}
        known = {*form, *(forms[to.url].options if to.url in forms else ())}
        plain, again = walk.ask(to, data=form), walk.ask(to, data=form)
        for value in (STRANGER, "1"):
            extra = {name: [value] for name in columns() - known - FILTERS}
            answer = walk.ask(to, data={**form, **extra})
            tried += 1
            if answer.wrote or plain.wrote:
                done = [one.after or walk.before for one in (plain, answer, again)]
                taken = {key for key in differs(*done) if key[0] not in READING_MAY_WRITE}
                assert not taken, (to.url, value, "a field nobody offers was taken", taken)
    return tried


def check_jobs(known: dict[str, object]) -> int:
    """Each job asks for an organisation, and does nothing without; return how many there are."""
    for name, job in known.items():
        code = job.__code__  # type: ignore[attr-defined] # of the wrapper: the job as the queue calls it
        asks = code.co_varnames[: code.co_argcount]
        if name in PORTAL_JOBS:
            assert asks == (), f"{name} belongs to the installation and names an organisation"
            continue
        assert asks[:1] == ("org_id",), f"{name} does not name an organisation"
        with pytest.raises(TypeError, match="org_id"):
            job(thing_id=1)  # type: ignore[operator]
    return len(known)

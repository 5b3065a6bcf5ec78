"""What may be chosen about a user's rights, and how rights are put into words. Needs no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.accounts.rules import numbers_of
from portal.core.permissions import HIDDEN_OF, PERMISSIONS_OF, RIGHTS, Permission, Role

ROLE_WORDS = {
    Role.READER: "Reader: sees contacts, campaigns and their history",
    Role.EDITOR: "Editor: also changes contacts and groups, imports, writes campaigns",
    Role.ADMINISTRATOR: "Administrator: also sends, deletes, exports, and changes settings and users",
    Role.OWNER: "Owner: also removes the organisation and other owners",
}
SETS = tuple(word for word, right in RIGHTS.items() if right.data_set is not None)
ACTS = tuple(word for word, right in RIGHTS.items() if right.data_set is None)
LATER = frozenset({"donations", "certificates", "audit", "merge", "approve", "privacy"})  # not built yet

SHORT = {
    "email": "email", "telephone": "telephone", "address": "address", "identity": "identity numbers",
    "special": "special information", "child": "information about children", "financial": "financial information",
}  # fmt: skip
PLAIN = {
    "email": "email addresses", "telephone": "telephone numbers", "address": "addresses",
    "identity": "identity and tax numbers", "special": "special information",
    "child": "information about children", "financial": "financial information",
}  # fmt: skip
WITHOUT = {
    "notes": "no notes", "documents": "no documents", "donations": "no gifts", "certificates": "no tax certificates",
    "reports": "no reports", "audit": "no diary", "edit": "changes no contacts", "import": "imports nothing",
    "export": "exports nothing", "merge": "merges nothing", "erase": "deletes no contacts",
    "compose": "writes no campaigns", "approve": "approves no campaigns", "send": "sends no campaigns",
    "privacy": "no privacy cases", "administration": "no settings or users",
}  # fmt: skip
BEYOND = {
    "notes": "sees notes", "documents": "handles documents", "donations": "handles gifts",
    "certificates": "handles tax certificates", "reports": "sees reports", "audit": "sees the diary",
    "edit": "changes contacts", "import": "imports", "export": "exports", "merge": "merges",
    "erase": "deletes contacts", "compose": "writes campaigns", "approve": "approves campaigns",
    "send": "sends campaigns", "privacy": "handles privacy cases",
}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """The names of groups and pages that whoever reads may know of."""

    groups: Mapping[int, str]
    pages: Mapping[int, str]

    def group(self, number: int) -> str:
        return self.groups.get(number, "another group")

    def page(self, number: int) -> str:
        return self.pages.get(number, "another page")


@dataclass(frozen=True)
class Choice:
    """What stands on the page of a user's rights."""

    role: str
    scope: str = "all"  # all | except | only
    only_group: int | None = None
    without: frozenset[int] = frozenset()  # groups whose contacts are hidden
    sets: Mapping[str, str] = field(default_factory=dict)  # word -> "" as the role says | show | hide
    acts: Mapping[str, str] = field(default_factory=dict)  # word -> "" as the role says | give | take
    pages: Mapping[int, str] = field(default_factory=dict)  # page id -> write | read | none

    @property
    def denied(self) -> list[str]:
        found = [word for word, wish in self.sets.items() if wish == "hide"]
        found += [word for word, wish in self.acts.items() if wish == "take"]
        found += [f"group:{number}" for number in sorted(self.without)] if self.scope != "all" else []
        found += [f"page:{number}" for number, wish in self.pages.items() if wish == "none"]
        return found + [f"page-write:{number}" for number, wish in self.pages.items() if wish == "read"]

    @property
    def granted(self) -> list[str]:
        found = [word for word, wish in self.sets.items() if wish == "show"]
        return found + [word for word, wish in self.acts.items() if wish == "give"]

    @property
    def only(self) -> int | None:
        return self.only_group if self.scope == "only" else None


def choice_of(membership: Any, page_ids: Iterable[int]) -> Choice:
    """The rights of a membership as they stand on its page."""
    denied, granted = membership.denied, membership.granted
    hidden, read_only = numbers_of("page", denied), numbers_of("page-write", denied)
    without = numbers_of("group", denied)
    return Choice(
        role=membership.role,
        scope="only" if membership.only_group is not None else "except" if without else "all",
        only_group=membership.only_group,
        without=without,
        sets={word: _wish(word, denied, granted, "hide", "show") for word in SETS},
        acts={word: _wish(word, denied, granted, "take", "give") for word in ACTS},
        pages={
            number: "none" if number in hidden else "read" if number in read_only else "write" for number in page_ids
        },
    )


def _wish(word: str, denied: Sequence[str], granted: Sequence[str], taken: str, given: str) -> str:
    return taken if word in denied else given if word in granted else ""


def read_choice(form: Any, groups: Iterable[int], pages: Iterable[int]) -> tuple[Choice, dict[str, str]]:
    """What was chosen on the page, and for each field that makes no sense a sentence. `form` is what a browser sent."""
    known, errors = set(groups), {}
    role, scope = form.get("role", ""), form.get("scope", "all")
    if role not in list(Role):
        errors["role"] = "Choose one of the roles."
    if scope not in ("all", "except", "only"):
        errors["scope"] = "Choose which contacts."
    only = _number(form.get("only_group", ""))
    if scope == "only" and only not in known:
        is_empty = not form.get("only_group", "")
        errors["scope"] = "Choose the one group." if is_empty else "Choose one of your groups; this one is not there."
    without = frozenset(number for text in form.getlist("without") if (number := _number(text)) is not None)
    if scope != "all" and not without <= known:
        errors["scope"] = "Choose among your groups; one of these is not there any more."
    if scope == "except" and not without:
        errors["scope"] = "Tick at least one group, or choose all contacts."
    choice = Choice(
        role=role if role in list(Role) else str(Role.READER),
        scope=scope if scope in ("all", "except", "only") else "all",
        only_group=only,
        without=without & known,
        sets=_wishes(form, "set", SETS, ("", "show", "hide"), errors),
        acts=_wishes(form, "act", ACTS, ("", "give", "take"), errors),
        pages={int(k): v for k, v in _wishes(form, "page", pages, ("write", "read", "none"), errors).items()},
    )
    if choice.acts["administration"] == "give":
        errors["act-administration"] = "Settings and users come with a role only: choose Administrator or Owner."
    return choice, errors


def _wishes(form: Any, kind: str, words: Iterable[Any], allowed: Sequence[str], errors: dict[str, str]) -> dict:
    found = {}
    for word in words:
        wish = form.get(f"{kind}-{word}", allowed[0])
        if wish not in allowed:
            errors[f"{kind}-{word}"] = "Choose one of the answers."
            wish = allowed[0]
        found[word] = wish
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def of_role(role: str, word: str) -> str:
    """What a role by itself says of a right: "shown", "hidden", or how far it may do this."""
    right = RIGHTS[word]
    if right.data_set is not None:
        return "hidden" if right.data_set in HIDDEN_OF[Role(role)] else "shown"
    return how_far(PERMISSIONS_OF[Role(role)], word)


def how_far(permissions: frozenset[Permission], word: str) -> str:
    """How far these permissions reach in what a right is about: "may", "may look", "may not"."""
    has = permissions & RIGHTS[word].permissions
    return "may" if has == RIGHTS[word].permissions else "may look" if has else "may not"


def few_words(membership: Any, names: Names) -> list[str]:
    """What is different from the role: "telephone hidden", "only Donors". Short, for a list of users."""
    denied, granted = membership.denied, membership.granted
    found = [f"{SHORT[word]} hidden" for word in SETS if word in denied]
    found += [WITHOUT[word] for word in ACTS if word in denied]
    found += [f"page {names.page(number)} hidden" for number in sorted(numbers_of("page", denied))]
    found += [f"page {names.page(number)} only to read" for number in sorted(numbers_of("page-write", denied))]
    found += [f"also sees {SHORT[word]}" for word in SETS if word in granted and word not in denied]
    found += [f"also {BEYOND[word]}" for word in BEYOND if word in granted and word not in denied]
    if membership.only_group is not None:
        found.append(f"only {names.group(membership.only_group)}")
    return found + [f"not {names.group(number)}" for number in sorted(numbers_of("group", denied))]


def headline(sees: int, total: int | None, actor: Any, denied: Sequence[str], verb: str = "sees") -> str:
    """The whole in one sentence: "sees 812 of 4,310 contacts; telephone numbers hidden; no gifts"."""
    of = f" of {total:,}" if total is not None else ""
    noun = "contact" if (total if total is not None else sees) == 1 else "contacts"
    hidden = [PLAIN[word] for word in SETS if not actor.sees(RIGHTS[word].data_set)]
    parts = [f"{verb} {sees:,}{of} {noun}", f"{listed(hidden)} hidden" if hidden else "nothing of them hidden"]
    return "; ".join(parts + [WITHOUT[word] for word in ACTS if word in denied])


def listed(words: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def right_words(right: str, names: Names) -> str:
    """A right in words: "telephone numbers", "the group Donors", "changing the page Volunteers"."""
    word, _, number = right.partition(":")
    if word == "group":
        return f"the group {names.group(int(number))}"
    if word == "page":
        return f"the page {names.page(int(number))}"
    if word == "page-write":
        return f"changing the page {names.page(int(number))}"
    words = RIGHTS[word].words if word in RIGHTS else word
    return PLAIN.get(word) or words[:1].lower() + words[1:]

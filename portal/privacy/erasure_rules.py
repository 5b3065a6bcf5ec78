"""Why contacts are removed, and how what went and what stays is called. Pure (POPIA s 14(4) to (5); domain 7.7)."""

from collections.abc import Mapping

ERASE, DE_IDENTIFY = "erase", "de_identify"
ACTION = {ERASE: "contact.erased", DE_IDENTIFY: "contact.de_identified"}
OWN_ACT = "own_act"
REASONS: dict[str, str] = {
    "asked": "the person asked for it",
    OWN_ACT: "the person did it, by a link and a code",
    "not_needed": "it is not needed any more",
    "unlawful": "it was not collected lawfully",
    "retention": "the time for which it is kept is over",
}
# What a colleague may choose among.
OF_COLLEAGUES = {key: words for key, words in REASONS.items() if key != OWN_ACT}
# Whose word it is that the address must not come back, whoever else here has the same one.
OWN_WISH = frozenset({"asked", OWN_ACT, "unlawful"})

# What is counted on a certificate, table by table; None is counted nowhere, for it tells of no other thing.
_COUNTED: dict[str, tuple[str, str]] = {
    "contact_email": ("email address", "email addresses"),
    "contact_telephone": ("telephone number", "telephone numbers"),
    "contact_address": ("postal address", "postal addresses"),
    "contact_note": ("note", "notes"),
    "contact_identity": ("identity or tax number", "identity or tax numbers"),
    "contact_relation": ("tie to another contact", "ties to other contacts"),
    "contact_value": ("entry in a field", "entries in fields"),
    "group_member": ("place in a group", "places in groups"),
    "document": ("document or photo, with its key", "documents and photos, with their keys"),
    "consent_event": ("word about being written to", "words about being written to"),
    "consent_answer": ("answer to a request", "answers to requests"),
    "justification": ("ground on which the contact was kept", "grounds on which the contacts were kept"),
    "restriction": ("restriction", "restrictions"),
    "task": ("task", "tasks"),
}
_KEPT: dict[str, tuple[str, str]] = {
    "suppression": ("coded do-not-contact entry", "coded do-not-contact entries"),
    "delivery": ("line of the count of messages sent, without address", "lines of the count of messages, no address"),
    "log_entry": ("entry of the record, emptied of its words", "entries of the record, emptied of their words"),
    "nameless": ("row for statistics that nobody can tie to a person", "rows for statistics, tied to nobody"),
}
# On what ground each of those stays.
WHY_KEPT: dict[str, str] = {
    "suppression": (
        "A keyed hash of each address, from which nobody who has the database can read it, so that the person is never "
        "written to again and does not come back with a list (POPIA s 11(1)(c) and (f), s 14(1), s 69(2))."
    ),
    "delivery": "That a message was sent, when, and what became of it, so that the figures of past mailings add up.",
    "log_entry": (
        "When something was done and by whom, not what: the chain that proves the record covers a salted digest only, "
        "and the salt is gone (POPIA s 17, s 19)."
    ),
    "nameless": (
        "The year of birth, the province, the language and the like, without the contact it came from: no personal "
        "information any more (POPIA s 1, s 6(1)(b), s 14(4))."
    ),
}


def words_of(kind: str, number: int) -> str:
    """A counted kind in words: "3 notes". A kind of which nobody has spoken is called by its own name."""
    one, many = {**_COUNTED, **_KEPT}.get(kind, (kind, kind))
    return f"{number:,} {one if number == 1 else many}"


def removed_words(counts: Mapping[str, int]) -> list[str]:
    """What went, in words, in the order in which it is told; what there was none of is left out."""
    order = [*_COUNTED, *sorted(kind for kind in counts if kind not in _COUNTED)]
    return [words_of(kind, counts[kind]) for kind in order if counts.get(kind)]


def kept_words(kept: Mapping[str, int]) -> list[tuple[str, str]]:
    """What stays, each with its ground."""
    return [(words_of(kind, kept[kind]), WHY_KEPT[kind]) for kind in _KEPT if kept.get(kind)]


def counted() -> tuple[str, ...]:
    return tuple(_COUNTED)

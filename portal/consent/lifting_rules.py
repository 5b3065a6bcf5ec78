"""Whose act lets an address be kept or written to again. Pure (POPIA s 11(3) to (4), s 69(2); R25; domain 7.7).

Nothing that somebody else says lifts what a person did. He himself lifts it, and what he must show grows with what he
stopped: a click takes back a click, whoever holds the message; what was erased comes back only to whoever has just
shown that he reads the mail of the address. A complaint is lifted by nothing.
"""

UNDONE = "undone"  # the button on the page that says he is unsubscribed
ADDED = "added"  # an address put on one's own page
SUBSCRIBED = "subscribed"  # a form by which one asks to be written to
ACTS = (UNDONE, ADDED, SUBSCRIBED)

_BY_LINK = {UNDONE: frozenset({"unsubscribed"})}
_BY_PROOF = {
    UNDONE: frozenset({"unsubscribed"}),
    ADDED: frozenset({"erased"}),  # to be kept again, he did not ask for news
    SUBSCRIBED: frozenset({"unsubscribed", "staff", "objected", "erased"}),
}


def lifted_by(act: str, *, is_own: bool, is_proven: bool) -> frozenset[str]:
    """The reasons (suppressing.STRENGTH) that this act lifts; of whoever is not the person himself, none."""
    if act not in ACTS:
        raise ValueError(f"no such act: {act}")
    if not is_own:
        return frozenset()
    return _BY_PROOF[act] if is_proven else _BY_LINK.get(act, frozenset())

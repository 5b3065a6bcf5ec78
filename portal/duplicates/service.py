"""What is said of a pair: that the two are not one. It is remembered, and no search brings it back."""

from portal.activity import log
from portal.activity.log import Entry
from portal.core.actor import current_actor, require
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.duplicates import finding, queries
from portal.duplicates.models import Pair
from portal.duplicates.rules import compare


class PairNotFound(LookupError):
    pass


def find_pair(pair_id: int) -> Pair:
    found = queries.find(pair_id)
    if found is None:
        raise PairNotFound("There is no such pair. It may have been merged, or one of the two was deleted.")
    return found


def dismiss(pair: Pair) -> None:
    """The two are not one."""
    require(Permission.CONTACT_MERGE)
    with transaction():
        said = Pair.update(state="dismissed", dismissed_by=current_actor().name)
        if said.where(Pair.id == pair.id, Pair.state == "open").execute():
            _note("duplicates.dismissed", pair)


def dismiss_these(one_id: int, other_id: int) -> None:
    """The same of two contacts of whom no search has said anything yet."""
    require(Permission.CONTACT_MERGE)
    one, other = min(one_id, other_id), max(one_id, other_id)
    pair = Pair.get_or_none(Pair.contact_id == one, Pair.other_id == other)
    if pair is None:
        people = finding.known([one, other])
        if len(people) < 2:
            raise PairNotFound("There is no such pair. It may have been merged, or one of the two was deleted.")
        with transaction():
            finding.keep([finding.row_of(one, other, compare(people[one], people[other]), ["plain"])])
        pair = Pair.get(Pair.contact_id == one, Pair.other_id == other)
    dismiss(pair)


def restore(pair: Pair) -> None:
    """They may be one after all."""
    require(Permission.CONTACT_MERGE)
    with transaction():
        said = Pair.update(state="open", dismissed_by="")
        if said.where(Pair.id == pair.id, Pair.state == "dismissed").execute():
            _note("duplicates.restored", pair)


def _note(action: str, pair: Pair) -> None:
    """On the time line of both."""
    log.write_many([Entry(action, pair.contact_id, pair.other_id), Entry(action, pair.other_id, pair.contact_id)])

"""Who is acting, for which organisation, and what that person may do and see.

An actor is opened at the edge only: the web gate, a job, a command. Tenancy, permissions and the log all read it
from here, so none of them can disagree, and code that runs without one fails instead of seeing everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from portal.core.permissions import EVERYTHING, DataSet, Denied, Permission


class NoActor(RuntimeError):
    """Tenant data was touched outside acting_as()."""


@dataclass(frozen=True)
class Actor:
    org_id: int
    name: str
    user_id: int | None = None
    permissions: frozenset[Permission] = frozenset()
    hidden: frozenset[DataSet] = frozenset()
    hidden_pages: frozenset[int] = frozenset()
    read_only_pages: frozenset[int] = frozenset()
    only_group: int | None = None
    denied_groups: frozenset[int] = frozenset()
    contact_id: int | None = None
    address: str = ""  # the network address a request came from; for the log

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def sees(self, data_set: DataSet | None) -> bool:
        return data_set not in self.hidden

    def may_write_page(self, page_id: int) -> bool:
        """Whether the actor may change the fields of this page of contacts."""
        closed = self.hidden_pages | self.read_only_pages
        return page_id not in closed and self.may(Permission.CONTACT_EDIT)

    @property
    def is_limited(self) -> bool:
        """Whether some contacts of the organisation are out of this actor's sight."""
        return self.only_group is not None or bool(self.denied_groups) or self.contact_id is not None


_actor: ContextVar[Actor] = ContextVar("actor")


def current_actor() -> Actor:
    try:
        return _actor.get()
    except LookupError:
        raise NoActor("wrap this in acting_as(actor)") from None


def require(permission: Permission) -> None:
    """Raise Denied unless the actor has the right: for services whose caller may be a command or a job."""
    if not current_actor().may(permission):
        raise Denied("Your role does not allow this. An administrator of your organisation can change that.")


def require_sight(data_set: DataSet) -> None:
    """Raise Denied where this set of data is hidden from the actor."""
    if not current_actor().sees(data_set):
        raise Denied("This is hidden from you. An administrator of your organisation can change that.")


def acting_org() -> int | None:
    """The organisation somebody is acting for; none where nobody is."""
    actor = _actor.get(None)
    return actor.org_id if actor else None


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)


@contextmanager
def seeing_everything() -> Iterator[Actor]:
    """The same actor, from whom no set, page, note or document is hidden: for what the portal itself must know of the
    contacts he may see, such as which address a campaign goes to. Never for what he is shown.
    """
    actor = current_actor()
    sight = actor.permissions | {Permission.NOTE_READ, Permission.DOCUMENT_READ}
    with acting_as(replace(actor, hidden=frozenset(), hidden_pages=frozenset(), permissions=sight)) as whole:
        yield whole


def the_person(org_id: int) -> Actor:
    """Somebody who speaks for himself by a link in a message, also while he is restricted (POPIA s 14(6))."""
    return Actor(org_id=org_id, name="The contact", permissions=frozenset({Permission.PRIVACY}))


def system(org_id: int) -> Actor:
    """The portal itself at work for one organisation: jobs and commands."""
    return Actor(org_id=org_id, name="In Contact", permissions=EVERYTHING)

"""Rows that belong to an organisation, and the one filter that keeps organisations apart.

Every query on an OrgModel is limited to the current actor's organisation and, for rows about a contact, to the
contacts that actor may see. What cannot be limited (raw SQL, aliases, insert-from-select, upserts that move a row)
raises. The database holds the same wall by composite keys: see `belongs_to`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from peewee import (
    SQL,
    BigIntegerField,
    ForeignKeyField,
    Function,
    IntegerField,
    JSONField,
    Node,
    TextField,
)

from portal.core.actor import Actor, current_actor
from portal.core.bulk import BulkInsert
from portal.core.clock import now
from portal.core.db import BaseModel, UtcField
from portal.core.permissions import Permission

NOTHING = SQL("1 = 0")  # the condition that no row meets


class WrongOrg(RuntimeError):
    """A row of one organisation was about to be written while acting for another."""


class Unscoped(RuntimeError):
    """A query on tenant data that the organisation's filter cannot reach."""


class Org(BaseModel):
    """An organisation: a client of the installation. Its own details, not a tenant row."""

    slug = TextField(unique=True)
    name = TextField()
    legal_name = TextField(default="")
    kind = TextField(default="non-profit")
    registration = TextField(default="")
    email = TextField(default="")
    telephone = TextField(default="")
    address = TextField(default="")
    town = TextField(default="")
    website = TextField(default="")
    complaints_email = TextField(default="")
    information_officer = TextField(default="")
    timezone = TextField(default="Africa/Johannesburg")
    colour = TextField(default="#0f6b57")
    logo_id = IntegerField(null=True)
    sender_name = TextField(default="")
    reply_to = TextField(default="")
    is_tracking = IntegerField(default=1)  # whether newsletters note who reads and clicks
    offers_removal = IntegerField(default=0)  # whether newsletters lead to the removal of one's details
    is_sample = IntegerField(default=0)
    countries: Any = JSONField(default=lambda: ["ZA"])  # from which its people sign in; codes of ISO 3166
    requires_factor = IntegerField(default=0)  # whether its people need a second factor to sign in
    requires_proof = IntegerField(default=0)  # whether a consent counts only once it can be proven
    document_quota = BigIntegerField(default=2**30)  # bytes of documents; raised by command only
    suspended_at = UtcField(null=True)
    suspended_reason = TextField(default="")
    restoring = TextField(default="")  # the backup that is being put back: meanwhile it is shut; see core.shutting
    created_at = UtcField(default=now)


def belongs_to(table: str, column: str, *, on_delete: str = "RESTRICT") -> Node:
    """The composite key (org_id, column) -> table (org_id, id): the database itself refuses a parent of a stranger."""
    return SQL(f'FOREIGN KEY ("org_id", "{column}") REFERENCES "{table}" ("org_id", "id") ON DELETE {on_delete}')


def own_key() -> Node:
    """UNIQUE (org_id, id), the parent's side of `belongs_to`."""
    return SQL('UNIQUE ("org_id", "id")')


class TenantInsert(BulkInsert):
    """An insert whose upsert can neither replace a row whole nor move it to another organisation."""

    def on_conflict(self, *args: Any, **kwargs: Any) -> "TenantInsert":
        if args or kwargs.get("action"):
            raise Unscoped("name the columns to update; a row of a tenant is never replaced whole")
        for key in [*(kwargs.get("update") or {}), *(kwargs.get("preserve") or [])]:
            if getattr(key, "name", key) in ("org", "org_id", "id"):
                raise WrongOrg("a row never changes its organisation")
        return super().on_conflict(*args, **kwargs)


class OrgModel(BaseModel):
    """Every query on a subclass is limited to the current actor's organisation."""

    org = ForeignKeyField(
        Org, default=lambda: current_actor().org_id, on_delete="RESTRICT", lazy_load=False, index=False
    )

    if TYPE_CHECKING:
        org_id: int
        _normalize_data: Any  # peewee's own way of reading what insert and update are given

    @classmethod
    def within(cls) -> Node:
        """The condition that limits a query to what the actor may touch."""
        return cls.org == current_actor().org_id

    @classmethod
    def select(cls, *fields: Any) -> Any:
        return super().select(*fields).where(cls.within())

    @classmethod
    def update(cls, __data: Any = None, **values: Any) -> Any:
        cls._stay(cls._normalize_data(__data, values))
        return super().update(__data, **values).where(cls.within())

    @classmethod
    def delete(cls) -> Any:
        return super().delete().where(cls.within())

    @classmethod
    def insert(cls, __data: Any = None, **values: Any) -> Any:
        return TenantInsert(cls, cls._own(cls._normalize_data(__data, values)))

    @classmethod
    def insert_many(cls, rows: Iterable[Any], fields: Any = None) -> Any:
        if fields:
            columns = [cls._meta.combined[f] if isinstance(f, str) else f for f in fields]
            rows = (dict(zip(columns, row, strict=True)) if not isinstance(row, dict) else row for row in rows)
        return TenantInsert(cls, [cls._own(cls._normalize_data(row, {})) for row in rows])

    @classmethod
    def insert_from(cls, query: Any, fields: Any) -> NoReturn:
        raise Unscoped("select first, then insert_many")

    @classmethod
    def raw(cls, *_sql: Any) -> NoReturn:
        raise Unscoped("raw SQL is not limited to an organisation")

    @classmethod
    def alias(cls, *_name: Any) -> NoReturn:
        raise Unscoped("an alias is not limited to an organisation")

    def save(self, force_insert: bool = False, only: Any = None) -> Any:
        if self.org_id != current_actor().org_id:
            raise WrongOrg(f"{type(self).__name__} belongs to organisation {self.org_id}")
        if only is None and not force_insert and self.id is not None:
            only = [f.name for f in self.dirty_fields if f.name not in ("org", "id")]
            if not only:
                return 0
        return super().save(force_insert=force_insert, only=only)

    @classmethod
    def _own(cls, row: dict[Any, Any]) -> dict[Any, Any]:
        """The row with the actor's organisation; another one, or an id chosen by the caller, is refused."""
        mine = current_actor().org_id
        if row.get(cls.id) is not None:
            raise WrongOrg("the database gives out ids")
        row = dict(row)  # a copy asks no column for its hash, which is slow
        row.pop(cls.id, None)
        if row.setdefault(cls.org, mine) != mine:
            raise WrongOrg(f"{cls.__name__} row for organisation {row[cls.org]}")
        return row

    @classmethod
    def _stay(cls, values: dict[Any, Any]) -> None:
        if cls.org in values or cls.id in values:
            raise WrongOrg("a row never changes its organisation")


def numbers_of_all(model: type[OrgModel], org_ids: Sequence[int], *numbers: Any) -> Any:
    """For support: numbers over the rows of several organisations, one line for each of them. Never a row or a word of
    one: what is asked for is counted, summed up or the greatest number.
    """
    if any(not isinstance(one, Function) or str(one.name).upper() not in ("COUNT", "SUM", "MAX") for one in numbers):
        raise Unscoped("only numbers are shown across organisations")
    query = super(OrgModel, model).select(model.org, *numbers)
    return query.where(model.org.in_(list(org_ids) or [0])).group_by(model.org).tuples()


ContactScope = Callable[[Actor], Any]
_contact_scope: list[ContactScope] = []


def register_contact_scope(scope: ContactScope) -> None:
    """The contacts feature says here which contacts an actor with limits may see: a subquery of ids."""
    _contact_scope[:] = [scope]


def visible_contacts(actor: Actor) -> Any:
    """The subquery of contact ids this limited actor may see; raises when nobody has registered one."""
    if not _contact_scope:
        raise Unscoped("no contact scope is registered")
    return _contact_scope[0](actor)


_closed: list[ContactScope] = []


def register_closed_contacts(closed: ContactScope) -> None:
    """The feature that restricts contacts says here, as a subquery of ids, which ones are open to `privacy` alone."""
    _closed[:] = [closed]


def closed_contacts(actor: Actor) -> Any | None:
    """The subquery of contact ids that are closed to this actor; None when none can be (POPIA s 14(6))."""
    return None if actor.may(Permission.PRIVACY) or not _closed else _closed[0](actor)


class ContactRow(OrgModel):
    """The base of every table with a contact column: a limited actor sees the rows of his contacts only."""

    contact_id = IntegerField(null=True)

    @classmethod
    def within(cls) -> Node:
        actor = current_actor()
        condition = super().within()
        if actor.is_limited:
            condition = condition & (cls.contact_id.is_null() | cls.contact_id.in_(visible_contacts(actor)))
        if (closed := closed_contacts(actor)) is not None:
            condition = condition & (cls.contact_id.is_null() | cls.contact_id.not_in(closed))
        return condition


# Tables that belong to no organisation, or are looked at before there is an actor. Nothing else may be unscoped;
# a test compares this list with the database's catalogue.
INSTALLATION_TABLES = frozenset(
    {
        "org", "user", "membership", "session", "place_exception", "device", "begun", "wrong_series",
        "sign_in_attempt", "used_captcha", "second_factor", "recovery_code", "first_run", "portal_mail",
        "rate_window", "schema_migration", "pulse", "returned_mail",
        "backup", "backup_key",
    }
)  # fmt: skip

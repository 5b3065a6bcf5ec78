"""People who use the portal. A person is one User; a Membership gives a role in one organisation.

These are installation tables: they are looked at before there is an actor.
"""

from typing import Any

from peewee import ForeignKeyField, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import BaseModel, UtcField
from portal.core.tenancy import Org


class User(BaseModel):
    email = TextField(unique=True)  # lower case; used for signing in and notices to this person, nothing else (R18)
    name = TextField()
    password_hash = TextField(default="")
    is_support = IntegerField(default=0)
    disabled_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "user"


class Membership(BaseModel):
    org = ForeignKeyField(Org, on_delete="RESTRICT")
    org_id: int
    user = ForeignKeyField(User, on_delete="CASCADE")
    user_id: int
    role = TextField()
    granted: Any = JSONField(default=list)  # rights given beyond the role: words of core.permissions.RIGHTS
    denied: Any = JSONField(default=list)  # rights taken away, which wins: "telephone", "reports", "group:7", "page:3"
    only_group = IntegerField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "user"), True),)


class Session(BaseModel):
    """A signed-in browser. The cookie holds the secret, this row only its hash."""

    token_hash = TextField(unique=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    membership = ForeignKeyField(Membership, null=True, on_delete="CASCADE")
    device_id = IntegerField(null=True)
    started_at = UtcField(default=now)
    seen_at = UtcField(default=now)
    confirmed_at = UtcField(default=now)  # when the person last proved who he is, for what may not be done in passing
    browser = TextField(default="")
    address = TextField(default="")
    country = TextField(default="")
    looking_as = IntegerField(null=True)  # the membership through whose eyes this person looks
    looking_until = UtcField(null=True)


class PlaceException(BaseModel):
    """A country from which a user may sign in for an organisation beyond the usual ones; or, without both, everybody
    from everywhere for a short while ("*", made by command when the country data cannot be read).
    """

    org = ForeignKeyField(Org, null=True, on_delete="CASCADE")
    org_id: int | None
    user = ForeignKeyField(User, null=True, on_delete="CASCADE")
    user_id: int | None
    country = TextField()
    until = UtcField(null=True)  # none: for good
    asked_at = UtcField(default=now)
    granted_at = UtcField(null=True)  # none: only asked for
    granted_by = TextField(default="")

    class Meta:
        table_name = "place_exception"

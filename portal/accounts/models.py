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
    denied: Any = JSONField(default=list)  # rights taken away: "address", "telephone", "email", "reports", "group:7" …
    only_group = IntegerField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "user"), True),)


class Session(BaseModel):
    """A signed-in browser. The cookie holds the secret, this row only its hash."""

    token_hash = TextField(unique=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    membership = ForeignKeyField(Membership, null=True, on_delete="CASCADE")
    started_at = UtcField(default=now)
    seen_at = UtcField(default=now)
    browser = TextField(default="")

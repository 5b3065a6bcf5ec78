"""Who works for an organisation that is put back from a backup. Users are of the installation: nobody's password,
second factor or lock is taken back, and a membership comes back only to the same person.
"""

from dataclasses import dataclass, field

from portal.accounts.models import Membership, User
from portal.core.db import transaction
from portal.run.organisation_aside import Aside, add, columns_of

TABLE = "membership"


@dataclass
class People:
    """By their addresses: who may enter again, who no longer may, and who could not be brought back."""

    again: list[str] = field(default_factory=list)
    no_more: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def put_back(aside: Aside, org_id: int) -> People:
    """The memberships of the archive in place of today's. Their sessions end with those."""
    found = People()
    before = _members(org_id)
    columns = columns_of(TABLE)
    place = columns.index("user_id")
    rows = [row for some in aside.of(TABLE, org_id, columns) for row in some]
    with transaction():
        Membership.delete().where(Membership.org == org_id).execute()
        for row in rows:
            address = _bring_back(aside, int(row[place]))
            if address:
                found.left_out.append(address)
            else:
                add(TABLE, columns, [row])
    after = _members(org_id)
    found.again, found.no_more = sorted(after - before), sorted(before - after)
    return found


def _members(org_id: int) -> set[str]:
    query = Membership.select(Membership, User).join(User).where(Membership.org == org_id)
    return {str(row.user.email) for row in query}


def _bring_back(aside: Aside, user_id: int) -> str:
    """See to it that the user of the archive is there; the address of one that cannot be, or ""."""
    told = aside.ask('SELECT id, email, name, created_at FROM "user" WHERE id = ?', (user_id,))[0]
    email, made = str(told[1]), User.created_at.python_value(told[3])
    there = User.get_or_none(User.id == user_id)
    if there is not None:
        return "" if there.created_at == made else email
    if User.get_or_none(User.email == email) is not None:
        return email
    # Without a password: he makes himself one by a link in a mail.
    User.insert(id=user_id, email=email, name=str(told[2]), password_hash="", is_support=0, created_at=made).execute()
    return ""

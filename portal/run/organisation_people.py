"""Who works for an organisation that is put back from a backup. Users are of the installation: nobody's password,
second factor or lock is taken back, and a membership comes back only to the same person. Whoever works here today keeps
today's rights: what was taken from him since the backup is not given to him again unseen.
"""

from dataclasses import dataclass, field

from portal.accounts.models import Membership, Session, User
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.run.organisation_aside import Aside, add, columns_of

TABLE = "membership"


@dataclass
class People:
    """By their addresses: who may enter again, who no longer may, and who could not be brought back."""

    again: list[str] = field(default_factory=list)
    no_more: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def put_back(aside: Aside, org_id: int) -> People:
    """Let those work here who did in the archive, and nobody else, but for today's owners where none would be left. The
    sessions of all end.
    """
    found = People()
    before = _members(org_id)
    columns = columns_of(TABLE)
    place = columns.index("user_id")
    rows = [row for some in aside.of(TABLE, org_id, columns) for row in some]
    there = {int(row[place]) for row in rows}
    with transaction():
        mine = Membership.select(Membership.id).where(Membership.org == org_id)
        Session.delete().where(Session.membership.in_(mine)).execute()
        today = {row.user_id: row for row in Membership.select().where(Membership.org == org_id)}
        for row in rows:
            user_id = int(row[place])
            if user_id in today:
                continue
            address = _bring_back(aside, user_id)
            if address:
                found.left_out.append(address)
            else:
                add(TABLE, columns, [row])
        came = Membership.select(Membership.id).where(Membership.org == org_id, Membership.user.not_in(sorted(there)))
        for one in _but_the_last_owners(org_id, [row.id for row in came]):
            Membership.delete().where(Membership.id == one).execute()
    after = _members(org_id)
    found.again, found.no_more = sorted(after - before), sorted(before - after)
    return found


def _members(org_id: int) -> set[str]:
    query = Membership.select(Membership, User).join(User).where(Membership.org == org_id)
    return {str(row.user.email) for row in query}


def _but_the_last_owners(org_id: int, came: list[int]) -> list[int]:
    """Of these memberships those that may go: an organisation keeps an owner."""
    owners = {
        row.id
        for row in Membership.select(Membership.id).where(Membership.org == org_id, Membership.role == Role.OWNER)
    }
    return came if owners - set(came) else sorted(set(came) - owners)


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

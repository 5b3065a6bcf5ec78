"""What the portal can do with organisations and users, whoever asks: a page or a command."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from peewee import IntegrityError

from portal.accounts import places, rules, strength
from portal.accounts.models import Membership, Session, User
from portal.accounts.passwords import hash_password
from portal.activity import log
from portal.core.actor import Actor, acting_as, current_actor, require, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import ONLY_LOOKING, Denied, Permission, Role
from portal.core.tenancy import Org

SETTABLE = {
    "name", "legal_name", "kind", "registration", "email", "telephone", "address", "town", "website",
    "complaints_email", "information_officer", "timezone", "colour", "logo_id", "sender_name", "reply_to",
    "is_tracking", "offers_removal", "requires_factor", "requires_proof", "document_quota",
}  # fmt: skip
BY_COMMAND = {"document_quota"}  # what the installation gives, and no user of the organisation takes


Founder = Callable[[], None]
_founders: list[Founder] = []


class NotFound(LookupError):
    """No such organisation or user."""


class AlreadyMember(ValueError):
    pass


def register_founder(founder: Founder) -> None:
    """Let a higher feature write what every organisation has from its making, within the transaction that makes it."""
    if founder not in _founders:
        _founders.append(founder)


def create_org(name: str, **details: Any) -> Org:
    """Make an organisation with a slug of its own."""
    base = _slug(name)
    for number in range(1, 1000):
        slug = base if number == 1 else f"{base}-{number}"
        try:
            with transaction():
                org = Org.create(slug=slug, name=name, **details)
                with acting_as(system(org.id)):
                    log.write("organisation.added", name=name)
                    for founder in _founders:
                        founder()
            return org
        except IntegrityError:
            continue
    raise NotFound(f"No free short name for {name}.")


def found(name: str, owner_name: str, owner_email: str, password: str) -> Org:
    """Make an organisation with its first owner. A known email keeps its user and password. Raises BadPassword."""
    with transaction():
        org = create_org(name)
        with acting_as(system(org.id)):
            create_user(owner_email, owner_name, Role.OWNER, password)
    return org


def find_org(slug: str) -> Org:
    org = Org.get_or_none(Org.slug == slug)
    if org is None:
        raise NotFound(f"There is no organisation called {slug!r}.")
    return org


def current_org() -> Org:
    return Org.get_by_id(current_actor().org_id)


def today() -> date:
    """The day where the organisation is. In the first hours after its midnight it is still the day before in UTC."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day of a moment where the organisation is."""
    return moment.astimezone(ZoneInfo(current_org().timezone)).date()


def set_details(**values: Any) -> Org:
    """Change the current organisation's own details; what differs is logged."""
    require(Permission.SETTINGS)
    unknown = set(values) - SETTABLE
    if unknown:
        raise NotFound(
            f"An organisation has no detail called {sorted(unknown)[0]!r}. It has {', '.join(sorted(SETTABLE))}."
        )
    if BY_COMMAND & set(values) and current_actor().user_id is not None:
        raise Denied("Only whoever looks after the installation can change this.")
    if "document_quota" in values:
        values["document_quota"] = rules.check_size(str(values["document_quota"]))
    org = current_org()
    changes = {key: [getattr(org, key), value] for key, value in values.items() if getattr(org, key) != value}
    if changes:
        with transaction():
            Org.update(**{key: new for key, (_, new) in changes.items()}).where(Org.id == org.id).execute()
            log.write("organisation.changed", changes=changes)
        org = current_org()
    return org


def create_user(email: str, name: str, role: Role, password: str) -> User:
    """Give a person a role in the current organisation. A known email keeps its user, password and name."""
    require(Permission.USERS)
    email = rules.check_email(email)
    actor = current_actor()
    if role is Role.OWNER and not actor.may(Permission.OWNER):
        raise Denied("Only an owner can make another owner.")
    with transaction():
        user = User.get_or_none(User.email == email)
        if user is None:
            strength.check_password(password, [*own_words(name, email), *_words_of(actor.org_id)])
            user = User.create(email=email, name=name or email.split("@")[0], password_hash=hash_password(password))
        if Membership.get_or_none(Membership.org == actor.org_id, Membership.user == user):
            raise AlreadyMember(f"{email} already belongs to this organisation.")
        Membership.create(org=actor.org_id, user=user, role=role)
        log.write("user.added", subject_id=user.id, role=role)
    return user


def create_support(email: str, name: str, password: str) -> User:
    """Make, or mark, a user of the installation: support, which belongs to no organisation by that."""
    email = rules.check_email(email)
    with transaction():
        user = User.get_or_none(User.email == email)
        if user is None:
            strength.check_password(password, own_words(name, email))
            user = User.create(email=email, name=name or email.split("@")[0], password_hash=hash_password(password))
        User.update(is_support=1).where(User.id == user.id).execute()
    return User.get_by_id(user.id)


def find_user(email: str) -> User | None:
    """Who has this address, typed in any case; None for an address that nobody has, or that is none."""
    normal = email.strip().lower()
    return None if "\0" in normal else User.get_or_none(User.email == normal)


def check_new_password(user: User, password: str) -> None:
    """Refuse a password that is weak, known from a breach, or made of this person's or his organisations' own words.
    Raises BadPassword.
    """
    orgs = [row.org_id for row in Membership.select().where(Membership.user == user)]
    words = [word for org_id in orgs for word in _words_of(org_id)]
    strength.check_password(password, [*own_words(user.name, user.email), *words])


def own_words(*texts: str) -> list[str]:
    """The words of names and addresses, which are the first that somebody would try."""
    return [word for text in texts for word in re.split(r"[^\w]+|_", text) if word]


def lock(user_id: int, by: str) -> User:
    """Nobody signs in as this user any more, and whoever is signed in is out. Support does so by hand, never the
    program: otherwise anybody could lock anybody out.
    """
    return _set_locked(user_id, by, "user.locked")


def unlock(user_id: int, by: str) -> User:
    return _set_locked(user_id, by, "user.unlocked")


def change_role(membership_id: int, role: Role) -> None:
    """Give a colleague another role. The last owner stays an owner; sessions of that person end."""
    require(Permission.USERS)
    with transaction():
        membership = find_membership(membership_id)
        if Role.OWNER in (role, membership.role) and not current_actor().may(Permission.OWNER):
            raise Denied("Only an owner can make or change an owner.")
        if membership.role == role:
            return
        _keep_an_owner(membership)
        Membership.update(role=role).where(Membership.id == membership.id).execute()
        Session.delete().where(Session.membership == membership.id).execute()
        log.write("user.role_changed", subject_id=membership.user_id, changes={"role": [membership.role, str(role)]})


def remove_member(membership_id: int) -> None:
    """End a colleague's membership; sessions under it end at once."""
    require(Permission.USERS)
    with transaction():
        membership = find_membership(membership_id)
        if membership.role == Role.OWNER and not current_actor().may(Permission.OWNER):
            raise Denied("Only an owner can remove an owner.")
        _keep_an_owner(membership)
        log.write("user.removed", subject_id=membership.user_id)
        places.forget(membership.user_id)
        Membership.delete().where(Membership.id == membership.id).execute()


def set_rights(
    membership_id: int, denied: Sequence[str], only_group: int | None, granted: Sequence[str] = ()
) -> Membership:
    """Take rights away from a colleague, and give others beyond the role; the lists replace those before. Effective
    from the next request. Nobody changes his own, or an owner's without being one.
    """
    require(Permission.USERS)
    taken = sorted({rules.known_right(right) for right in denied})
    given = sorted({rules.grantable_right(right) for right in granted})
    with transaction():
        membership = find_membership(membership_id)
        if membership.user_id == current_actor().user_id:
            raise Denied("Nobody changes his own rights. Ask another administrator.")
        if membership.role == Role.OWNER and not current_actor().may(Permission.OWNER):
            raise Denied("Only an owner can change the rights of an owner.")
        new = {"denied": taken, "granted": given, "only_group": only_group}
        changes = {name: [getattr(membership, name), value] for name, value in new.items()}
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if changes:
            Membership.update(**new).where(Membership.id == membership.id).execute()
            log.write("user.rights_changed", subject_id=membership.user_id, changes=changes)
    return Membership.get_by_id(membership.id)


def is_in_rights(right: str, only_group: int) -> bool:
    """Whether somebody of the current organisation was denied this right, or sees only this group."""
    return any(right in one.denied or one.only_group == only_group for one in members())


def member_by_email(email: str) -> Membership:
    """The membership of who has this address in the current organisation. Raises NotFound."""
    mine = (Membership.org == current_actor().org_id) & (User.email == email.strip().lower())
    membership = Membership.select().join(User).where(mine).first()
    if membership is None:
        raise NotFound(f"{email} does not belong to this organisation.")
    return membership


def actor_of_user(user_id: int | None) -> Actor | None:
    """What this user is and may do here now; None when he no longer works for the current organisation, or is
    locked. For a job done in his name: a right taken away meanwhile is gone.
    """
    if user_id is None:
        return None
    mine = (Membership.org == current_actor().org_id) & (Membership.user == user_id) & User.disabled_at.is_null()
    membership = Membership.select(Membership, User).join(User).where(mine).first()
    return actor_for(membership) if membership else None


def members() -> list[Membership]:
    """The current organisation's members with their users, owners first."""
    query = Membership.select(Membership, User).join(User).where(Membership.org == current_actor().org_id)
    order = list(reversed(Role))
    return sorted(query, key=lambda m: (order.index(Role(m.role)), m.user.name.lower()))


def only_membership(user: User) -> Membership | None:
    """The membership of who works for one organisation; None where one is to be chosen."""
    found = list(Membership.select().where(Membership.user == user).limit(2))
    return found[0] if len(found) == 1 else None


def find_membership(membership_id: int) -> Membership:
    membership = Membership.get_or_none(Membership.id == membership_id, Membership.org == current_actor().org_id)
    if membership is None:
        raise NotFound("There is no such user.")
    return membership


def actor_for(membership: Membership, address: str = "") -> Actor:
    """The actor for a membership as it stands now: a right taken away is gone at the next request."""
    role = Role(membership.role)
    only = ["only"] if membership.only_group is not None else []
    return Actor(
        org_id=membership.org_id,
        name=membership.user.name,
        user_id=membership.user_id,
        permissions=rules.permissions_of(role, [*membership.denied, *only], membership.granted),
        hidden=rules.hidden_sets(role, membership.denied, membership.granted),
        hidden_pages=rules.numbers_of("page", membership.denied),
        read_only_pages=rules.numbers_of("page-write", membership.denied),
        only_group=membership.only_group,
        denied_groups=rules.numbers_of("group", membership.denied),
        address=address,
    )


def looking_as(own: Actor, membership: Membership) -> Actor | None:
    """The actor of who looks as a colleague: sees what the colleague sees, may do nothing but read, and stands in the
    log by himself. None for who may not (or may not any more): users are looked after by administrators, and nobody
    looks as somebody who sees more.
    """
    seen = actor_for(membership, own.address)
    is_other = membership.user_id != own.user_id and membership.org_id == own.org_id
    if not (is_other and own.may(Permission.USERS) and rules.sees_no_more(seen, own)):
        return None
    return replace(seen, name=own.name, user_id=own.user_id, permissions=seen.permissions & ONLY_LOOKING)


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER:
        return
    others = Membership.select().where(
        Membership.org == membership.org_id, Membership.role == Role.OWNER, Membership.id != membership.id
    )
    if not others.exists():
        raise Denied("An organisation keeps at least one owner. Make somebody else an owner first.")


def _words_of(org_id: int) -> list[str]:
    org = Org.get_by_id(org_id)
    return own_words(org.name, org.legal_name, org.town)


def _set_locked(user_id: int, by: str, action: str) -> User:
    """The organisations of the user see it in their records, with who did it."""
    user = User.get_or_none(User.id == user_id)
    if user is None:
        raise NotFound("There is no such user.")
    with transaction():
        User.update(disabled_at=now() if action == "user.locked" else None).where(User.id == user_id).execute()
        if action == "user.locked":
            Session.delete().where(Session.user == user_id).execute()
        for row in Membership.select().where(Membership.user == user_id):
            with acting_as(Actor(org_id=row.org_id, name=by)):
                log.write(action, subject_id=user_id)
    return User.get_by_id(user_id)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or f"org-{secrets.token_hex(3)}"

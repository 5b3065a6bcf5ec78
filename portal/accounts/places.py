"""From where people sign in: the countries of the installation and of each organisation, and exceptions with an end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts.models import Membership, PlaceException, User
from portal.accounts.place_rules import (
    EVERYWHERE,
    HOME,
    KNOWN,
    UNKNOWN,
    UNREADABLE,
    Exempt,
    Place,
    Verdict,
    allowed_in,
    judge,
    kind_of,
)
from portal.activity import log
from portal.config import BadSettings, Settings
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.gateways import geoip
from portal.gateways.countries import NAMES, TEN, name_of

LONGEST_ABROAD = timedelta(days=366)
MOST_WISHES = 3  # of one user within a day


class NeedsConfirming(ValueError):
    """One of the ten countries was named without the second confirmation. The message names them."""


class BadCountries(ValueError):
    """A list of countries that would shut people out; the message says whom."""


class NoException(LookupError):
    """There is no such exception in this organisation."""


class BadException(ValueError):
    """An exception that cannot be made; the message says why."""


@dataclass(frozen=True)
class _Host:
    """What the host of the installation decided."""

    countries: frozenset[str] = frozenset()
    networks: Sequence[str] = ()


_host = [_Host()]


def use(settings: Settings) -> None:
    """Read the host's decisions. Opens no file. Raises BadSettings for a country that is none, or one of the ten that
    was named only once.
    """
    named = settings.allowed_countries
    for code in sorted(named | settings.confirmed_countries):
        if code not in NAMES:
            raise BadSettings(f"PORTAL_ALLOWED_COUNTRIES holds {code}, which is no country code of ISO 3166.")
    unconfirmed = sorted((named & TEN) - settings.confirmed_countries)
    if unconfirmed:
        raise BadSettings(
            f"PORTAL_ALLOWED_COUNTRIES names {', '.join(map(name_of, unconfirmed))}, where much break-in comes from. "
            f"To allow it all the same, name it again in PORTAL_CONFIRMED_COUNTRIES={','.join(unconfirmed)}."
        )
    _host[:] = [_Host(named, settings.allowed_networks)]
    geoip.use(settings.country_database)


def where(address: str) -> Place:
    """What is known about an address. Never raises: data that cannot be read is a kind of place."""
    kind = kind_of(address, _host[0].networks)
    if kind != KNOWN:
        return Place(kind)
    try:
        country = geoip.country(address)
    except geoip.Unreadable:
        return Place(UNREADABLE)
    return Place(KNOWN, country) if country else Place(UNKNOWN)


def look(address: str, user: User | None, membership: Membership | None) -> Verdict:
    """Whether this person may be where he is; without a person, whether anybody could come in from there."""
    place = where(address)
    first = judge(place, _allowed_for(membership), (), now())
    if first.is_allowed:
        return first
    return judge(place, _allowed_for(membership), _exempt(user, membership), now())


def of_installation() -> frozenset[str]:
    """The host's countries; when it named none, South Africa and those of all organisations."""
    if _host[0].countries:
        return _host[0].countries
    return frozenset({HOME}).union(*(org.countries for org in Org.select(Org.countries)))


def of_org(org: Org) -> frozenset[str]:
    return allowed_in(org.countries, _host[0].countries)


def set_countries(codes: Iterable[str], confirmed: bool) -> None:
    """Set the countries from which the current organisation's people sign in. One of the ten needs `confirmed`, which
    is logged by itself. Raises NeedsConfirming, and BadCountries for a list that shuts out everybody or the actor.
    """
    require(Permission.SETTINGS)
    actor = current_actor()
    wanted = sorted(set(codes) & set(NAMES))
    if not wanted:
        raise BadCountries("Choose at least one country: otherwise nobody could sign in.")
    here = where(actor.address) if actor.address else Place(UNKNOWN)
    if here.kind == KNOWN and here.country not in allowed_in(wanted, _host[0].countries):
        raise BadCountries(f"You are in {name_of(here.country)} yourself, and would be shut out.")
    org = Org.get_by_id(actor.org_id)
    fresh_risks = sorted((set(wanted) & TEN) - set(org.countries))
    if fresh_risks and not confirmed:
        raise NeedsConfirming(", ".join(map(name_of, fresh_risks)))
    if sorted(org.countries) == wanted:
        return
    with transaction():
        Org.update(countries=wanted).where(Org.id == org.id).execute()
        log.write("organisation.countries_changed", changes={"countries": [org.countries, wanted]})
        if fresh_risks:
            log.write("organisation.risky_country_confirmed", countries=fresh_risks)


def end_of(day: date, org: Org) -> datetime:
    """The last minute of a day where the organisation is."""
    return datetime.combine(day, time(23, 59), ZoneInfo(org.timezone))


def ask(user: User, membership: Membership, country: str, until: datetime) -> PlaceException | None:
    """Keep a traveller's wish in place of an earlier one for another country. None when the same one waits already, or
    when there were enough today: who asks has not signed in, and no owner is to be pestered.
    """
    with transaction():
        lock(User.select().where(User.id == user.id)).get()
        wishes = PlaceException.select().where(
            PlaceException.user == user, PlaceException.org == membership.org_id, PlaceException.granted_at.is_null()
        )
        waiting = list(wishes.where(PlaceException.until > now()))
        today = wishes.where(PlaceException.asked_at > now() - timedelta(days=1)).count()
        if any(one.country == country for one in waiting) or today >= MOST_WISHES:
            return None
        PlaceException.update(until=now()).where(PlaceException.id.in_([one.id for one in waiting] or [0])).execute()
        return PlaceException.create(org=membership.org_id, user=user, country=country, until=until)


def answer(exception_id: int, granted: bool, confirmed: bool) -> PlaceException:
    """Allow or refuse what a traveller asked for."""
    require(Permission.USERS)
    found = find(exception_id)
    if granted and found.country in TEN and not confirmed:
        raise NeedsConfirming(name_of(found.country))
    actor = current_actor()
    with transaction():
        answered = {"granted_at": now(), "granted_by": actor.name} if granted else {"until": now()}
        waiting = (PlaceException.id == found.id) & PlaceException.granted_at.is_null() & (PlaceException.until > now())
        if not PlaceException.update(answered).where(waiting).execute():
            raise NoException("This was answered a moment ago.")
        words: dict[str, Any] = {"country": found.country, "until": found.until, "confirmed": found.country in TEN}
        log.write("user.abroad_allowed" if granted else "user.abroad_refused", subject_id=found.user_id, **words)
    return found


def allow(membership: Membership, country: str, until: datetime | None, confirmed: bool) -> None:
    """Let a colleague sign in from a country, until a day or for good."""
    require(Permission.USERS)
    if country not in NAMES:
        raise BadException("Choose a country.")
    if until is not None and not now() < until < now() + LONGEST_ABROAD:
        raise BadException("Choose a day within a year from now.")
    if country in TEN and not confirmed:
        raise NeedsConfirming(name_of(country))
    with transaction():
        PlaceException.create(
            org=membership.org_id, user=membership.user_id, country=country, until=until,
            granted_at=now(), granted_by=current_actor().name,
        )  # fmt: skip
        words: dict[str, Any] = {"country": country, "until": until, "confirmed": country in TEN}
        log.write("user.abroad_allowed", subject_id=membership.user_id, **words)


def end(exception_id: int) -> None:
    """Take an exception back."""
    require(Permission.USERS)
    found = find(exception_id)
    with transaction():
        PlaceException.delete().where(PlaceException.id == found.id).execute()
        log.write("user.abroad_ended", subject_id=found.user_id, country=found.country)


def forget(user_id: int) -> None:
    """What was allowed to somebody who leaves the current organisation ends with it."""
    PlaceException.delete().where(
        PlaceException.user == user_id, PlaceException.org == current_actor().org_id
    ).execute()


def find(exception_id: int) -> PlaceException:
    """An exception of the current organisation, or NoException."""
    found = PlaceException.get_or_none(PlaceException.id == exception_id, PlaceException.org == current_actor().org_id)
    if found is None:
        raise NoException("There is no such exception.")
    return found


def exceptions() -> list[PlaceException]:
    """Those of the current organisation that last, and what is asked for; the latter first."""
    lasting = PlaceException.until.is_null() | (PlaceException.until > now())
    query = (
        PlaceException.select(PlaceException, User)
        .join(User)
        .where(PlaceException.org == current_actor().org_id, lasting)
    )
    return sorted(query, key=lambda one: (one.granted_at is not None, one.id))


def wishes() -> list[PlaceException]:
    """What travellers of the current organisation wait for; a handful at most."""
    waiting = PlaceException.granted_at.is_null() & (PlaceException.until > now())
    query = PlaceException.select(PlaceException, User).join(User)
    return list(query.where(PlaceException.org == current_actor().org_id, waiting).order_by(PlaceException.id).limit(5))


def lasting_for_everybody() -> list[Exempt]:
    """The door that a command opened, if it is open."""
    rows = PlaceException.select().where(PlaceException.user.is_null(), PlaceException.org.is_null())
    return [Exempt(one.country, one.until) for one in rows]


def open_door(until: datetime) -> None:
    """Let everybody in from everywhere until then. By command only: the way in when the data cannot be read."""
    PlaceException.create(country=EVERYWHERE, until=until, granted_at=now(), granted_by="command")


def close_door() -> None:
    PlaceException.delete().where(PlaceException.country == EVERYWHERE).execute()


def tidy() -> None:
    """Forget exceptions long over."""
    PlaceException.delete().where(PlaceException.until < now() - timedelta(days=90)).execute()


def _allowed_for(membership: Membership | None) -> frozenset[str]:
    return of_org(membership.org) if membership else of_installation()


def _exempt(user: User | None, membership: Membership | None) -> list[Exempt]:
    """Exceptions that might let this person in; without a person, those of anybody."""
    query = PlaceException.select().where(PlaceException.granted_at.is_null(False))
    if user is not None:
        everybody = PlaceException.user.is_null() & PlaceException.org.is_null()
        own = PlaceException.user == user.id
        if membership is not None:
            own = own & (PlaceException.org == membership.org_id)
        query = query.where(everybody | own)
    return [Exempt(one.country, one.until) for one in query]

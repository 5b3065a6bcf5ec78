"""Commands about signing in: letting somebody in, who tried, and from which countries."""

import sys
from datetime import date, timedelta
from pathlib import Path

import click

from portal.accounts import places
from portal.accounts import service as accounts
from portal.accounts.cli import user as user_commands
from portal.accounts.models import Membership, User
from portal.accounts.place_rules import REASONS, judge
from portal.commanding import as_json, for_org, installation, organisation, say
from portal.core.clock import now
from portal.gateways import geoip, geoip_source
from portal.gateways.countries import code_of, name_of
from portal.signin import counting, passwords, people, service
from portal.signin.first_run import new_code
from portal.signin.models import SignInAttempt, WrongSeries
from portal.signin.rules import FREE_GUESSES

email_option = click.option("--email", required=True, help="The address the user signs in with.")
DEBIAN = Path("/usr/share/tor")  # where Debian's tor-geoipdb puts its data


def register(cli: click.Group) -> None:
    for command in (let_in, attempts, lock, unlock, set_password, forget_factor):
        user_commands.add_command(command)
    cli.add_command(geo)
    cli.add_command(print_first_code)


@click.command("first-run")
@as_json
def print_first_code(as_json: bool) -> None:
    """Print the code with which the first owner is made in the browser; the one before is dead."""
    with installation() as settings:
        code = new_code()
    if code is None:
        raise click.ClickException("Somebody is there already: further users are added in the browser, or by command.")
    say({"code": code}, f"Open {settings.base_url}/first-run and enter the code {code}", as_json)


@click.command("let-in")
@email_option
@click.option("--number", required=True, help="The six digits that the waiting page shows to the person.")
def let_in(email: str, number: str) -> None:
    """Confirm the sign-in that waits for a mail, when the mail cannot be read."""
    with installation():
        row = service.let_in(_user(email), number)
    click.echo(f"{row.browser}, {row.place} ({row.address}), begun {row.begun_at:%H:%M} UTC: confirmed.")
    click.echo("The waiting page goes on by itself.")


@click.command("attempts")
@email_option
@as_json
def attempts(email: str, as_json: bool) -> None:
    """How many wrong passwords in a row there are for an address, and the last tries."""
    with installation():
        mac = counting.account_mac(email)
        standing = counting.standing_of(email)
        series = WrongSeries.get_or_none(WrongSeries.key == f"account:{mac}")
        found = User.get_or_none(User.email == email.strip().lower())
        own = (SignInAttempt.mac == mac) | (SignInAttempt.user_id == (found.id if found else 0))
        rows = SignInAttempt.select().where(own).order_by(SignInAttempt.id.desc()).limit(20)
        last = [{"at": r.at, "outcome": r.outcome, "address": r.address, "country": r.country} for r in rows]
        told = {
            "wrong": standing,
            "captcha": standing >= FREE_GUESSES,
            "told_at": series.told_at if series else None,
            "last": last,
        }
    words = f"{standing} wrong in a row." + "".join(
        f"\n{one['at']:%Y-%m-%d %H:%M} {one['outcome']:10} {one['country'] or '--'} {one['address']}" for one in last
    )
    say(told, words, as_json)


@click.command("lock")
@email_option
def lock(email: str) -> None:
    """Let nobody sign in as this user, and sign him out everywhere."""
    with installation():
        people.lock_account(_user(email).id, "command")
    click.echo("Locked.")


@click.command("unlock")
@email_option
def unlock(email: str) -> None:
    """Open the account again, and forget its wrong passwords."""
    with installation():
        people.unlock_account(_user(email), "command")
    click.echo("Open.")


@click.command("password")
@email_option
@click.option("--password-stdin", is_flag=True, required=True, expose_value=False, help="Read the password from there.")
def set_password(email: str) -> None:
    """Set a user's password, when no mail reaches him. His sessions end."""
    password = sys.stdin.readline().rstrip("\n")
    with installation():
        passwords.set_by_command(_user(email), password)
    click.echo("Set.")


@click.command("forget-factor")
@email_option
def forget_factor(email: str) -> None:
    """Turn a user's second factor off, when telephone and recovery codes are lost."""
    with installation():
        passwords.forget_factor_by_command(_user(email))
    click.echo("Off.")


@click.group()
def geo() -> None:
    """From which countries people sign in."""


@geo.command("check")
@click.argument("address")
@click.option("--org", "slug", default=None, help="The organisation's short name.")
@as_json
def check(address: str, slug: str | None, as_json: bool) -> None:
    """Say in which country an address is, and whether staff may sign in from there."""
    with installation():
        place = places.where(address)
        allowed = places.of_org(accounts.find_org(slug)) if slug else places.of_installation()
        verdict = judge(place, allowed, places.lasting_for_everybody(), now())
    told = {"country": place.country or None, "allowed": verdict.is_allowed, "reason": REASONS[verdict.reason]}
    words = f"{name_of(place.country) if place.country else address}: {'allowed' if verdict.is_allowed else 'refused'}"
    say(told, f"{words}; {REASONS[verdict.reason]}", as_json)


@geo.command("update")
@click.argument("source", required=False, type=click.Path(path_type=Path))
@click.option("--older", is_flag=True, help="Take it though it is older than what is there.")
@as_json
def update(source: Path | None, older: bool, as_json: bool) -> None:
    """Bring fresh country data from a .mmdb file (also .gz, .xz) or the folder of Debian's tor-geoipdb, which is the
    usual SOURCE. A running portal notices by itself.
    """
    with installation() as settings:
        if source is None:
            source = DEBIAN
            if not (source / "geoip").exists():
                raise click.ClickException(
                    "Name a SOURCE: a .mmdb file, or install Debian's package tor-geoipdb and run this again."
                )
        made = geoip_source.take(source, settings.country_database, older_is_fine=older)
    say({"date": made}, f"The country data is of {made} now.", as_json)


@geo.command("allow")
@for_org
@email_option
@click.option("--country", required=True, help="A code such as PT, or a name.")
@click.option("--until", default=None, help="The last day, such as 2026-12-24; without it, for good.")
@click.option("--confirm", is_flag=True, help="Needed for the ten countries from which most break-in comes.")
def allow(slug: str, email: str, country: str, until: str | None, confirm: bool) -> None:
    """Let a user sign in from another country."""
    with organisation(slug) as org:
        member = Membership.get_or_none(Membership.org == org.id, Membership.user == _user(email).id)
        if member is None:
            raise click.ClickException(f"{email} does not belong to this organisation.")
        end = places.end_of(_day(until), org) if until else None
        code = code_of(country)
        try:
            places.allow(member, code, end, confirm)
        except places.NeedsConfirming as error:
            raise click.ClickException(f"{error} is one of the ten countries; add --confirm to allow it.") from None
    click.echo(f"{email} may sign in from {name_of(code)}{f' until {until}' if until else ''}.")


@geo.command("countries")
@for_org
@click.option("--confirm", is_flag=True, help="Needed for the ten countries from which most break-in comes.")
@click.argument("countries", nargs=-1, required=True)
def set_countries(slug: str, confirm: bool, countries: tuple[str, ...]) -> None:
    """Set the COUNTRIES from which an organisation's people sign in, by code or name."""
    with organisation(slug):
        try:
            places.set_countries([code_of(one) for one in countries], confirm)
        except places.NeedsConfirming as error:
            raise click.ClickException(f"{error} is one of the ten countries; add --confirm to allow it.") from None
    click.echo("Saved.")


@geo.command("open")
@click.option("--minutes", type=click.IntRange(1, 7 * 24 * 60), required=True, help="For how long, at most a week.")
def open_door(minutes: int) -> None:
    """Let people sign in from everywhere for a while, such as when the country data cannot be read."""
    with installation():
        places.open_door(now() + timedelta(minutes=minutes))
    click.echo(f"Open to everywhere for {minutes} minutes. Close it before with: portal geo close")


@geo.command("close")
def close_door() -> None:
    """End what `portal geo open` began."""
    with installation():
        places.close_door()
    click.echo("Closed.")


@geo.command("status")
@as_json
def status(as_json: bool) -> None:
    """The date of the country data, and the countries that are open."""
    with installation():
        problem = geoip.is_readable()
        countries = sorted(places.of_installation())
        made = None if problem else geoip.built()
        told = {"readable": not problem, "date": made, "countries": countries}
    words = problem or f"Data of {made}. Open: {', '.join(map(name_of, countries))}."
    say(told, words, as_json)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"{text!r} is no day. Write one such as 2026-12-24.") from None


def _user(email: str) -> User:
    found = User.get_or_none(User.email == email.strip().lower())
    if found is None:
        raise click.ClickException(f"There is no user {email}.")
    return found

"""What support looks into: series of wrong passwords, tries by country, one person's tries."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import Case, fn

from portal.accounts.models import User
from portal.core.clock import now
from portal.gateways.countries import name_of
from portal.signin.models import SignInAttempt, WrongSeries
from portal.signin.rules import ACCOUNT_QUIET, ADDRESS_QUIET, FREE_GUESSES

REFUSED = ("wrong", "captcha", "locked", "wrong_code", "judging", "place", "moved", "not_me")


_KINDS = {"code": ": second factor", "proof": ": signed in already"}


@dataclass(frozen=True)
class Country:
    """Tries from one country in some days: how many came in, how many did not."""

    code: str
    name: str
    let_in: int
    refused: int
    addresses: int
    share: int  # of the country with the most tries, in hundredths; for the bar


@dataclass(frozen=True)
class Series:
    row: WrongSeries
    user: User | None

    @property
    def about(self) -> str:
        if self.row.key.startswith("address:"):
            return f"From {self.row.key.removeprefix('address:')}"
        who = f"{self.user.name}, {self.user.email}" if self.user else "An address that nobody has"
        return who + _KINDS.get(self.row.key.partition(":")[0], "")


def series() -> list[Series]:
    """Series under way that support was told of or that ask for a captcha, the longest first."""
    since = Case(None, [(WrongSeries.key.startswith("address:"), now() - ADDRESS_QUIET)], now() - ACCOUNT_QUIET)
    lasting = (WrongSeries.wrong >= FREE_GUESSES) & (WrongSeries.last_at > since)
    rows = list(WrongSeries.select().where(lasting).order_by(WrongSeries.wrong.desc()).limit(50))
    users = {user.id: user for user in User.select().where(User.id.in_([r.user_id for r in rows if r.user_id] or [0]))}
    return [Series(row, users.get(row.user_id)) for row in rows]


def one_series(series_id: int) -> Series | None:
    row = WrongSeries.get_or_none(WrongSeries.id == series_id)
    return Series(row, User.get_or_none(User.id == row.user_id) if row.user_id else None) if row else None


def attempts_of_series(row: WrongSeries) -> Any:
    """The tries that a series counts, the newest first."""
    kind, _, key = row.key.partition(":")
    where = {
        "account": lambda: SignInAttempt.mac == key,
        "address": lambda: SignInAttempt.network == key,
    }.get(kind, lambda: SignInAttempt.user_id == int(key))()
    return _newest(SignInAttempt.select().where(where, SignInAttempt.at >= row.first_at - timedelta(minutes=1)))


def attempts_of(user: User) -> Any:
    return _newest(SignInAttempt.select().where(SignInAttempt.user_id == user.id))


def attempts() -> Any:
    return _newest(SignInAttempt.select())


def by_country(days: int) -> list[Country]:
    """Tries of the last days by the country they came from, the most first."""
    refused = fn.SUM(Case(None, [(SignInAttempt.outcome.in_(REFUSED), 1)], 0))
    let_in = fn.SUM(Case(None, [(SignInAttempt.outcome == "in", 1)], 0))
    addresses = fn.COUNT(fn.DISTINCT(SignInAttempt.address))
    query = SignInAttempt.select(SignInAttempt.country, let_in, refused, addresses).where(
        SignInAttempt.at > now() - timedelta(days=days)
    )
    rows: list[Any] = list(query.group_by(SignInAttempt.country).tuples())
    most = max((int(r or 0) + int(i or 0) for _, i, r, _ in rows), default=0) or 1
    found = [
        Country(code, name_of(code) if code else "This machine, or unknown", int(i or 0), int(r or 0), int(a),
                round(100 * (int(i or 0) + int(r or 0)) / most))
        for code, i, r, a in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-(one.let_in + one.refused), one.name))


def _newest(query: Any) -> Any:
    return query.order_by(SignInAttempt.id.desc())

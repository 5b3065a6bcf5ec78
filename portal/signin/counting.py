"""Wrong passwords, counted in the database before they are judged: however many come at once, each is one, and only
the first three of a series are judged without a captcha (R52, A01, A03).
"""

from datetime import datetime, timedelta

from portal.accounts import places
from portal.accounts.models import User
from portal.core import keys
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.networks import network_of
from portal.gateways.countries import place_of
from portal.signin import telling
from portal.signin.models import SignInAttempt, UsedCaptcha, WrongSeries
from portal.signin.rules import (
    ACCOUNT_QUIET,
    ADDRESS_ALARM_AT,
    ADDRESS_QUIET,
    ALARM_AT,
    ATTEMPTS_KEPT,
    CAPTCHA_LASTS,
    SEVERAL,
    Counts,
    is_over,
)


def account_mac(email: str) -> str:
    """The keyed hash under which tries at an account are counted, whether there is such an account or not."""
    return keys.portal_mac("account", email.strip().lower())


def standing_of(email: str) -> int:
    """Wrong passwords in a row for an account."""
    return counts(account_mac(email), "").account


def counts(mac: str, address: str) -> Counts:
    """Wrong passwords in a row so far. Changes nothing."""
    return Counts(
        _standing(_row(_account_key(mac)), ACCOUNT_QUIET), _standing(_row(_address_key(address)), ADDRESS_QUIET)
    )


def count(mac: str, user: User | None, address: str) -> Counts:
    """Count one try as wrong, until it proves right, and return the counts before it. Belongs to a transaction."""
    return Counts(
        _bump(_account_key(mac), ACCOUNT_QUIET, user.id if user else None),
        _bump(_address_key(address), ADDRESS_QUIET, None),
    )


def tell_if_due(mac: str, user: User | None, address: str) -> None:
    """Tell support, once in a series, that it came to its tenth wrong password; of an address later, and only when it
    tries several accounts and none of them was told of. Belongs to a transaction.
    """
    account = _row(_account_key(mac))
    if account is None:
        return
    what = "wrong passwords"
    if _claim_telling(account.key, ALARM_AT):
        _tell(account, what, f"for {user.email}" if user else "for an address that nobody has", address)
        return
    key = _address_key(address)
    if account.told_at is None and _tries_several(address) and _claim_telling(key, ADDRESS_ALARM_AT):
        _tell(WrongSeries.get(WrongSeries.key == key), what, "from one address, for several accounts", address)


def add_wrong(user: User, address: str) -> None:
    """One more wrong thing shown for an account, such as a code of the second factor. Belongs to a transaction."""
    mac = account_mac(user.email)
    count(mac, user, address)
    tell_if_due(mac, user, address)


def count_proof(user: User, kind: str) -> int:
    """Count one proof of a user as wrong, until it proves right; how many in a row it makes. `kind` is code, for the
    second factor, which right passwords in between do not begin anew, or proof, for the password of somebody signed in.
    Belongs to a transaction.
    """
    return _bump(f"{kind}:{user.id}", ACCOUNT_QUIET, user.id) + 1


def codes_in_a_row(user: User) -> int:
    """Wrong codes of the second factor in a row."""
    return _standing(_row(f"code:{user.id}"), ACCOUNT_QUIET)


def tell_codes_if_due(user: User, address: str) -> None:
    """Tell support, once in a series, of the tenth wrong code. Belongs to a transaction."""
    key = f"code:{user.id}"
    if _claim_telling(key, ALARM_AT):
        series = WrongSeries.get(WrongSeries.key == key)
        _tell(series, "wrong codes of the second factor", f"for {user.email}, whose password was right", address)


def forgive_proofs(user: User, kind: str) -> None:
    WrongSeries.update(wrong=0, told_at=None).where(WrongSeries.key == f"{kind}:{user.id}").execute()


def forgive_codes(user: User) -> None:
    """A right code was shown: the series of codes is over, and so is the one of passwords."""
    forgive_proofs(user, "code")
    end_series(user)


def forgive(mac: str, address: str) -> None:
    """The try counted just now was right: the account's series is over, the address's loses this one."""
    WrongSeries.update(wrong=0, told_at=None).where(WrongSeries.key == _account_key(mac)).execute()
    WrongSeries.update(wrong=WrongSeries.wrong - 1).where(
        WrongSeries.key == _address_key(address), WrongSeries.wrong > 0
    ).execute()


def end_series(user: User) -> None:
    """Begin anew for this account: support looked at it, or its owner set a new password."""
    WrongSeries.update(wrong=0, told_at=None).where(WrongSeries.key == _account_key(account_mac(user.email))).execute()


def note(
    outcome: str, address: str, browser: str, *, mac: str = "", user_id: int | None = None, device_id: int | None = None
) -> SignInAttempt:
    """Keep one try, with the country of its address."""
    return SignInAttempt.create(
        outcome=outcome, address=address, browser=browser, mac=mac, user_id=user_id, device_id=device_id,
        country=places.where(address).country, network=network_of(address),
    )  # fmt: skip


def note_once(outcome: str, address: str, browser: str, user_id: int | None, every: timedelta) -> bool:
    """The same, but only once in a while for an address and user: nobody fills the disk by reloading a page."""
    lately = SignInAttempt.select().where(
        SignInAttempt.network == network_of(address),
        SignInAttempt.at > now() - every,
        SignInAttempt.outcome == outcome,
        SignInAttempt.user_id.is_null() if user_id is None else SignInAttempt.user_id == user_id,
    )
    if lately.exists():
        return False
    note(outcome, address, browser, user_id=user_id)
    return True


def tidy() -> None:
    """Forget what is too old to be looked into."""
    at = now()
    SignInAttempt.delete().where(SignInAttempt.at < at - ATTEMPTS_KEPT).execute()
    WrongSeries.delete().where(WrongSeries.last_at < at - ACCOUNT_QUIET).execute()
    UsedCaptcha.delete().where(UsedCaptcha.at < at - 2 * CAPTCHA_LASTS).execute()


def _account_key(mac: str) -> str:
    return f"account:{mac}"


def _address_key(address: str) -> str:
    return f"address:{network_of(address)}"


def _tries_several(address: str) -> bool:
    """Whether an address has tried several accounts lately; asked only when it has tried often."""
    row = _row(_address_key(address))
    if row is None or row.wrong < ADDRESS_ALARM_AT:
        return False
    tried = SignInAttempt.select(SignInAttempt.mac).where(
        SignInAttempt.network == network_of(address), SignInAttempt.at >= row.first_at
    )
    return int(tried.distinct().limit(SEVERAL).count()) >= SEVERAL


def _row(key: str) -> WrongSeries | None:
    return WrongSeries.get_or_none(WrongSeries.key == key)


def _standing(row: WrongSeries | None, quiet: timedelta, at: datetime | None = None) -> int:
    return 0 if row is None or is_over(row.last_at, at or now(), quiet) else row.wrong


def _bump(key: str, quiet: timedelta, user_id: int | None) -> int:
    """Add one to a series and return what it was; the row is held until the transaction ends."""
    at = now()
    with transaction():
        WrongSeries.insert(key=key, user_id=user_id, last_at=at).on_conflict_ignore().execute()
        row = lock(WrongSeries.select().where(WrongSeries.key == key)).get()
        before = _standing(row, quiet, at)
        values = {"wrong": before + 1, "last_at": at}
        if before == 0:
            values |= {"first_at": at, "told_at": None}
        WrongSeries.update(values).where(WrongSeries.id == row.id).execute()
    return before


def _claim_telling(key: str, least: int) -> bool:
    """Whether it falls to this try to tell of the series: of all that come at once, to one."""
    due = (WrongSeries.key == key) & (WrongSeries.wrong >= least) & WrongSeries.told_at.is_null()
    return bool(WrongSeries.update(told_at=now()).where(due).execute())


def _tell(series: WrongSeries, what: str, about: str, address: str) -> None:
    telling.tell_support(
        "alarm",
        what=f"{series.wrong} {what}",
        about=about,
        place=place_of(places.where(address).country, address),
        address=address,
        at=now(),
        path=f"/support/series/{series.id}",
    )

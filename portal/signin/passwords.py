"""Setting a new password, changing one, and proving once more who one is."""

from portal.accounts import places
from portal.accounts.models import User
from portal.accounts.passwords import hash_password, is_right
from portal.accounts.service import check_new_password, find_user
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import notices, transport
from portal.gateways.countries import place_of
from portal.signin import begun, counting, devices, factors, service, sessions
from portal.signin.begun import PASSWORD
from portal.signin.models import Begun
from portal.signin.rules import CODE_GUESSES, LINK_LASTS
from portal.signin.service import LONGEST_TYPED, WrongPassword
from portal.signin.sessions import Person

MOST_MAILS = 3  # for a new password, asked for from one network within ten minutes
MOST_MAILS_IN_ALL = 10  # from everywhere: nobody's mailbox is filled by strangers


def ask_new(email: str, browser: str, address: str, device: str) -> str:
    """Begin setting a new password; the secret is for the browser's cookie. A mail goes only to who has an account,
    and not to one whose mailbox was just filled: what the asker sees is the same.
    """
    user, mac = find_user(email), counting.account_mac(email)
    is_known = devices.known(user, device) is not None
    with transaction():
        started = begun.start(PASSWORD, mac, user, browser, address, places.where(address).country)
        counting.note("password", address, browser, mac=mac, user_id=user.id if user else None)
        if user is not None and user.disabled_at is None and _may_mail(started.row, is_known):
            service.mail_link(started, user, "password", f"/password/link/{started.link}")
    return started.secret


def _may_mail(row: Begun, is_known: bool) -> bool:
    """Whether one more mail is sent: few for each network that asks, and not many for one account, but on a device
    known with the user his own asks alone count, so that no stranger uses them up.
    """
    lately = Begun.select().where(Begun.mac == row.mac, Begun.purpose == PASSWORD, Begun.begun_at > now() - LINK_LASTS)
    from_here = lately.where(Begun.network == row.network).count()
    return from_here <= MOST_MAILS and (is_known or lately.count() <= MOST_MAILS_IN_ALL)


def set_new(row: Begun, new: str, browser: str, address: str) -> str:
    """Set it in the browser that asked, once the mailbox was shown; return a secret for its device cookie. Whoever was
    signed in is out. Raises BadPassword, begun.LinkOver.
    """
    user = row.owner
    check_new_password(user, new)
    with transaction():
        if row.proved_at is None or user.disabled_at is not None or not begun.end(row):
            raise begun.LinkOver("This was finished a moment ago.")
        _set(user, new, browser, address)
        sessions.end_all(user)
        counting.end_series(user)
        _, secret = devices.trust(user, browser, address)
    return secret


def change(person: Person, current: str, new: str, browser: str, address: str) -> str:
    """Set a new password; every other session of this person ends, and this one gets a new secret, which is returned.
    Raises WrongPassword, BadPassword.
    """
    _require(person, current, address, "The password you have now is not right.")
    check_new_password(person.user, new)
    with transaction():
        _set(person.user, new, browser, address)
        sessions.end_others(person)
        return sessions.renew(person, confirmed_at=now())


def confirm(person: Person, password: str, code: str, address: str) -> str:
    """Prove once more who one is; the session gets a new secret, which is returned. Raises WrongPassword,
    factors.WrongCode.
    """
    _require(person, password, address, "The password is not right.")
    if factors.has(person.user):
        _require_code(person, code, address)
    with transaction():
        return sessions.renew(person, confirmed_at=now())


def turn_on_factor(person: Person, code: str, address: str) -> list[str]:
    """Put the second factor in force; the recovery codes are returned once. Raises factors.WrongCode."""
    with transaction():
        codes = factors.confirm_setup(person.user, code)
        service.write_to_all(person.user, "user.second_factor_added", address)
        sessions.end_others(person)
    return codes


def turn_off_factor(person: Person, address: str) -> None:
    with transaction():
        factors.remove(person.user)
        service.write_to_all(person.user, "user.second_factor_removed", address)


def _require(person: Person, password: str, address: str, sentence: str) -> None:
    """A wrong password here counts like one at the door."""
    if is_right(person.user.password_hash, password[:LONGEST_TYPED]):
        return
    with transaction():
        counting.add_wrong(person.user, address)
    raise WrongPassword(sentence)


def _require_code(person: Person, code: str, address: str) -> None:
    """A wrong code is counted first, like one at the door; whoever holds a session and guesses on loses it."""
    with transaction():
        wrong = counting.count_code(person.user)
    if wrong > CODE_GUESSES:
        sessions.end_own(person)
        raise factors.WrongCode("The code was wrong too often. Sign in again.")
    try:
        factors.check(person.user, code)
    except factors.WrongCode:
        with transaction():
            counting.tell_codes_if_due(person.user, address)
            counting.note("wrong_code", address, "", user_id=person.user.id)
        raise
    counting.forgive_codes(person.user)


def _set(user: User, new: str, browser: str, address: str) -> None:
    User.update(password_hash=hash_password(new)).where(User.id == user.id).execute()
    Begun.update(ended_at=now()).where(Begun.user == user.id, Begun.ended_at.is_null()).execute()
    service.write_to_all(user, "user.password_changed", address)
    notices.send(
        "password_changed", user.email, user_id=user.id, name=user.name, at=now(), zone=service.zone_of(user),
        place=place_of(places.where(address).country, address), browser=browser,
        forgotten=transport.base_url() + "/password/forgotten",
    )  # fmt: skip

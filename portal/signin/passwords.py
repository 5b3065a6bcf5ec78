"""Setting a new password, changing one, and proving once more who one is."""

from portal.accounts import places
from portal.accounts.models import User
from portal.accounts.passwords import hash_password, is_right
from portal.accounts.service import check_new_password, find_user
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import notices, transport
from portal.gateways.countries import place_of
from portal.signin import begun, counting, devices, factors, people, sessions
from portal.signin.begun import PASSWORD
from portal.signin.models import Begun
from portal.signin.rules import PROOF_GUESSES
from portal.signin.service import LONGEST_TYPED, WrongPassword
from portal.signin.sessions import Person


def ask_new(email: str, browser: str, address: str, device: str) -> str:
    """Begin setting a new password; the secret is for the browser's cookie. A mail goes only to who has an account,
    and not to one whose mailbox was just filled: what the asker sees is the same.
    """
    user, mac = find_user(email), counting.account_mac(email)
    is_known = devices.known(user, device) is not None
    with transaction():
        started = begun.start(PASSWORD, mac, user, browser, address, places.where(address).country)
        counting.note("password", address, browser, mac=mac, user_id=user.id if user else None)
        if user is not None and user.disabled_at is None and begun.may_mail(started.row, is_known=is_known):
            people.mail_link(started, user, "password", f"/password/link/{started.link}")
    return started.secret


def set_new(row: Begun, new: str, browser: str, address: str, device: str) -> str:
    """Set it in the browser that asked, once the mailbox was shown; return a secret for its device cookie, "" when it
    is known already. Whoever was signed in is out. Raises BadPassword, begun.LinkOver.
    """
    user = row.owner
    check_new_password(user, new)
    with transaction():
        if row.proved_at is None or user.disabled_at is not None or not begun.end(row):
            raise begun.LinkOver("This was finished a moment ago.")
        _set(user, new, browser, address)
        sessions.end_all(user)
        counting.end_series(user)
        return "" if devices.known(user, device) else devices.trust(user, browser, address)[1]


def change(person: Person, current: str, new: str, browser: str, address: str) -> str:
    """Set a new password; every other session of this person ends, and this one gets a new secret, which is returned.
    Raises WrongPassword, BadPassword.
    """
    _require(person, current, address, "The password you have now is not right.")
    check_new_password(person.user, new)
    with transaction():
        _set(person.user, new, browser, address)
        sessions.end_others(person)
        return sessions.renew(person)  # no proof of who one is: that may ask for the second factor too


def confirm(person: Person, password: str, code: str, address: str) -> str:
    """Prove once more who one is; the session gets a new secret, which is returned. Raises WrongPassword,
    factors.WrongCode.
    """
    _require(person, password, address, "The password is not right.")
    if factors.has(person.user):
        _require_code(person, code, address)
    with transaction():
        return sessions.renew(person, confirmed_at=now())


def set_by_command(user: User, new: str) -> None:
    """Set a password when no mail reaches its owner. Raises BadPassword."""
    check_new_password(user, new)
    with transaction():
        User.update(password_hash=hash_password(new)).where(User.id == user.id).execute()
        begun.end_all(user)
        sessions.end_all(user)
        counting.end_series(user)
        people.write_to_all(user, "user.password_changed", by="command")


def turn_on_factor(person: Person, code: str, address: str, browser: str) -> list[str]:
    """Put the second factor in force; the recovery codes are returned once. Raises factors.WrongCode."""
    with transaction():
        codes = factors.confirm_setup(person.user, code)
        people.write_to_all(person.user, "user.second_factor_added")
        people.tell_user(person.user, "A second factor was set up", address, browser)
        sessions.end_others(person)
    return codes


def turn_off_factor(person: Person, address: str, browser: str) -> None:
    with transaction():
        factors.remove(person.user)
        people.write_to_all(person.user, "user.second_factor_removed")
        people.tell_user(person.user, "The second factor was turned off", address, browser)


def renew_recovery_codes(person: Person, address: str, browser: str) -> list[str]:
    """New recovery codes in place of the old ones, returned once."""
    with transaction():
        codes = factors.new_recovery_codes(person.user)
        people.write_to_all(person.user, "user.recovery_codes_renewed")
        people.tell_user(person.user, "New recovery codes were made", address, browser)
    return codes


def forget_factor_by_command(user: User) -> None:
    """Turn the factor off when telephone and recovery codes are lost."""
    with transaction():
        factors.remove(user)
        people.write_to_all(user, "user.second_factor_removed", by="command")


def _require(person: Person, password: str, address: str, sentence: str) -> None:
    """A try is counted before it is judged; whoever holds a session and guesses on loses it. A wrong password counts
    like one at the door as well.
    """
    _count_proof(person, "proof")
    if is_right(person.user.password_hash, password[:LONGEST_TYPED]):
        counting.forgive_proofs(person.user, "proof")
        return
    mac = counting.account_mac(person.user.email)
    with transaction():
        counting.note("wrong", address, person.session.browser, mac=mac, user_id=person.user.id)
        counting.add_wrong(person.user, address)
    raise WrongPassword(sentence)


def _require_code(person: Person, code: str, address: str) -> None:
    _count_proof(person, "code")
    try:
        factors.check(person.user, code)
    except factors.WrongCode:
        with transaction():
            counting.tell_codes_if_due(person.user, address)
            counting.note("wrong_code", address, person.session.browser, user_id=person.user.id)
        raise
    with transaction():
        counting.forgive_codes(person.user)


def _count_proof(person: Person, kind: str) -> None:
    with transaction():
        wrong = counting.count_proof(person.user, kind)
    if wrong > PROOF_GUESSES:
        sessions.end_own(person)
        raise WrongPassword("That was wrong too often. Sign in again.")


def _set(user: User, new: str, browser: str, address: str) -> None:
    User.update(password_hash=hash_password(new)).where(User.id == user.id).execute()
    begun.end_all(user)
    people.write_to_all(user, "user.password_changed")
    notices.send(
        "password_changed", user.email, user_id=user.id, name=user.name, at=now(), zone=people.zone_of(user),
        place=place_of(places.where(address).country, address), browser=browser,
        forgotten=transport.base_url() + "/password/forgotten",
    )  # fmt: skip

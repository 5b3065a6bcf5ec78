"""Signing in, step by step: the password, the device, the second factor.

Whether an account exists shows neither in words nor in what is done: an unknown name is counted, judged and answered
like a known one (A05).
"""

from dataclasses import dataclass
from datetime import timedelta

from portal.accounts import places
from portal.accounts.models import Session, User
from portal.accounts.passwords import hash_password, is_outdated, is_right
from portal.accounts.place_rules import Verdict
from portal.accounts.service import find_user
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.delivery import transport
from portal.signin import begun, captchas, counting, devices, factors, looking, people, sessions, telling
from portal.signin.begun import SIGN_IN
from portal.signin.models import Begun, Device, SignInAttempt
from portal.signin.rules import ALARM_AT, CODE_GUESSES, Step, may_trust_first, needs_captcha, next_step
from portal.signin.sessions import NotYours, Person

LONGEST_TYPED = 1024


class WrongPassword(Exception):
    """Email or password is not right: the same words whether the account exists or not."""


class CaptchaNeeded(Exception):
    """The try was not judged: the digits of a picture are asked for."""


class Elsewhere(Exception):
    """The password was right, but this person may not sign in from this country, or work for an organisation."""

    def __init__(self, country: str) -> None:
        super().__init__("not from here")
        self.country = country


@dataclass(frozen=True)
class Try:
    """One try to sign in, as it came: `browser` is named for people, `device` is the browser's cookie."""

    email: str
    password: str
    browser: str = ""
    address: str = ""
    device: str = ""
    captcha: str = ""  # the captcha's name
    digits: str = ""
    target: str = ""


@dataclass(frozen=True)
class Entered:
    """Somebody is in. `device` is a new secret for the browser's cookie, "" where it has one already."""

    session: str
    device: str = ""
    target: str = ""


@dataclass(frozen=True)
class Waits:
    """The password was right; something is still to be shown. `secret` is for the browser's cookie."""

    secret: str
    step: Step


def sign_in(tried: Try) -> Entered | Waits:
    """Judge one try. Raises WrongPassword, CaptchaNeeded, Elsewhere."""
    user = find_user(tried.email)
    device = devices.known(user, tried.device)
    mac = counting.account_mac(tried.email)
    attempt = _count(tried, mac, user, device)
    is_known = is_right(user.password_hash if user else "", tried.password[:LONGEST_TYPED])
    if user is None or not is_known or user.disabled_at is not None:
        _set_outcome(attempt, "locked" if user and is_known else "wrong")
        with transaction():
            counting.tell_if_due(mac, user, tried.address)
        raise WrongPassword("Email or password is not right.")
    verdict = verdict_for(user, tried.address)
    with transaction():
        _require_unchanged(user)
        if is_outdated(user.password_hash):
            User.update(password_hash=hash_password(tried.password)).where(User.id == user.id).execute()
        counting.forgive(mac, tried.address)
        if verdict.is_allowed:
            return _go_on(tried, user, device, attempt)
        _set_outcome(attempt, "place")
    raise Elsewhere(verdict.country)


def _require_unchanged(user: User) -> None:
    """What was judged a moment ago must still be so: a password changed or an account locked meanwhile lets nobody in
    by the old one. The row is held until the transaction ends; the try stays counted as one that was
    cut off.
    """
    present: User = lock(User.select().where(User.id == user.id)).get()
    if present.password_hash != user.password_hash or present.disabled_at is not None:
        raise WrongPassword("Email or password is not right.")


def _count(tried: Try, mac: str, user: User | None, device: Device | None) -> SignInAttempt:
    """Count the try, and say whether it may be judged."""
    with transaction():
        before = counting.count(mac, user, tried.address)
        is_shown = captchas.is_right(tried.captcha, tried.digits) if tried.captcha else False
        may_judge = is_shown or not needs_captcha(before, device is not None)
        attempt = counting.note(
            "judging" if may_judge else "captcha", tried.address, tried.browser, mac=mac,
            user_id=user.id if user else None, device_id=device.id if device else None,
        )  # fmt: skip
    if not may_judge:
        with transaction():  # of its own: whatever becomes of the message, the try stays counted
            counting.tell_if_due(mac, user, tried.address)
        if tried.digits:
            raise CaptchaNeeded("These were not the digits, or they were too old. Here are others.")
        raise CaptchaNeeded("Type the six digits as well.")
    return attempt


def asks_captcha(email: str, address: str, device: str) -> bool:
    """Whether the next try of this name from here is judged only with a captcha."""
    user = find_user(email)
    standing = counting.counts(counting.account_mac(email), address)
    return needs_captcha(standing, devices.known(user, device) is not None)


def _go_on(tried: Try, user: User, device: Device | None, attempt: SignInAttempt) -> Entered | Waits:
    place = places.where(tried.address)
    is_first = may_trust_first(transport.is_caught(), place.kind == "local", devices.has_any(user))
    # Whoever has guessed codes for a while shows the mailbox again, also on a known device.
    is_proved = (device is not None or is_first) and counting.codes_in_a_row(user) < ALARM_AT
    step = next_step(is_proved, factors.has(user), is_factor_shown=False)
    if step is Step.DONE:
        _set_outcome(attempt, "in")
        return _enter(user, device, tried.browser, tried.address, tried.target)
    _set_outcome(attempt, "device" if step is Step.DEVICE else "factor")
    mac = counting.account_mac(user.email)
    started = begun.start(
        SIGN_IN, mac, user, tried.browser, tried.address, place.country, target=tried.target, is_proved=is_proved
    )
    if step is Step.DEVICE and begun.may_mail(started.row, is_known=False):
        people.mail_link(started, user, "device", f"/sign-in/device/{started.link}")
    elif step is Step.DEVICE:
        telling.tell_of_many_devices(user, started.row)
    return Waits(started.secret, step)


def step_of(row: Begun) -> Step:
    """What is still to be shown for a sign-in that was begun."""
    return next_step(row.proved_at is not None, factors.has(row.owner), row.factor_at is not None)


def finish(row: Begun, device_cookie: str) -> Entered | None:
    """Enter once everything was shown; None while something is missing, or when it was finished before. Raises
    begun.LinkOver for an account locked meanwhile.
    """
    if row.owner.disabled_at is not None:
        begun.end(row)
        raise begun.LinkOver("This account is locked. Ask whoever looks after the portal.")
    if step_of(row) is not Step.DONE:
        return None
    with transaction():
        if not begun.end(row):
            return None
        counting.note("in", row.address, row.browser, user_id=row.user_id)
        return _enter(row.owner, devices.known(row.owner, device_cookie), row.browser, row.address, row.target)


def show_code(row: Begun, code: str) -> str:
    """Show the second factor of a sign-in; which kind of code it was. Raises WrongCode, begun.LinkOver.

    Each try is counted before it is judged: of many at once, five are judged.
    """
    with transaction():
        mine = (Begun.id == row.id) & (Begun.codes < CODE_GUESSES) & Begun.ended_at.is_null()
        if not Begun.update(codes=Begun.codes + 1).where(mine).execute():
            raise begun.LinkOver("The code was wrong five times. Sign in again.")
        counting.count_proof(row.owner, "code")
    try:
        with transaction():
            how = factors.check(row.owner, code)
            Begun.update(factor_at=now()).where(Begun.id == row.id).execute()
            counting.forgive_codes(row.owner)
            if how == factors.RECOVERY:
                people.write_to_all(row.owner, "user.recovery_code_used")
                people.tell_user(row.owner, "A recovery code was used to sign in", row.address, row.browser)
            return how
    except factors.WrongCode:
        with transaction():
            mac = counting.account_mac(row.owner.email)
            counting.add_wrong(row.owner, row.address)
            counting.tell_codes_if_due(row.owner, row.address)
            counting.note("wrong_code", row.address, row.browser, mac=mac, user_id=row.user_id)
            is_last = Begun.get_by_id(row.id).codes >= CODE_GUESSES and begun.end(row)
        if is_last:
            raise begun.LinkOver("The code was wrong five times. Sign in again.") from None
        raise


def approve_device(link: str, secret: str, number: str) -> Begun:
    """The mailbox was shown for a sign-in from a new device. Raises begun.LinkOver, begun.WrongNumber."""
    row = begun.prove(link, SIGN_IN, secret, number)
    counting.note("approved", row.address, row.browser, user_id=row.user_id)
    return row


def report_not_me(row: Begun, *, is_known: bool) -> None:
    """Somebody says of a sign-in under way that it is not his. Support is told once a day; on a device known with
    this user, where it surely is himself, the sign-in is over.
    """
    with transaction():
        lock(User.select().where(User.id == row.user_id)).get()
        if is_known:
            begun.end(row)
        if counting.note_once("not_me", row.address, row.browser, row.user_id, timedelta(days=1)):
            telling.tell_support(
                "not_me", name=row.owner.name, email=row.owner.email, browser=row.browser, place=row.place,
                address=row.address, at=row.begun_at, path=f"/support/users/{row.user_id}",
                done="Nobody was let in: the link of the mail was not confirmed. Somebody may know the password.",
            )  # fmt: skip


def choose(person: Person, membership_id: int, address: str) -> str:
    """Work for this organisation from now on; the session gets a new secret. Raises NotYours, Elsewhere."""
    found = [one for one in people.memberships(person.user) if one.id == membership_id]
    if not found:
        raise NotYours("You do not belong to that organisation.")
    verdict = places.look(address, person.user, found[0])
    if not verdict.is_allowed:
        raise Elsewhere(verdict.country)
    with transaction():
        secret = sessions.renew(person, membership=found[0], looking_as=None, looking_until=None)
        found[0].user = person.user
        people.write_signed(found[0], "user.signed_in", address, browser=person.session.browser)
    return secret


def sign_out(person: Person, *, everywhere: bool = False) -> None:
    """End this session, or all of this person's."""
    with transaction():
        looking.end(person, "")
        if person.membership:
            people.write_signed(person.membership, "user.signed_out", "")
        mine = Session.user == person.user
        Session.delete().where(mine if everywhere else Session.id == person.session.id).execute()


def let_in(user: User, number: str) -> Begun:
    """Confirm, by command, the sign-in of this user whose page shows the number. Raises begun.LinkOver, WrongNumber."""
    with transaction():
        row = begun.prove_by_number(user, number)
        people.write_to_all(user, "user.let_in_by_command", by="command")
    return row


def tidy() -> None:
    """Forget what has ended by itself."""
    looking.tidy()
    sessions.tidy()
    begun.tidy()
    counting.tidy()
    places.tidy()
    devices.tidy()


def _enter(user: User, device: Device | None, browser: str, address: str, target: str) -> Entered:
    secret = ""
    if device is None:
        device, secret = devices.trust(user, browser, address)
        people.write_to_all(user, "user.device_trusted", browser=browser)
    else:
        devices.used(device, address)
    mine = [one for one in people.memberships(user) if places.look(address, user, one).is_allowed]
    membership = mine[0] if len(mine) == 1 else None
    session = sessions.begin(user, membership, device.id, browser, address)
    if membership:
        membership.user = user
        people.write_signed(membership, "user.signed_in", address, browser=browser)
    return Entered(session, secret, target)


def verdict_for(user: User, address: str) -> Verdict:
    """Whether this person may come in from there for any organisation he works for."""
    mine = people.memberships(user)
    if not mine:
        return places.look(address, user, None)
    verdicts = [places.look(address, user, membership) for membership in mine]
    return next((verdict for verdict in verdicts if verdict.is_allowed), verdicts[0])


def _set_outcome(attempt: SignInAttempt, outcome: str) -> None:
    SignInAttempt.update(outcome=outcome).where(SignInAttempt.id == attempt.id).execute()

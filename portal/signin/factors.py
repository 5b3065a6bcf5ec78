"""The second factor: codes of an authenticator app (RFC 6238), with recovery codes for when the telephone is lost.

A factor is a row of its own kind, so that a passkey can stand beside it: whoever asks `has` or `is_right` does not
know which kinds there are.
"""

import re
import secrets
from collections.abc import Sequence

import pyotp

from portal.accounts.models import User
from portal.core import keys
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.sealing import open_sealed, seal
from portal.signin.models import RecoveryCode, SecondFactor

TOTP, RECOVERY = "totp", "recovery"
ISSUER = "In Contact"
PERIOD = 30  # seconds
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
_PURPOSE = "totp"


class WrongCode(ValueError):
    """The code is not right, is too old, or was used already."""


def has(user: User) -> bool:
    """Whether this user shows a second factor when signing in."""
    row = _row(user)
    return bool(row and row.secret)


def begin_setup(user: User) -> None:
    """Make a new key, not in force yet; a key in force stays until the new one is confirmed."""
    sealed = seal(_PURPOSE, pyotp.random_base32())
    SecondFactor.insert(user=user.id, kind=TOTP, waiting=sealed).on_conflict(
        conflict_target=[SecondFactor.user, SecondFactor.kind], update={SecondFactor.waiting: sealed}
    ).execute()


def waiting_key(user: User) -> str | None:
    """The key that is being set up; None when none is."""
    row = _row(user)
    return open_sealed(_PURPOSE, row.waiting) if row and row.waiting else None


def confirm_setup(user: User, code: str) -> list[str]:
    """Put the key in force once the app shows a right code for it; return new recovery codes, shown only now."""
    row = _row(user)
    step = _step_of(open_sealed(_PURPOSE, row.waiting), code) if row and row.waiting else None
    if row is None or step is None:
        raise WrongCode("This code does not fit. Codes change every half minute; check the clock of your telephone.")
    with transaction():
        SecondFactor.update(secret=row.waiting, waiting="", last_step=step).where(SecondFactor.id == row.id).execute()
        return new_recovery_codes(user)


def provisioning_uri(user: User, secret: str) -> str:
    """What the QR picture says."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def check(user: User, code: str) -> str:
    """Take a code of the app or a recovery code; return which it was. Raises WrongCode. Each code serves once."""
    factor = _row(user)
    if factor is None or not factor.secret:
        raise WrongCode("No second factor is set up.")
    typed = re.sub(r"[\s-]", "", code).lower()
    if re.fullmatch(r"[0-9]{6}", typed):
        step = _step_of(open_sealed(_PURPOSE, factor.secret), typed)
        taken = (
            step is not None
            and SecondFactor.update(last_step=step)
            .where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
            .execute()
        )
        if taken:
            return TOTP
    elif _take_recovery_code(user, typed):
        return RECOVERY
    raise WrongCode("This code is not right, or it was used already.")


def remove(user: User) -> None:
    with transaction():
        SecondFactor.delete().where(SecondFactor.user == user.id).execute()
        RecoveryCode.delete().where(RecoveryCode.user == user.id).execute()


def new_recovery_codes(user: User) -> list[str]:
    """Ten new codes; the old ones are dead. They are returned once and never shown again."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    with transaction():
        RecoveryCode.delete().where(RecoveryCode.user == user.id).execute()
        RecoveryCode.insert_many([{"user": user.id, "mac": _mac(user, code)[0]} for code in codes]).execute()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    return int(RecoveryCode.select().where(RecoveryCode.user == user.id, RecoveryCode.used_at.is_null()).count())


def _row(user: User) -> SecondFactor | None:
    return SecondFactor.get_or_none(SecondFactor.user == user.id, SecondFactor.kind == TOTP)


def _step_of(secret: str, code: str) -> int | None:
    """The half minute for which the code is right, now or just before or after."""
    app = pyotp.TOTP(secret)
    present = int(now().timestamp()) // PERIOD
    typed = re.sub(r"[^0-9]", "", code)
    for step in (present, present - 1, present + 1):
        if secrets.compare_digest(app.at(step * PERIOD), typed):
            return step
    return None


def _take_recovery_code(user: User, typed: str) -> bool:
    mine = (RecoveryCode.user == user.id) & RecoveryCode.mac.in_(_mac(user, typed)) & RecoveryCode.used_at.is_null()
    return bool(RecoveryCode.update(used_at=now()).where(mine).execute())


def _mac(user: User, code: str) -> Sequence[str]:
    return keys.portal_macs("recovery", f"{user.id}:{code}")

"""The first owner of a new installation, made with a code that the terminal shows (J06).

Once anybody is there, nobody is made this way any more, however many try at once.
"""

import hmac
import secrets

from portal.accounts import service as accounts
from portal.accounts.models import User
from portal.core.db import lock_table, transaction
from portal.core.keys import fingerprint
from portal.core.tenancy import Org
from portal.signin import devices, sessions
from portal.signin.models import FirstRun
from portal.signin.service import Entered

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class NotFirst(LookupError):
    """Somebody is there already."""


class WrongFirstCode(ValueError):
    """The code is not the one of the terminal."""


def is_taken() -> bool:
    """Whether anybody, or any organisation, is there."""
    return bool(User.select().limit(1).exists() or Org.select().limit(1).exists())


def new_code() -> str | None:
    """A new code for the first run; None when somebody is there already. The one before is dead."""
    with transaction():
        lock_table(FirstRun)
        if is_taken():
            return None
        code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
        FirstRun.delete().execute()
        FirstRun.create(code_hash=_hash(code))
    return code


def make_owner(code: str, organisation: str, name: str, email: str, password: str, browser: str,
               address: str) -> Entered:  # fmt: skip
    """Make the first organisation with its owner, who supports the installation too, and let him in: all of it or
    nothing, and the code is used up with it. Raises NotFirst, WrongFirstCode, BadPassword.
    """
    with transaction():
        lock_table(FirstRun)
        kept = FirstRun.select().first()
        if is_taken() or kept is None:
            raise NotFirst("Somebody is there already.")
        if not hmac.compare_digest(kept.code_hash, _hash(code)):
            raise WrongFirstCode("This is not the code. The terminal shows a new one each time the portal starts.")
        accounts.found(organisation, name, email, password)
        user = User.get(User.email == email.strip().lower())
        User.update(is_support=1).where(User.id == user.id).execute()
        FirstRun.delete().execute()
        device, secret = devices.trust(user, browser, address)
        session = sessions.begin(user, accounts.only_membership(user), device.id, browser, address)
    return Entered(session, secret)


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return fingerprint(plain)

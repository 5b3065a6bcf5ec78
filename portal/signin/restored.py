"""Who is signed in, and on which devices, in a database that was put back from a backup: nobody, and on none."""

from portal.accounts.models import Session
from portal.core.clock import now
from portal.core.db import transaction
from portal.signin.models import Begun, Device


def forget_everybody() -> None:
    """End every session, every sign-in under way and the trust in every device. Passwords and second factors stay."""
    with transaction():
        Session.delete().execute()
        Begun.delete().execute()
        Device.update(revoked_at=now()).where(Device.revoked_at.is_null()).execute()

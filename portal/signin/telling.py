"""What support is told by mail: the address of PORTAL_SUPPORT_EMAIL, else every support user."""

from datetime import timedelta
from typing import Any

from portal.accounts.models import User
from portal.core.clock import now
from portal.delivery import notices, transport
from portal.delivery.models import PortalMail
from portal.signin.models import Begun


def tell_support(kind: str, *, path: str = "", user_id: int | None = None, **context: Any) -> list[int]:
    """Keep the message `kind` to support, and return its ids. `path` is where the link in it leads, `user_id` whom it
    is about. Belongs to the caller's transaction.
    """
    if path:
        context["link"] = transport.base_url() + path
    return [notices.send(kind, recipient, user_id=user_id, **context) for recipient in recipients()]


def recipients() -> list[str]:
    if transport.support_email():
        return [transport.support_email()]
    return [user.email for user in User.select().where(User.is_support == 1, User.disabled_at.is_null())]


def tell_of_many_devices(user: User, row: Begun) -> None:
    """Somebody who knows the password begins again and again from devices that nobody confirms: told once in a day."""
    lately = PortalMail.select().where(
        PortalMail.kind == "alarm", PortalMail.user_id == user.id, PortalMail.created_at > now() - timedelta(days=1)
    )
    if lately.exists():
        return
    tell_support(
        "alarm", user_id=user.id, what="Many sign-ins with the right password", place=row.place, address=row.address,
        about=f"for {user.email}, from devices that nobody confirmed", at=now(), path=f"/support/users/{user.id}",
    )  # fmt: skip

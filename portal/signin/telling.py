"""What support is told by mail: the address of PORTAL_SUPPORT_EMAIL, else every support user."""

from typing import Any

from portal.accounts.models import User
from portal.delivery import notices, transport


def tell_support(kind: str, *, path: str = "", **context: Any) -> None:
    """Keep the message `kind` to support. `path` is where the link in it leads. Belongs to the caller's transaction."""
    if path:
        context["link"] = transport.base_url() + path
    for recipient in recipients():
        notices.send(kind, recipient, **context)


def recipients() -> list[str]:
    if transport.support_email():
        return [transport.support_email()]
    return [user.email for user in User.select().where(User.is_support == 1, User.disabled_at.is_null())]

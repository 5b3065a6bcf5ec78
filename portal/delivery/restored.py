"""The portal's own messages in a database put back from a backup: they may have left, and are not sent again."""

from typing import Any

from portal.delivery.models import CLAIMED, HANDED, UNKNOWN, WAITING, PortalMail, SystemMail

_REPLY = "Not sent again: the portal was put back from a backup."


def hold(table: Any = SystemMail) -> int:
    """End what waited, with its words: it may hold a link that lets in. For the organisation, or for PortalMail."""
    query = table.update(state=UNKNOWN, message="", reply=_REPLY, lease=None)
    return int(query.where(table.state.in_((WAITING, CLAIMED, HANDED))).execute())


def hold_of_portal() -> int:
    return hold(PortalMail)

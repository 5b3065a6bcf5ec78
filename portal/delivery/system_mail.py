"""Single messages to users, such as a test of a newsletter or the link for a new device: kept as a row, handed over
by a worker, never twice. Those of an organisation are SystemMail, those of the installation PortalMail.

The order is that of every message: claimed, the recipient named, `handed` committed before DATA, then the reply. A
connection lost after that leaves the row `unknown`, and nobody sends it again by himself.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from portal.core import queue
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import transport
from portal.delivery.models import (
    ACCEPTED,
    CANCELLED,
    CLAIMED,
    FINAL,
    HANDED,
    REFUSED,
    UNKNOWN,
    WAITING,
    PortalMail,
    SystemMail,
)
from portal.gateways.smtp import BadServer, Connection, Lost, Reply, Unwelcome

LEASE = timedelta(minutes=10)
KEPT = timedelta(days=30)
MOST_ATTEMPTS = 8


def send(
    user_id: int | None, kind: str, recipient: str, sender: str, message: bytes, subject_id: int | None = None
) -> int:
    """Keep a message to be sent and ring for a worker; return its id. Belongs to the caller's transaction, if any."""
    with transaction():
        row = SystemMail.create(
            user_id=user_id,
            kind=kind,
            subject_id=subject_id,
            recipient=recipient,
            sender=sender,
            message=message.decode("ascii"),
        )
        queue.enqueue(queue.SEND_MAIL, mail_id=row.id)
    return int(row.id)


def send_for_portal(
    user_id: int | None, kind: str, recipient: str, sender: str, message: bytes, good_until: datetime | None = None
) -> int:
    """The same for a message of the installation, which nobody's organisation stands behind."""
    with transaction():
        row = PortalMail.create(
            user_id=user_id,
            kind=kind,
            recipient=recipient,
            sender=sender,
            message=message.decode("ascii"),
            good_until=good_until,
        )
        queue.enqueue_for_portal(queue.SEND_PORTAL_MAIL, mail_id=row.id)
    return int(row.id)


def deliver(mail_id: int, table: Any = SystemMail) -> None:
    """Hand one message over, if it is still to be: a second call, or one for a message on its way, does nothing."""
    token = secrets.token_hex(8)
    claimed = (
        table.update(state=CLAIMED, token=token, lease=now() + LEASE, attempts=table.attempts + 1)
        .where(table.id == mail_id, table.state == WAITING)
        .execute()
    )
    if not claimed:
        return
    row = table.get_by_id(mail_id)
    if _is_stale(row):
        _set(row, token, CLAIMED, CANCELLED, "too late")
        return
    try:
        connection = Connection(transport.server())
        connection.open()
        reply = connection.prepare(row.sender, row.recipient)
    except (Lost, Unwelcome, BadServer, transport.NoServer) as error:
        _set(row, token, CLAIMED, _again(row), str(error))
        return
    if not reply.is_accepted:
        _set(row, token, CLAIMED, _again(row) if reply.is_transient else REFUSED, str(reply))
        connection.close()
        return
    if not _set(row, token, CLAIMED, HANDED, ""):
        connection.drop()
        return
    try:
        reply = connection.transmit(row.message.encode("ascii"))
    except Lost as lost:
        _set(row, token, HANDED, UNKNOWN, str(lost))
        return
    _set(row, token, HANDED, _after(reply, row), str(reply))
    connection.close()


def due(table: Any = SystemMail) -> list[int]:
    """Messages nobody is at work on. One handed over and never answered for becomes `unknown` here."""
    table.update(state=UNKNOWN, message="").where(table.state == HANDED, table.lease < now()).execute()
    table.update(state=WAITING).where(table.state == CLAIMED, table.lease < now()).execute()
    idle = (table.state == WAITING) & (table.lease.is_null() | (table.lease < now()))
    return [row.id for row in table.select(table.id).where(idle).limit(500)]


def tidy(table: Any = SystemMail) -> None:
    """Forget messages to users after their time."""
    table.delete().where(table.created_at < now() - KEPT).execute()


def last_test(user_id: int, campaign_id: int) -> SystemMail | None:
    query = SystemMail.select().where(
        SystemMail.user_id == user_id, SystemMail.kind == "test", SystemMail.subject_id == campaign_id
    )
    return query.order_by(SystemMail.id.desc()).first()


def _is_stale(row: Any) -> bool:
    until = getattr(row, "good_until", None)
    return until is not None and until < now()


def _after(reply: Reply, row: Any) -> str:
    if reply.is_accepted:
        return ACCEPTED
    return _again(row) if reply.is_transient else REFUSED


def _again(row: Any) -> str:
    return WAITING if row.attempts < MOST_ATTEMPTS else REFUSED


def _set(row: Any, token: str, old: str, new: str, reply: str) -> bool:
    """Change the state only as the owner of the claim. A message to be tried again waits a little."""
    values: dict[str, object] = {"state": new, "reply": reply[:500]}
    if new == WAITING:
        values |= {"lease": now() + timedelta(seconds=30)}
    if new in FINAL:  # it may hold a link that lets in
        values |= {"message": ""}
    table = type(row)
    query = table.update(**values).where(table.id == row.id, table.state == old, table.token == token)
    return bool(query.execute())

"""Single messages to users, such as a test of a newsletter: kept as a row, handed over by a worker, never twice.

The order is that of every message: claimed, the recipient named, `handed` committed before DATA, then the reply. A
connection lost after that leaves the row `unknown`, and nobody sends it again by himself.
"""

import secrets
from datetime import timedelta

from portal.core import queue
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import transport
from portal.delivery.models import ACCEPTED, CLAIMED, HANDED, REFUSED, UNKNOWN, WAITING, SystemMail
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


def deliver(mail_id: int) -> None:
    """Hand one message over, if it is still to be: a second call, or one for a message on its way, does nothing."""
    token = secrets.token_hex(8)
    claimed = (
        SystemMail.update(state=CLAIMED, token=token, lease=now() + LEASE, attempts=SystemMail.attempts + 1)
        .where(SystemMail.id == mail_id, SystemMail.state == WAITING)
        .execute()
    )
    if not claimed:
        return
    row = SystemMail.get_by_id(mail_id)
    try:
        connection = Connection(transport.server())
        connection.open()
        reply = connection.prepare(row.sender, row.recipient)
    except (Lost, Unwelcome, BadServer, transport.NoServer) as error:
        _set(mail_id, token, CLAIMED, _again(row), str(error))
        return
    if not reply.is_accepted:
        _set(mail_id, token, CLAIMED, _again(row) if reply.is_transient else REFUSED, str(reply))
        connection.close()
        return
    if not _set(mail_id, token, CLAIMED, HANDED, ""):
        connection.drop()
        return
    try:
        reply = connection.transmit(row.message.encode("ascii"))
    except Lost as lost:
        _set(mail_id, token, HANDED, UNKNOWN, str(lost))
        return
    _set(mail_id, token, HANDED, _after(reply, row), str(reply))
    connection.close()


def due() -> list[int]:
    """Messages nobody is at work on. One handed over and never answered for becomes `unknown` here."""
    SystemMail.update(state=UNKNOWN).where(SystemMail.state == HANDED, SystemMail.lease < now()).execute()
    SystemMail.update(state=WAITING).where(SystemMail.state == CLAIMED, SystemMail.lease < now()).execute()
    idle = (SystemMail.state == WAITING) & (SystemMail.lease.is_null() | (SystemMail.lease < now()))
    return [row.id for row in SystemMail.select(SystemMail.id).where(idle).limit(500)]


def tidy() -> None:
    """Forget messages to users after their time."""
    SystemMail.delete().where(SystemMail.created_at < now() - KEPT).execute()


def last_test(user_id: int, campaign_id: int) -> SystemMail | None:
    query = SystemMail.select().where(
        SystemMail.user_id == user_id, SystemMail.kind == "test", SystemMail.subject_id == campaign_id
    )
    return query.order_by(SystemMail.id.desc()).first()


def _after(reply: Reply, row: SystemMail) -> str:
    if reply.is_accepted:
        return ACCEPTED
    return _again(row) if reply.is_transient else REFUSED


def _again(row: SystemMail) -> str:
    return WAITING if row.attempts < MOST_ATTEMPTS else REFUSED


def _set(mail_id: int, token: str, old: str, new: str, reply: str) -> bool:
    """Change the state only as the owner of the claim. A message to be tried again waits a little."""
    values: dict[str, object] = {"state": new, "reply": reply[:500]}
    if new == WAITING:
        values |= {"lease": now() + timedelta(seconds=30)}
    if new == ACCEPTED:
        values |= {"message": ""}
    query = SystemMail.update(**values).where(
        SystemMail.id == mail_id, SystemMail.state == old, SystemMail.token == token
    )
    return bool(query.execute())

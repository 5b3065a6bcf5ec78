"""Sends what is due of a campaign: claims rows, asks the gate again for each, hands over one by one, notes the replies.

May be called by any number of workers at once, for nothing, or twice; may die at any line.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from portal.consent.rules import Aim
from portal.contacts.emails import normalise_email
from portal.core.clock import now
from portal.delivery import bouncing, ledger, owners, pace, transport
from portal.delivery.kinds import Ready, kind_of
from portal.delivery.models import CLAIMED, HANDED, Delivery
from portal.gateways.smtp import BadServer, Connection, Lost, Reply, Unwelcome

BATCH = 200
WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
LONGEST_TRY = timedelta(hours=48)
AFTER_A_BREAK = timedelta(seconds=15)


@dataclass
class Outcome:
    """What a run came to: how many messages were handed over, and why it stopped, in words, if something is wrong."""

    handed: int = 0
    trouble: str = ""
    is_limited: bool = False  # the provider's limit is used up for now


class _Stop(Exception):
    """This run can do no more: the server is away, slows us down, or the limit is reached."""


class _Line:
    """The one connection of a run: opened when first needed, opened again when the server dropped it."""

    def __init__(self) -> None:
        self._connection: Connection | None = None

    def open(self) -> Connection:
        """The open connection. Raises Lost, Unwelcome, BadServer or NoServer."""
        if self._connection is None or not self._connection.is_open:
            self._connection = Connection(transport.server())
            self._connection.open()
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def run(campaign_id: int, channel: str, aim: Aim, *, seconds: float = 50.0) -> Outcome:
    """Send until nothing is due, the time is up, or the server wants a pause."""
    outcome = Outcome()
    until = time.monotonic() + seconds
    worker = owners.me()
    line = _Line()
    try:
        ledger.halt()
        while time.monotonic() < until and kind_of(channel).is_sending(campaign_id):
            rows = ledger.claim(campaign_id, worker, BATCH)
            if not rows:
                break
            _send(rows, channel, aim, line, outcome, until)
    except _Stop:
        pass  # the outcome says why
    except ledger.Halted as halted:
        outcome.trouble = str(halted)
    finally:
        line.close()
    return outcome


def _send(rows: list[Delivery], channel: str, aim: Aim, line: _Line, outcome: Outcome, until: float) -> None:
    """Hand over a batch. What is left of it when it must stop is put back."""
    ready = kind_of(channel).render(rows[0].campaign_id, rows)
    limit = pace.Limit.from_text(transport.limit())
    renewed = time.monotonic()
    for place, row in enumerate(rows):
        rest = rows[place:]
        try:
            if time.monotonic() > until:
                raise _Stop
            if time.monotonic() - renewed > 30:
                ledger.renew(rest)
                renewed = time.monotonic()
            message = ready[row.id]
            if message.problem:
                ledger.refuse(row, message.problem)
                continue
            connection = _opened(line, outcome)
            if not pace.take_within(limit, until - time.monotonic()):
                outcome.is_limited = True
                raise _Stop
            _hand_over(connection, row, message, aim, outcome)
        except _Stop:
            ledger.put_back(rest, now() + AFTER_A_BREAK if outcome.trouble else None)
            raise


def _opened(line: _Line, outcome: Outcome) -> Connection:
    try:
        return line.open()
    except (Lost, Unwelcome, BadServer, transport.NoServer) as error:
        outcome.trouble = str(error)
        raise _Stop from error


def _hand_over(connection: Connection, row: Delivery, ready: Ready, aim: Aim, outcome: Outcome) -> None:
    """One message, phase by phase. Until `handed` is committed nothing has left; afterwards only the reply decides."""
    try:
        reply = connection.prepare(ready.sender, row.address)
    except Lost as lost:
        ledger.defer(row, str(lost), now() + AFTER_A_BREAK)
        return
    if not reply.is_accepted:
        _note(row, reply, CLAIMED, outcome)
        return
    try:
        is_ours = ledger.hand(row, normalise_email(row.address).normal, aim)
    except ledger.Halted as halted:
        connection.reset()
        outcome.trouble = str(halted)
        raise _Stop from halted
    if not is_ours:
        connection.reset()
        return
    outcome.handed += 1
    try:
        reply = connection.transmit(ready.message)
    except Lost as lost:
        if lost.may_have_sent:
            ledger.doubt(row, str(lost))
        else:
            ledger.defer(row, str(lost), now() + AFTER_A_BREAK, HANDED)
        return
    _note(row, reply, HANDED, outcome)


def _note(row: Delivery, reply: Reply, state: str, outcome: Outcome) -> None:
    """Turn the server's answer into the row's next state; a server that wants us slower ends this run."""
    if reply.is_accepted:
        ledger.accept(row, str(reply))
    elif reply.is_transient and now() - row.created_at < LONGEST_TRY:
        wait = WAITS[min(row.attempts, len(WAITS)) - 1]
        slow = reply.asks_to_slow_down
        ledger.defer(row, str(reply), now() + (timedelta(minutes=1) if slow else wait), state)
        if slow:
            outcome.trouble = f"The mail server asks for a pause: {reply}"
            raise _Stop
    elif ledger.refuse(row, str(reply), state):
        bouncing.refused(row, reply)

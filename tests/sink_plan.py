"""What the sink does to whom: the behaviours, and the plan that deals them out."""

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

AT_BANNER = ("banner-drop", "banner-421", "banner-554", "banner-silence")
AT_MAIL = ("421-at-mail", "451-at-mail", "mail-drop")
AT_RCPT = ("450-rcpt", "450-rate", "501-rcpt", "550-rcpt", "550-then-drop", "421-rcpt", "rcpt-drop", "rcpt-garbage",
           "rcpt-long", "rcpt-endless", "slow")  # fmt: skip
AT_DATA = ("451-data", "554-data", "354-drop", "mid-body-drop", "mid-body-reset")
AT_DOT = ("dot-450", "dot-554", "552", "421-dot", "dot-garbage", "keep-then-drop", "keep-then-silence",
          "keep-then-garbage", "250-then-drop")  # fmt: skip
BEHAVIOURS = frozenset({"ok", *AT_BANNER, *AT_MAIL, *AT_RCPT, *AT_DATA, *AT_DOT})
AFTER_SENDER = (*AT_RCPT, *AT_DATA, *AT_DOT)
KEEPING = frozenset({"ok", "slow", "keep-then-drop", "keep-then-silence", "keep-then-garbage", "250-then-drop"})
ANSWERS = {
    "banner-421": b"421 4.7.0 Too many connections from you",
    "banner-554": b"554 5.7.1 No mail service here",
    "421-at-mail": b"421 4.7.0 Too many messages, slow down",
    "451-at-mail": b"451 4.3.0 Local error in processing",
    "450-rcpt": b"450 4.2.0 Greylisted, please come back",
    "450-rate": b"450 4.7.1 Rate limit exceeded",
    "501-rcpt": b"501 5.1.3 Bad address syntax",
    "550-rcpt": b"550 5.1.1 No such person here",
    "550-then-drop": b"550 5.1.1 No such person here",
    "421-rcpt": b"421 4.7.0 Closing for now",
    "451-data": b"451 4.3.0 No room for data now",
    "554-data": b"554 5.5.1 No data wanted",
    "dot-450": b"450 4.2.2 Mailbox is busy",
    "dot-554": b"554 5.7.1 This looks like spam",
    "552": b"552 5.2.2 Mailbox is full",
    "421-dot": b"421 4.3.2 Shutting down",
}


@dataclass
class Plan:
    """Which recipient meets which behaviour; the same seed and addresses give the same run.

    `shares` is behaviour -> per cent, drawn by a hash of seed and address (of the connection's or message's number for
    what happens before a recipient is named). An address may name its own: `bob+dot-450@…`. With `times`, a recipient
    misbehaves that often and is then accepted; `bob+dot-450.once@…` does so by itself.
    """

    seed: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    times: int | None = None
    messages_per_connection: int | None = None  # then 421
    seconds_slow: float = 0.05  # between bytes
    seconds_silent: float = 300.0
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
    auth: tuple[str, str] | None = None
    certificate: tuple[Path, Path] | None = None  # certificate and key; offers STARTTLS
    tls: bool = False  # TLS from the first byte

    def __post_init__(self) -> None:
        wrong = set(self.shares) - BEHAVIOURS
        if wrong:
            raise ValueError(f"The sink knows no {', '.join(sorted(wrong))}.")
        self._met: Counter[str] = Counter()
        self._lock = threading.Lock()

    def drawn(self, among: tuple[str, ...], key: str) -> str:
        """The behaviour of the plan for this key, among those that belong to this moment; else "ok"."""
        digest = hashlib.sha256(f"{self.seed}:{key}".encode()).digest()
        point = int.from_bytes(digest[:8], "big") / 2**64 * 100
        for behaviour, share in sorted(self.shares.items()):
            point -= share
            if point < 0:
                return behaviour if behaviour in among else "ok"
        return "ok"

    def for_address(self, address: str, among: tuple[str, ...], key: str = "") -> str:
        """What this address meets now, by its own name or drawn (by `key`, else by the address). Counts as met."""
        wish = address.rpartition("@")[0].rpartition("+")[2]
        behaviour, _, once = wish.partition(".")
        if behaviour not in among:
            behaviour, once = self.drawn(among, key or address.casefold()), ""
        times = 1 if once == "once" else self.times
        if behaviour == "ok" or times is None:
            return behaviour
        with self._lock:
            self._met[address] += 1
            return behaviour if self._met[address] <= times else "ok"

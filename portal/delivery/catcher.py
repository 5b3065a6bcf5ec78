"""The mail catcher: a real mail server that delivers to nobody. Each message is kept as a file and shown on a page.

Used until SMTP_URL is set. A message counts as taken only once it is on the disk.
"""

import email
import email.policy
import fcntl
import html
import json
import os
import re
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.core.clock import now

LARGEST = 32 * 1024 * 1024
_ID = re.compile(r"^[0-9]{14}-[0-9a-f]{12}$")


class NotCaught(LookupError):
    """There is no such message."""


@dataclass(frozen=True)
class Line:
    """What the list shows of a message."""

    id: str
    at: str
    sender: str
    recipient: str
    subject: str


@dataclass(frozen=True)
class Caught:
    line: Line
    headers: list[tuple[str, str]]
    html: str
    text: str
    source: str

    @property
    def links(self) -> list[str]:
        """The addresses in the message's text, each once: the frame that shows it leads nowhere."""
        return list(dict.fromkeys(re.findall(r"https?://[^\s)>\"]+", self.text)))


def folder_of(data_dir: Path) -> Path:
    return data_dir / "caught"


def caught(data_dir: Path, words: str, first: int, count: int) -> tuple[list[Line], int]:
    """Some of the messages, newest first, and how many there are in all, of those that hold the words."""
    wanted = words.casefold().split()
    found = [line for line in _lines(folder_of(data_dir)) if _holds(line, wanted)]
    found.reverse()
    return found[first : first + count], len(found)


def read(data_dir: Path, message_id: str) -> Caught:
    """One message whole, or NotCaught."""
    folder = folder_of(data_dir)
    if not _ID.match(message_id) or not (folder / f"{message_id}.eml").exists():
        raise NotCaught("There is no such message.")
    source = (folder / f"{message_id}.eml").read_bytes()
    message: EmailMessage = email.message_from_bytes(source, policy=email.policy.default)
    line = next((line for line in _lines(folder) if line.id == message_id), Line(message_id, "", "", "", ""))
    return Caught(
        line=line,
        headers=[(name, str(value)) for name, value in message.items()],
        html=_part(message, "html"),
        text=_part(message, "plain"),
        source=source.decode("utf-8", "replace"),
    )


def serve(data_dir: Path, port_file: Path, port: int = 0) -> None:
    """Take mail on loopback until asked to end. The port chosen is written to `port_file`."""
    folder = folder_of(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        _Keeper(folder),
        hostname="127.0.0.1",
        port=port or _last_port(port_file),
        data_size_limit=LARGEST,
        ready_timeout=15,
    )
    try:
        controller.start()
    except OSError:
        controller = Controller(_Keeper(folder), hostname="127.0.0.1", port=_free_port(), data_size_limit=LARGEST)
        controller.start()
    port_file.write_text(str(controller.port))
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    controller.stop()


class _Keeper:
    """Writes each message to the disk before it is said to be taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        try:
            keep(self.folder, envelope.mail_from or "", list(envelope.rcpt_tos), _raw(envelope.content))
        except OSError:
            return "452 4.3.1 there is no room; try again later"
        return "250 2.0.0 caught"


def _raw(content: bytes | str | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


def keep(folder: Path, sender: str, recipients: list[str], source: bytes) -> str:
    """Keep a message; return its id. It is on the disk when this returns."""
    at = now()
    message_id = f"{at:%Y%m%d%H%M%S}-{secrets.token_hex(6)}"
    message = email.message_from_bytes(source, policy=email.policy.default)
    subject = str(message["Subject"] or "")
    path = folder / f"{message_id}.eml"
    try:
        with path.open("wb") as file:
            file.write(source)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    line = {
        "id": message_id,
        "at": at.isoformat(),
        "sender": sender,
        "recipient": ", ".join(recipients),
        "subject": subject,
    }
    with _index_held(folder), (folder / "index.jsonl").open("a") as index:
        index.write(json.dumps(line) + "\n")
    return message_id


def readable(source: bytes) -> Iterator[str]:
    """What of a message can be read: as it stands, its headers and its texts, decoded."""
    yield source.decode("utf-8", "replace")
    message: EmailMessage = email.message_from_bytes(source, policy=email.policy.default)
    yield from (str(value) for value in message.values())
    yield from (_text_of(part) for part in message.walk() if part.get_content_maintype() == "text")


def naming(data_dir: Path, is_named: Callable[[str], bool]) -> list[str]:
    """The ids of the messages that are to somebody, or speak of him."""
    folder = folder_of(data_dir)
    found = [line.id for line in _lines(folder) if is_named(line.recipient)]
    paths = [path for path in sorted(folder.glob("*.eml")) if path.stem not in set(found)]
    return found + [path.stem for path in paths if any(map(is_named, readable(path.read_bytes())))]


def forget(data_dir: Path, message_ids: Sequence[str]) -> None:
    """Remove these messages, and the lines of the list that name them."""
    folder, gone = folder_of(data_dir), set(message_ids)
    with _index_held(folder):
        kept = [line for line in _lines(folder) if line.id not in gone]
        fresh = folder / "index.new"
        fresh.write_text("".join(json.dumps(asdict(line)) + "\n" for line in kept))
        fresh.replace(folder / "index.jsonl")
    for message_id in gone:
        (folder / f"{message_id}.eml").unlink(missing_ok=True)


@contextmanager
def _index_held(folder: Path) -> Iterator[None]:
    """Nobody else writes the list meanwhile, in whichever process."""
    with (folder / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lines(folder: Path) -> Iterator[Line]:
    path = folder / "index.jsonl"
    if not path.exists():
        return
    with path.open() as index:
        for text in index:
            try:
                values: dict[str, Any] = json.loads(text)
            except ValueError:
                continue  # a line cut off when the machine stopped; its message is still in the folder
            yield Line(**values)


def _holds(line: Line, wanted: list[str]) -> bool:
    text = f"{line.sender} {line.recipient} {line.subject}".casefold()
    return all(word in text for word in wanted)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    return _text_of(part) or html.escape(str(part.get_payload()))


def _text_of(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        return ""


def _last_port(port_file: Path) -> int:
    """The port of last time: whoever holds it keeps reaching us after a restart."""
    text = port_file.read_text().strip() if port_file.exists() else ""
    return int(text) if text.isdigit() else _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

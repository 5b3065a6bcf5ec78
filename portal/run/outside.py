"""The portal as somebody outside meets it: through its public name, its proxies and its certificate."""

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from portal.config import Settings
from portal.run import probe

FORGED = "203.0.113.77"  # an address for examples (RFC 5737): nobody comes from there
_LIES = {
    "X-Forwarded-For": FORGED,
    "X-Real-IP": FORGED,
    "CF-Connecting-IP": FORGED,
    "Forwarded": f"for={FORGED}",
}
PATIENCE = 5  # seconds
_LISTENING = "0A"  # in the kernel's table of connections


class Unreachable(RuntimeError):
    """The portal did not answer under its own name; the message says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_near: bool  # whether we reached it without leaving this machine
    days_left: int | None  # of the certificate
    tls: str


def ask(
    settings: Settings, path: str, headers: Mapping[str, str] | None = None, *, encrypted: bool | None = None
) -> Answer:
    """Ask the portal by its public name. Raises Unreachable."""
    parts = urlsplit(settings.base_url)
    secure = settings.is_https if encrypted is None else encrypted
    host = parts.hostname or ""
    port = parts.port if parts.port and secure == settings.is_https else (443 if secure else 80)
    context = ssl.create_default_context()
    made = (
        http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)
        if secure
        else http.client.HTTPConnection(host, port, timeout=PATIENCE)
    )
    with contextlib.closing(made):
        try:
            made.request("GET", path, headers={"User-Agent": "portal doctor", **(headers or {})})
            answer = made.getresponse()
            body = answer.read(100_000)
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"its certificate is not valid: {error.verify_message}") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{host}:{port} does not answer ({type(error).__name__})") from error
        return Answer(
            answer.status,
            {k.lower(): v for k, v in answer.getheaders()},
            body,
            _is_near(made.sock),
            *_certificate(made.sock),
        )


def seen_address(settings: Settings) -> tuple[str, bool]:
    """From where the portal believes a request with forged headers to come, and whether it came from this machine."""
    answer = ask(settings, f"/probe/{probe.make()}", _LIES)
    if answer.status != 200:
        raise Unreachable(f"it answered {answer.status} to a probe; is another program behind this name?")
    return str(json.loads(answer.body)["address"]), answer.is_near


def is_port_open_to_others(port: int) -> bool:
    """Whether the web server of this machine listens to other machines too, past the proxy: what the kernel says."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state = line.split()[:4]
            address, _, number = local.partition(":")
            if state == _LISTENING and int(number, 16) == port and not address.strip("0"):
                return True
    return False


def _is_near(sock: socket.socket | None) -> bool:
    return sock is None or str(sock.getsockname()[0]).startswith(("127.", "::1"))


def _certificate(sock: socket.socket | None) -> tuple[int | None, str]:
    if not isinstance(sock, ssl.SSLSocket):
        return None, ""
    until = (sock.getpeercert() or {}).get("notAfter")
    days = int((ssl.cert_time_to_seconds(str(until)) - time.time()) // 86_400) if until else None
    return days, sock.version() or ""

"""Reads a message that came to the return address: what is it, about whom, and what did the server say?

RFC 3464 reports and RFC 5965 complaints are read here, other reports by flufl.bounce, and what neither knows by its
plain marks. Reads only; whether anybody believes it is decided in portal.delivery.bouncing.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from portal.delivery.bounce_rules import classify, enhanced_in, kind_of

LARGEST_READ = 256 * 1024
MOST_PARTS = 60
DELAYED, COMPLAINT, AUTO_REPLY, REPLY, UNREADABLE = "delayed", "complaint", "auto-reply", "reply", "unreadable"
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9][A-Za-z0-9.\-]{0,250}\.[A-Za-z]{2,24}")
_DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail ?delivery|mail-?daemon|\bmdaemon|bounce|microsoftexchange|no-?reply|"
    r"delivery (system|subsystem|service)|mail (system|administrator)|^<>$",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"undeliver|not deliver|non-?deliver|failure|failed|returned|delivery (status|report|problem)|bounce|rejected|"
    r"could not (be )?(deliver|send)|onbestelbaar|nie afgelewer|unzustellbar|non remis|mail delivery",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(
    r"^\s*(re: ?|aw: ?)?(\[?auto(matic|mated)?[\s\-:]*(reply|response|answer|replied|antwort|aut)|autoreply|"
    r"auto-?response|"
    r"out[\s\-]of[\s\-](the[\s\-])?office|ooo\b|away from|on (annual |maternity |sick )?leave|vacation|"
    r"outomatiese antwoord|afwesig|uit die kantoor|abwesenheit|automatische antwort|absence|réponse automatique|"
    r"i am (currently )?(away|out|on leave))",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"delayed|still (be )?(re)?try|will (be retried|keep trying|continue|try again|retry)|not yet been delivered|"
    r"(do not|don.t) need to (resend|retry|send)|no action is required|warning: (message|could not send)|"
    r"temporary warning|has not been delivered yet",
    re.IGNORECASE,
)
_QUOTED_LINE = re.compile(rb"=\r?\n")


@dataclass(frozen=True)
class Finding:
    """What a message was taken for: hard, soft, policy, complaint, delayed, auto-reply, reply or unreadable."""

    kind: str
    recipient: str = ""  # whom it is about, as the report writes it
    status: str = ""  # RFC 3463
    words: str = ""  # the server's own
    reason: str = ""  # a key of bounce_rules.REASONS, for hard, soft and policy


def read(source: bytes) -> Finding:
    """What this message is. Never raises: what cannot be read is `unreadable`."""
    try:
        return _read(_parsed(source))
    except Exception:
        return Finding(UNREADABLE)


def searchable(source: bytes) -> str:
    """The text in which our own marks are looked for, wherever a server put them."""
    return _QUOTED_LINE.sub(b"", source[: 2 * LARGEST_READ]).decode("latin-1")


def reply_of(source: bytes) -> tuple[str, str, str]:
    """Who answered, under what subject, in which words: of a human reply."""
    message = email.message_from_bytes(source, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    if body is not None and body.get_content_subtype() == "html":
        text = re.sub(r"<[^>]*>", " ", text)
    found = _ADDRESS.search(str(message["Reply-To"] or message["From"] or ""))
    return (found[0] if found else ""), str(message["Subject"] or ""), text[:50_000]


def _parsed(source: bytes) -> Message:
    return email.message_from_bytes(source[:LARGEST_READ], policy=email.policy.compat32)


def _read(message: Message) -> Finding:
    parts = list(_parts(message))
    if not message.keys():
        return Finding(UNREADABLE)
    complaint = _complaint(parts)
    if complaint is not None:
        return complaint
    report = _report(parts)
    if report is not None:
        return report
    subject = _header(message, "Subject")
    is_daemon = _is_daemon(message)
    if not is_daemon and _answers_by_itself(message, subject):
        return Finding(AUTO_REPLY)
    told = _told(message, parts, subject, is_daemon)
    if told is not None:
        return told
    if is_daemon:
        return Finding(UNREADABLE)
    if _AUTOMATIC.search(subject) or _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list"):
        return Finding(AUTO_REPLY)
    return Finding(REPLY, _first_address(_header(message, "From")))


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        yield part


def _report(parts: list[Message]) -> Finding | None:
    """An RFC 3464 report: of its recipients the one that failed, else the one that is delayed."""
    blocks: list[Message] = []
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            payload = part.get_payload()
            blocks += [b for b in payload if isinstance(b, Message)] if isinstance(payload, list) else []
    found: dict[str, Finding] = {}
    for block in blocks:
        action = _header(block, "Action").strip().lower().partition(" ")[0]
        if not action and "Final-Recipient" not in block:
            continue
        recipient = _address_of(_header(block, "Original-Recipient")) or _address_of(_header(block, "Final-Recipient"))
        status = enhanced_in(_header(block, "Status"))
        diagnostic = _header(block, "Diagnostic-Code")
        words = " ".join(diagnostic.partition(";")[2].split() or diagnostic.split())[:500]
        if action in ("delivered", "relayed", "expanded"):
            found.setdefault(AUTO_REPLY, Finding(AUTO_REPLY, recipient, status))
        elif action == "delayed":
            found.setdefault(DELAYED, Finding(DELAYED, recipient, status, words))
        elif action in ("failed", "failure") or status.startswith(("4", "5")):
            words = words or _server_words(_text(parts))
            found.setdefault("failed", _failed(recipient, status, words))
    return found.get("failed") or found.get(DELAYED) or found.get(AUTO_REPLY)


def _failed(recipient: str, status: str, words: str) -> Finding:
    reason = classify(status if not status.endswith(".0.0") else "", words) if words else classify(status, "")
    return Finding(kind_of(reason), recipient, status or enhanced_in(words), words[:500], reason)


def _complaint(parts: list[Message]) -> Finding | None:
    """An RFC 5965 report of somebody who called the message spam. Other kinds of feedback are left alone."""
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        payload = part.get_payload()
        block = payload[0] if isinstance(payload, list) and payload else None
        if not isinstance(block, Message) or "Feedback-Type" not in block:
            block = email.message_from_string(_decoded(part))
        kind = _header(block, "Feedback-Type").strip().lower()
        who = _address_of(_header(block, "Original-Rcpt-To"))
        return Finding(COMPLAINT if kind in ("abuse", "fraud", "virus", "other") else AUTO_REPLY, who, words=kind)
    return None


def _told(message: Message, parts: list[Message], subject: str, is_daemon: bool) -> Finding | None:
    """A report that follows no standard: whom flufl.bounce finds in it, or its plain marks."""
    temporary, permanent = all_failures(message)
    text = _text(parts)
    if not (temporary or permanent):
        if not (is_daemon and (_FAILED.search(subject) or _STILL_TRYING.search(subject))):
            return None
        recipient = _first_address(_header(message, "X-Failed-Recipients")) or _first_address(text)
        if not recipient:
            return None
    else:
        recipient = sorted(permanent or temporary)[0].decode("latin-1")
    if not permanent and _STILL_TRYING.search(f"{subject} {text[:4000]}"):
        return Finding(DELAYED, recipient, enhanced_in(text[:4000]))
    words = _server_words(text)
    reason = classify("", words)
    if temporary and not permanent and kind_of(reason) != "soft":
        reason = "busy"
    return Finding(kind_of(reason), recipient, enhanced_in(words), words[:500], reason)


def _answers_by_itself(message: Message, subject: str) -> bool:
    marked = _header(message, "Auto-Submitted").strip().lower()
    if marked and marked != "no":
        return True
    if any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-AutoReply-From")):
        return True
    if _header(message, "Precedence").strip().lower() in ("auto_reply", "auto-reply"):
        return True
    return bool(_AUTOMATIC.search(subject))


def _is_daemon(message: Message) -> bool:
    """Whether a mail server wrote this: by its name, or because it wants no answer and is not somebody's vacation."""
    if _DAEMON.search(_header(message, "From")):
        return True
    is_nobody = _header(message, "Return-Path").strip() == "<>"
    return is_nobody and not _answers_by_itself(message, _header(message, "Subject"))


def _server_words(text: str) -> str:
    """The lines of a report in which a server speaks: from the first code or telling word on."""
    head = re.split(r"(?im)^-{2,}.*(copy of|original message|returned message).*$|^Return-Path:|^Received:", text)[0]
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if enhanced_in(line) or re.search(r"(?<![\d.])[45]\d\d[\s\-#]", line):
            return " ".join(lines[number : number + 3])
    return " ".join(lines)[:1500]


def _text(parts: list[Message]) -> str:
    found = []
    for part in parts:
        if part.get_content_maintype() == "text" and not part.is_multipart():
            words = _decoded(part)
            found.append(re.sub(r"<[^@>]{0,400}>", " ", words) if part.get_content_subtype() == "html" else words)
    return "\n".join(found)[:20_000]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _header(message: Message, name: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", str(message.get(name, "")))


def _address_of(value: str) -> str:
    """The address of a typed field such as `rfc822; thandi@example.org`."""
    return _first_address(value.partition(";")[2] or value)


def _first_address(text: str) -> str:
    found = _ADDRESS.search(text[:20_000])
    return found[0] if found else ""

"""Messages of the installation itself, each three templates: templates/email/<name>.subject, .txt and .html.

They go through the same ledger as every message. Times in them are written in the zone of the person's organisation.
"""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal.core import words, written
from portal.core.clock import now
from portal.delivery import system_mail, transport
from portal.delivery.mime import Message, build, one_line

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "email"
HOME = ZoneInfo("Africa/Johannesburg")
SENDER_NAME = "In Contact"
_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}

_templates = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
_templates.globals["language"] = words.language
_templates.filters["moment"] = lambda value, zone=HOME: written.moment(value, zone)
_templates.filters["day"] = lambda value, zone=HOME: written.day(value, zone)


def send(
    kind: str, recipient: str, *, user_id: int | None = None, good_until: datetime | None = None, **context: Any
) -> int:
    """Render and keep the message `kind` to one address; a worker sends it. After `good_until` it is not sent."""
    sender = transport.support_address()
    context |= {"base_url": transport.base_url(), "support": transport.support_email()}
    raw = build(
        Message(
            sender_name=SENDER_NAME,
            sender=sender,
            recipient_name="",
            recipient=recipient,
            subject=one_line(render(f"{kind}.subject", context)),
            text=render(f"{kind}.txt", context),
            html=render(f"{kind}.html", context),
            message_id=f"<{secrets.token_hex(16)}@{transport.domain()}>",
            date=now(),
            headers=_HEADERS,
        )
    )
    return system_mail.send_for_portal(user_id, kind, recipient, sender, raw, good_until)


def render(name: str, context: dict[str, Any]) -> str:
    """One of the templates of messages, filled."""
    return _templates.get_template(name).render(context).strip() + "\n"

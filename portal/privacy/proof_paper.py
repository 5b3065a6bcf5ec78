"""The paper of a proof pack: what is held of a contact and what was done, to be read by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.activity.sentences import Sentence
from portal.core.tenancy import Org
from portal.core.written import moment
from portal.gateways import pdf
from portal.gateways.pdf import Text
from portal.privacy.proof_holdings import Holdings, title

_UNTOLD = ("id", "contact_id", "field_id", "group_id", "purpose_id", "campaign_id")
_TOGETHER = 12  # rows that are kept on one page where they fit


@dataclass(frozen=True)
class Told:
    """What the paper tells, ready to be written down."""

    org: Org
    name: str
    made_by: str
    made_at: datetime
    holdings: Holdings
    history: Sequence[Sentence]
    exports: Sequence[str]
    left_out: Sequence[str]
    proven: str


def render(told: Told) -> bytes:
    zone = ZoneInfo(told.org.timezone)
    heading = f"Proof pack: {told.name}"
    parts: list[list[Text]] = [
        [
            Text(heading, "title"),
            Text(told.org.legal_name or told.org.name),
            Text(f"Made by {told.made_by} on {moment(told.made_at, zone)}.", "quiet"),
            Text(told.proven, "quiet"),
        ]
    ]
    parts.append([Text("Left out", "heading"), *map(Text, told.left_out or ["Nothing was left out."])])
    for table, rows in told.holdings.tables.items():
        parts += _block(title(table), [_row(row, zone) for row in rows])
    parts += _block("What was done, the newest first", [_sentence(one, zone) for one in told.history])
    none = ["No file of contacts was taken along in the time."]
    parts += _block("Files of contacts taken along, which may have named this contact", list(told.exports) or none)
    return pdf.write(heading, told.org.name, parts, foot=f"{told.org.name} · proof pack")


def _block(heading: str, lines: Sequence[str]) -> list[list[Text]]:
    first, rest = lines[:_TOGETHER], lines[_TOGETHER:]
    found = [[Text(heading, "heading"), *map(Text, first)]]
    return found + [[*map(Text, rest[i : i + _TOGETHER])] for i in range(0, len(rest), _TOGETHER)]


def _row(row: dict[str, Any], zone: ZoneInfo) -> str:
    """One row in words: its columns by their names."""
    said = [f"{name.replace('_', ' ')}: {_value(value, zone)}" for name, value in row.items() if name not in _UNTOLD]
    return " · ".join(said) or "(nothing more)"


def _value(value: Any, zone: ZoneInfo) -> str:
    text = str(value)
    if len(text) >= 19 and text[4:5] == "-" and text[10:11] == "T":  # a moment, as it stands in held.json
        try:
            return moment(datetime.fromisoformat(text), zone)
        except ValueError:
            return text
    return text


def _sentence(one: Sentence, zone: ZoneInfo) -> str:
    changes = "; ".join(
        f"{change.field}: {change.old} → {change.new}" if change.old else f"{change.field}: {change.new}"
        for change in one.changes
    )
    words = " ".join(filter(None, [one.actor, one.words]))
    return f"{moment(one.entry.at, zone)} · entry {one.entry.seq} · {words}" + (f" ({changes})" if changes else "")

"""The paper of a review: who was looked through, what each may see, what was decided, who signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.core.tenancy import Org
from portal.core.written import moment
from portal.gateways import pdf
from portal.gateways.pdf import Text
from portal.users.models import AccessDecision

DECIDED = {"keep": "Keeps these rights", "change": "Got other rights", "remove": "Removed"}


@dataclass(frozen=True)
class Line:
    """One user: what the report said when it was decided, and what it says at the end."""

    name: str
    email: str
    role: str
    decision: str
    note: str
    decided_by: str
    decided_at: datetime
    said: Sequence[str]
    says: Sequence[str]

    @classmethod
    def of(cls, row: AccessDecision, says: Sequence[str]) -> "Line":
        return cls(
            row.name, row.email, row.role, row.decision, row.note, row.decided_by, row.decided_at, row.said, says
        )


def render(org: Org, signed: str, started: datetime, finished: datetime, lines: Sequence[Line]) -> bytes:
    zone = ZoneInfo(org.timezone)
    title = "Review of who may see what"
    head = [
        Text(title, "title"),
        Text(org.legal_name or org.name),
        Text(f"Begun on {moment(started, zone)}, signed on {moment(finished, zone)}.", "quiet"),
        Text(f"{len(lines)} {'user was' if len(lines) == 1 else 'users were'} looked through.", "quiet"),
    ]
    foot = [
        Text("Signature", "heading"),
        Text(f"{signed} typed this name to sign on {moment(finished, zone)}, after proving once more who signs."),
        Text("The digest of this file (SHA-256) stands in the record of the organisation.", "quiet"),
    ]
    return pdf.write(title, org.name, [head, *[_part(line, zone) for line in lines], foot], foot=org.name)


def _part(line: Line, zone: ZoneInfo) -> list[Text]:
    changed = line.decision == "change"
    found = [Text(f"{line.name}, {line.role}", "heading"), Text(line.email, "quiet")]
    found += [Text(words, "quiet" if changed else "text") for words in line.said]
    if changed:
        found += [Text("Since the change:"), *[Text(words) for words in line.says]]
    by = f"{line.decided_by}, {moment(line.decided_at, zone)}"
    found.append(Text(f"{DECIDED[line.decision]}. Decided by {by}."))
    return found + ([Text(f"Note: {line.note}")] if line.note else [])

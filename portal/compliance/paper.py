"""The paper of the duties, to be kept and handed in (R74)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from portal.compliance.catalogue import WHOSE
from portal.compliance.rules import STATES
from portal.compliance.service import Line
from portal.core.readings import Reading
from portal.core.tenancy import Org
from portal.core.written import day, moment
from portal.gateways import pdf
from portal.gateways.pdf import Text


def title_of(org: Org) -> str:
    return f"POPI Act compliance of {org.legal_name or org.name}"


def render(org: Org, lines: Sequence[Line], at: datetime, missing_url: str) -> bytes:
    """A PDF of all duties as they stand, as far as whoever makes it may know."""
    zone = ZoneInfo(org.timezone)
    officer = f"Information officer: {org.information_officer}." if org.information_officer else ""
    done = sum(line.state == "done" for line in lines)
    parts = [
        [
            Text(title_of(org), "title"),
            Text(f"As it stands on {moment(at, zone)}. {done} of {len(lines)} duties are done."),
            *([Text(officer)] if officer else []),
            Text("The Protection of Personal Information Act, 4 of 2013.", "quiet"),
        ]
    ]
    for chapter, group in groupby(lines, key=lambda line: line.told.chapter):
        first, *rest = [_part(line, zone) for line in group]
        parts += [[Text(chapter, "heading"), *first], *rest]
    parts.append(
        [Text("Tell us what is missing", "heading"), Text(f"If a duty is missing here, say so at {missing_url}")]
    )
    return pdf.write(title_of(org), org.name, parts, foot=f"{org.name} · POPI Act compliance")


def _part(line: Line, zone: ZoneInfo) -> list[Text]:
    words, _ = STATES[line.state]
    whose = f"{WHOSE[line.told.whose]}. {line.told.law}."
    owner = f"Looked after by {line.owner}." if line.owner else "Nobody looks after it yet."
    due = f" Due {day(line.row.due, zone)}." if line.row.due else ""
    found = [
        Text(f"{line.told.title}: {words}", "heading"),
        Text(line.told.words),
        Text(f"{whose} {owner}{due}", "quiet"),
    ]
    if line.told.done_by_host:
        found.append(Text(f"In Contact: {line.told.done_by_host}", "quiet"))
    found += [Text(f"Read from the system: {said(reading)}") for reading in line.readings]
    if line.last is not None:
        found.append(Text(f"Done on {day(line.last.done_on, zone)}, noted by {line.last.name}: {line.last.words}"))
        if line.last.sha256:
            found.append(Text(f"Evidence kept as a document, digest (SHA-256) {line.last.sha256}.", "quiet"))
    return found


def said(reading: Reading) -> str:
    return reading.words if reading.is_well is not None else f"{reading.words} (not known yet)"

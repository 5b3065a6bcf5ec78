"""What an export may be: its columns, for how long, by which way it is handed over, and who may take it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.contacts.field_files import Column, is_sensitive
from portal.contacts.fields import Sheet
from portal.contacts.names import fold
from portal.core.actor import Actor
from portal.core.misfit import Misfit
from portal.core.permissions import Sensitivity

HEADINGS = (
    "First name", "Last name", "Organisation", "Email", "Cell", "Telephone", "Address", "Suburb", "City",
    "Postal code", "Province", "Country", "Language", "Birth date", "Group", "Initials", "Trading as",
    "Registration number", "VAT number", "ID number",
)  # fmt: skip
STANDINGS = ("Standing", "Consents")  # to be read, and never brought in: no file lifts an opt-out
MARK = "Export mark"
FORMATS = {"xlsx": "Excel (XLSX)", "csv": "CSV"}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SELF, PROTECTED, COLLEAGUE, COMMAND = "self", "protected", "colleague", "command"
HANDINGS = {
    SELF: "I download it myself",
    PROTECTED: "I download it as an Excel file with a password",
    COLLEAGUE: "A colleague fetches it by a link, after signing in",
}
HANDED = {
    SELF: "Downloaded by who asked for it",
    PROTECTED: "Downloaded by who asked for it, with a password",
    COLLEAGUE: "Fetched by a link by",
    COMMAND: "By a command",
}
LONGEST = 365  # days
USUAL = 30
KEPT = timedelta(days=7)  # how long a file may be fetched
MOST_ROWS = {"xlsx": 1_048_575, "csv": 100_000_000}  # what a sheet has room for, beside its headings
MADE, OPEN = "made", ("waiting", "running")


class BadExport(Misfit):
    """The export cannot be made so. `field` is where it is mended."""


@dataclass(frozen=True)
class Choice:
    """Which columns go along."""

    columns: Sequence[Column] = ()
    with_identity: bool = False
    with_sensitive: bool = False
    with_consents: bool = False

    def headings(self, mark: str = "") -> list[str]:
        """The portal's own headings, those of designed fields, and what is there to be read only."""
        more = [*(STANDINGS if self.with_consents else ()), *([MARK] if mark else [])]
        return [*HEADINGS, *(column.heading for column in self.columns), *more]

    def told(self, mark: str = "") -> list[str]:
        """Those in which something stands, for the record: the column of ID numbers is always there, mostly empty."""
        return [heading for heading in self.headings(mark) if heading != "ID number" or self.with_identity]


def columns_of(sheets: Sequence[Sheet], *, with_sensitive: bool) -> list[Column]:
    """A column for each designed field of these pages; of sensitive classes only when that is asked for.

    A field whose name is a heading of the portal's own is told by its page too, as the import understands it.
    """
    taken = {fold(heading) for heading in (*HEADINGS, *STANDINGS, MARK)}
    return [
        Column(field, f"{sheet.page.name}: {field.name}" if field.name_key in taken else field.name)
        for sheet in sheets
        for field in sheet.fields
        if with_sensitive or not is_sensitive(field)
    ]


def is_held(one: Any) -> bool:
    """Whether what a field or group tells leaves only with the consent of each person (P-26-1, P-28-2)."""
    return bool(one.sensitivity == Sensitivity.SPECIAL) or ",special," in getattr(one, "tells", "")


def check(purpose: str, recipient: str, expires_on: date, kind: str, handing: str, today: date) -> None:
    """Raise BadExport unless all that P-15-2 and R59 ask for was answered."""
    if not purpose:
        raise BadExport("Say for what the file is needed.", "purpose")
    if not recipient:
        raise BadExport("Say who will have the file.", "recipient")
    if expires_on <= today:
        raise BadExport("Choose a day that is still to come.", "expires_on")
    if expires_on > today + timedelta(days=LONGEST):
        raise BadExport("A file may be out there for a year at most.", "expires_on")
    if kind not in FORMATS:
        raise BadExport("Choose Excel or CSV.", "format")
    if handing not in (*HANDINGS, COMMAND):
        raise BadExport("Choose how the file is handed over.", "handing")
    if handing == PROTECTED and kind != "xlsx":
        raise BadExport("Only an Excel file can have a password. Choose Excel, or another way.", "format")


def limits_of(actor: Actor) -> dict[str, Any]:
    """What is kept from this actor, as it is noted with a file made for him."""
    return {
        "hidden": sorted(actor.hidden), "pages": sorted(actor.hidden_pages), "only_group": actor.only_group,
        "denied_groups": sorted(actor.denied_groups), "contact": actor.contact_id,
    }  # fmt: skip


def sees_enough(actor: Actor, limits: Mapping[str, Any]) -> bool:
    """Whether nothing can stand in a file made under these limits that is kept from this actor now (B07)."""
    if set(map(str, actor.hidden)) - set(limits["hidden"]) or actor.hidden_pages - set(limits["pages"]):
        return False
    return (
        actor.only_group in (None, limits["only_group"])
        and actor.denied_groups <= set(limits["denied_groups"])
        and actor.contact_id in (None, limits["contact"])
    )


def kept_until(made_on: date, expires_on: date) -> date:
    """The last day on which the portal keeps the file: the link lives no longer than the file may (R59)."""
    return min(made_on + KEPT, expires_on)

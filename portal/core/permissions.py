"""Every right the portal knows. Roles are presets of these; each page declares the one it needs.

A right is taken away from a user, or given beyond his role, by its word: `telephone`, `export`, `page:7` (R10 to
R16). Taking away always wins. What a word means stands in `RIGHTS`, and nowhere else.
"""

from dataclasses import dataclass
from enum import StrEnum


class Denied(Exception):
    """The actor lacks a right. The message is a sentence for the user."""


class Permission(StrEnum):
    CONTACT_READ = "contact.read"
    CONTACT_EDIT = "contact.edit"
    CONTACT_DELETE = "contact.delete"
    CONTACT_MERGE = "contact.merge"
    CONTACT_IMPORT = "contact.import"
    CONTACT_EXPORT = "contact.export"
    NOTE_READ = "note.read"
    DOCUMENT_READ = "document.read"
    DOCUMENT_EDIT = "document.edit"
    DONATION_READ = "donation.read"
    DONATION_EDIT = "donation.edit"
    CERTIFICATE_READ = "certificate.read"
    CERTIFICATE_EDIT = "certificate.edit"
    CAMPAIGN_READ = "campaign.read"
    CAMPAIGN_EDIT = "campaign.edit"
    CAMPAIGN_APPROVE = "campaign.approve"
    CAMPAIGN_SEND = "campaign.send"
    DIARY_READ = "diary.read"
    REPORT_READ = "report.read"
    PRIVACY = "privacy"
    SETTINGS = "settings"
    USERS = "users"
    OWNER = "owner"
    SIGNED_IN = "signed_in"
    SUPPORT = "support"


class DataSet(StrEnum):
    """Contact data that can be hidden from a user: the three sets of R11, and four classes of sensitivity (R03)."""

    ADDRESS = "address"
    TELEPHONE = "telephone"
    EMAIL = "email"
    IDENTITY = "identity"
    SPECIAL = "special"
    CHILD = "child"
    FINANCIAL = "financial"


class Sensitivity(StrEnum):
    """How sensitive what a field or a group tells is (domain.md P-10-1)."""

    ORDINARY = "ordinary"
    IDENTIFIER = "identifier"
    SPECIAL = "special"
    CHILD = "child"
    FINANCIAL = "financial"


# The set that hides what is of this sensitivity; the ordinary is hidden by its page or group alone.
DATA_SET_OF_CLASS = {
    Sensitivity.IDENTIFIER: DataSet.IDENTITY,
    Sensitivity.SPECIAL: DataSet.SPECIAL,
    Sensitivity.CHILD: DataSet.CHILD,
    Sensitivity.FINANCIAL: DataSet.FINANCIAL,
}


class Role(StrEnum):
    READER = "reader"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    OWNER = "owner"


_P = Permission
_READER = frozenset(
    {
        _P.SIGNED_IN, _P.CONTACT_READ, _P.NOTE_READ, _P.DOCUMENT_READ, _P.DONATION_READ, _P.CERTIFICATE_READ,
        _P.CAMPAIGN_READ, _P.DIARY_READ, _P.REPORT_READ,
    }
)  # fmt: skip
_EDITOR = _READER | {_P.CONTACT_EDIT, _P.CONTACT_IMPORT, _P.DOCUMENT_EDIT, _P.DONATION_EDIT, _P.CAMPAIGN_EDIT}
_ADMINISTRATOR = _EDITOR | {
    _P.CAMPAIGN_APPROVE, _P.CAMPAIGN_SEND, _P.CONTACT_DELETE, _P.CONTACT_MERGE, _P.CONTACT_EXPORT,
    _P.CERTIFICATE_EDIT, _P.PRIVACY, _P.SETTINGS, _P.USERS,
}  # fmt: skip
PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.READER: _READER,
    Role.EDITOR: _EDITOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.OWNER: _ADMINISTRATOR | {_P.OWNER},
}
EVERYTHING = PERMISSIONS_OF[Role.OWNER]
ONLY_LOOKING = _READER  # what is left of a user's permissions to whoever looks as that user
_GUARDED = frozenset(DATA_SET_OF_CLASS.values())
# What a role does not see unless it is given to the user by name.
HIDDEN_OF: dict[Role, frozenset[DataSet]] = {
    Role.READER: _GUARDED,
    Role.EDITOR: _GUARDED,
    Role.ADMINISTRATOR: frozenset(),
    Role.OWNER: frozenset(),
}


@dataclass(frozen=True)
class Right:
    """What a word takes away or gives: permissions, or the sight of a set of data. `words` stand on the page."""

    words: str
    permissions: frozenset[Permission] = frozenset()
    data_set: DataSet | None = None


def _acts(words: str, *permissions: Permission) -> Right:
    return Right(words, frozenset(permissions))


RIGHTS: dict[str, Right] = {
    "email": Right("Email addresses", data_set=DataSet.EMAIL),
    "telephone": Right("Telephone numbers", data_set=DataSet.TELEPHONE),
    "address": Right("Addresses", data_set=DataSet.ADDRESS),
    "identity": Right("Identity and tax numbers", data_set=DataSet.IDENTITY),
    "special": Right("Special information, such as faith or health", data_set=DataSet.SPECIAL),
    "child": Right("Information about children", data_set=DataSet.CHILD),
    "financial": Right("Financial information", data_set=DataSet.FINANCIAL),
    "notes": _acts("Notes", _P.NOTE_READ),
    "documents": _acts("Documents and pictures", _P.DOCUMENT_READ, _P.DOCUMENT_EDIT),
    "donations": _acts("Gifts", _P.DONATION_READ, _P.DONATION_EDIT),
    "certificates": _acts("Tax certificates", _P.CERTIFICATE_READ, _P.CERTIFICATE_EDIT),
    "reports": _acts("Reports", _P.REPORT_READ),
    "audit": _acts("The diary of all changes", _P.DIARY_READ),
    "edit": _acts("Change contacts and groups", _P.CONTACT_EDIT),
    "import": _acts("Bring contacts in from a file", _P.CONTACT_IMPORT),
    "export": _acts("Take contacts along as a file", _P.CONTACT_EXPORT),
    "merge": _acts("Merge contacts", _P.CONTACT_MERGE),
    "erase": _acts("Delete contacts", _P.CONTACT_DELETE),
    "compose": _acts("Write campaigns and test them", _P.CAMPAIGN_EDIT),
    "approve": _acts("Approve campaigns", _P.CAMPAIGN_APPROVE),
    "send": _acts("Send campaigns", _P.CAMPAIGN_SEND),
    "privacy": _acts("Privacy cases", _P.PRIVACY),
    "administration": _acts("Settings and users", _P.SETTINGS, _P.USERS),
}

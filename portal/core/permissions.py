"""Every right the portal knows. Roles are sets of these; each page declares the one it needs."""

from enum import StrEnum


class Denied(Exception):
    """The actor lacks a right. The message is a sentence for the user."""


class Permission(StrEnum):
    CONTACT_READ = "contact.read"
    CONTACT_EDIT = "contact.edit"
    CONTACT_DELETE = "contact.delete"
    CONTACT_IMPORT = "contact.import"
    CONTACT_EXPORT = "contact.export"
    CAMPAIGN_READ = "campaign.read"
    CAMPAIGN_EDIT = "campaign.edit"
    CAMPAIGN_SEND = "campaign.send"
    DIARY_READ = "diary.read"
    REPORT_READ = "report.read"
    SETTINGS = "settings"
    USERS = "users"
    OWNER = "owner"
    SIGNED_IN = "signed_in"
    SUPPORT = "support"


class DataSet(StrEnum):
    """A set of contact fields that can be hidden from a user (R11)."""

    ADDRESS = "address"
    TELEPHONE = "telephone"
    EMAIL = "email"


class Role(StrEnum):
    READER = "reader"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    OWNER = "owner"


_P = Permission
_READER = frozenset({_P.SIGNED_IN, _P.CONTACT_READ, _P.CAMPAIGN_READ, _P.DIARY_READ, _P.REPORT_READ})
_EDITOR = _READER | {_P.CONTACT_EDIT, _P.CONTACT_IMPORT, _P.CAMPAIGN_EDIT}
_ADMINISTRATOR = _EDITOR | {_P.CAMPAIGN_SEND, _P.CONTACT_DELETE, _P.CONTACT_EXPORT, _P.SETTINGS, _P.USERS}
PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.READER: _READER,
    Role.EDITOR: _EDITOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.OWNER: _ADMINISTRATOR | {_P.OWNER},
}
EVERYTHING = PERMISSIONS_OF[Role.OWNER]

# A right that `portal user rights --deny` can take away, and the permissions that go with it.
DENIABLE: dict[str, frozenset[Permission]] = {
    "reports": frozenset({_P.REPORT_READ}),
    "export": frozenset({_P.CONTACT_EXPORT}),
    "import": frozenset({_P.CONTACT_IMPORT}),
}

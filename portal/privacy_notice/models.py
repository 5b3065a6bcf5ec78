"""An organisation's privacy notice: one draft, and the versions that people were shown."""

from typing import Any

from peewee import IntegerField, JSONField, TextField

from portal.consent.models import Appended
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel


class NoticeDraft(OrgModel):
    """What is being written."""

    parts: Any = JSONField(default=dict)  # rules.KEYS -> text
    revision = IntegerField(default=1)  # told apart when two people write at once
    changed_at = UtcField(default=now)

    class Meta:
        table_name = "notice_draft"
        indexes = ((("org",), True),)


class PrivacyNotice(Appended, OrgModel):
    """One version, as it was shown. Never changed (P-18-2)."""

    version = IntegerField()
    organisation = TextField()  # its name on that day
    parts: Any = JSONField(default=dict)
    published_by = TextField(default="")
    published_at = UtcField(default=now)

    class Meta:
        table_name = "privacy_notice"
        indexes = ((("org", "version"), True),)

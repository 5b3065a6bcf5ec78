"""What lets people see and change their own details: links that were mailed, codes, and browsers that are known."""

from typing import Any

from peewee import IntegerField, JSONField, TextField

from portal.contacts.self_service import CHANGED
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key


class ProfileLink(ContactRow):
    """A link to a person's own page, sent otherwise than with a campaign."""

    contact_id = IntegerField()
    mac = TextField()  # of the address it went to
    user_id = IntegerField(null=True)  # the colleague who sent it; none when the person asked
    at = UtcField(default=now)

    class Meta:
        table_name = "profile_link"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


ProfileLink.add_index(ProfileLink.org, ProfileLink.contact_id)


class ProfileCode(ContactRow):
    """Six digits sent to an address: to see one's details, or to show that a new address is one's own."""

    contact_id = IntegerField()
    kind = TextField()  # of rules.KINDS
    link = IntegerField()  # the subject of the link from which it was asked, to lead back there
    browser = TextField()  # the hash of the secret of the browser that asked: counts in no other
    code = TextField()  # a keyed hash
    mac = TextField()  # of the address it was sent to
    address = TextField(default="")  # the new address, until it is proven
    tries = IntegerField(default=0)
    used_at = UtcField(null=True)
    at = UtcField(default=now)

    class Meta:
        table_name = "profile_code"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


ProfileCode.add_index(ProfileCode.org, ProfileCode.contact_id, ProfileCode.at)


class KnownBrowser(ContactRow):
    """A browser in which a person showed that he reads the mail of his address."""

    contact_id = IntegerField()
    browser = TextField()  # the hash of its secret
    until = UtcField()
    mac = TextField(default="")  # of the address whose code was typed in it
    at = UtcField(default=now)

    class Meta:
        table_name = "known_browser"
        indexes = ((("org", "contact_id", "browser"), True),)
        constraints = [belongs_to("contact", "contact_id"), own_key()]


KnownBrowser.add_index(KnownBrowser.org, KnownBrowser.until)


class OwnPage(OrgModel):
    """What an organisation lets people see and change on their own pages: a level of contacts.self_service for each
    block. One row; where there is none, people change everything.
    """

    names = IntegerField(default=CHANGED)
    emails = IntegerField(default=CHANGED)
    telephones = IntegerField(default=CHANGED)
    addresses = IntegerField(default=CHANGED)
    mails_details = IntegerField(default=0)  # whether a person may have his details mailed to him in full

    class Meta:
        table_name = "own_page"
        indexes = ((("org",), True),)


class AskedChange(ContactRow):
    """What a person asked to have changed, until a colleague confirms or refuses it. A later one takes its place."""

    contact_id = IntegerField()
    block = TextField()  # of rules.BLOCKS, or "page:7"
    link = IntegerField()  # the subject of the link by which it was asked: who asked is answered there
    typed: Any = JSONField()  # what the service is given
    changes: Any = JSONField()  # in words, {"First name": [before, after]}; of a page by the ids of its fields
    at = UtcField(default=now)

    class Meta:
        table_name = "asked_change"
        indexes = ((("org", "contact_id", "block"), True),)
        constraints = [belongs_to("contact", "contact_id"), own_key()]

"""What lets people see and change their own details: links that were mailed, codes, and browsers that are known."""

from peewee import IntegerField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, belongs_to, own_key


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
    at = UtcField(default=now)

    class Meta:
        table_name = "known_browser"
        indexes = ((("org", "contact_id", "browser"), True),)
        constraints = [belongs_to("contact", "contact_id"), own_key()]


KnownBrowser.add_index(KnownBrowser.org, KnownBrowser.until)

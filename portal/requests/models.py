"""What people asked of the organisation or complained about, with what was answered."""

from peewee import DateField, IntegerField, Node, TextField

from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key
from portal.requests.rules import reference


class Request(ContactRow):
    """One request or complaint. After the person was deleted its words are empty and it names nobody: that something
    of this kind was answered on a day stays, for the counters (PAIA s 83(4)).
    """

    contact_id = IntegerField(null=True)
    year = IntegerField()
    number = IntegerField()  # counted anew each year
    kind = TextField()  # of rules.KINDS
    channel = TextField()  # of rules.CHANNELS
    who = TextField(default="")  # who asks, where nobody of the contacts does
    reach = TextField(default="")  # where that person is answered
    text = TextField(default="")  # what is asked
    recording = TextField(default="")  # of a call
    mac = TextField(default="")  # of the address of the link by which it came
    campaign_id = IntegerField(null=True)  # the newsletter whose link it was
    received_on = DateField()
    due = DateField()
    extended_on = DateField(null=True)
    extended_why = TextField(default="")
    user_id = IntegerField(null=True)  # who looks after it
    added_by = TextField(default="")
    verified_at = UtcField(null=True)
    verified_how = TextField(default="")
    verified_by = TextField(default="")
    outcome = TextField(default="")  # of rules.OUTCOMES
    refused = TextField(default="")  # the part that is refused
    ground = TextField(default="")  # of rules.GROUNDS
    reasons = TextField(default="")
    about = TextField(default="")  # the detail that a statement is about
    statement = TextField(default="")
    answer = TextField(default="")  # whole, as it was given
    answered_how = TextField(default="")  # of rules.ANSWERED_BY
    answered_by = TextField(default="")
    answered_at = UtcField(null=True)
    mail_id = IntegerField(null=True)  # the message by which it left
    closed_at = UtcField(null=True)
    erased_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "year", "number"), True),)
        constraints = [belongs_to("contact", "contact_id"), own_key()]

    @classmethod
    def within(cls) -> Node:
        """Who may not see every contact sees nobody's who is none: it may be one whom he may not see."""
        condition = super().within()
        return condition & cls.contact_id.is_null(False) if current_actor().is_limited else condition

    @property
    def reference(self) -> str:
        return reference(self.year, self.number)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


Request.add_index(Request.org, Request.contact_id)
Request.add_index(Request.org, Request.closed_at, Request.due)


class AnswerText(OrgModel):
    """An organisation's own words in place of a text of portal.requests.texts."""

    key = TextField()
    text = TextField()

    class Meta:
        table_name = "answer_text"
        indexes = ((("org", "key"), True),)


class Desk(OrgModel):
    """Who receives requests and complaints."""

    user_id = IntegerField(null=True)

    class Meta:
        table_name = "request_desk"
        indexes = ((("org",), True),)

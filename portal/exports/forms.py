"""What somebody answers who wants contacts as a file."""

from datetime import timedelta

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Optional

from portal.accounts import service as accounts
from portal.core.actor import current_actor
from portal.core.permissions import DataSet
from portal.documents.forms import Day
from portal.exports import leaving, service
from portal.exports.rules import COLLEAGUE, FORMATS, HANDINGS, SELF, USUAL
from portal.exports.service import Wish
from portal.web.forms import Form


class ExportForm(Form):
    purpose = StringField("What is it needed for?", [DataRequired("Say for what the file is needed.")])
    recipient = StringField("Who will have it?", [DataRequired("Say who will have the file.")])
    expires_on = Day("Until when?", [InputRequired("Say until when the file may be kept.")])
    format = RadioField(
        "As what?", choices=[SelectChoice(*pair) for pair in FORMATS.items()], default="xlsx", validate_choice=False
    )
    with_consents = BooleanField("How each may be written to: the state of the address, and what each agreed to")
    with_identity = BooleanField("ID numbers")
    special = BooleanField("Special information, identifiers and money matters, in fields and names of groups")
    handing = RadioField(
        "How is it handed over?", choices=[SelectChoice(*pair) for pair in HANDINGS.items()], default=SELF,
        validate_choice=False,
    )  # fmt: skip
    colleague = SelectField("Colleague", [Optional()], coerce=int, validate_choice=False)

    def __init__(self) -> None:
        super().__init__()
        people = service.colleagues()
        self.colleague.choices = [SelectChoice(one.user_id, one.user.name) for one in people]
        if not people:
            del self.colleague
            kept = [SelectChoice(*pair) for pair in HANDINGS.items() if pair[0] != COLLEAGUE]
            self.handing.choices = kept
        if not current_actor().sees(DataSet.IDENTITY):
            del self.with_identity
        if not leaving.has_sensitive():
            del self.special
        if not self.is_submitted():
            self.expires_on.data = accounts.today() + timedelta(days=USUAL)
            self.with_consents.data = True

    def wish(self) -> Wish:
        assert self.expires_on.data is not None  # noqa: S101 - its validator has seen to it
        return Wish(
            purpose=self.purpose.data or "",
            recipient=self.recipient.data or "",
            expires_on=self.expires_on.data,
            format=self.format.data or "",
            handing=self.handing.data or "",
            colleague_id=self.colleague.data if "colleague" in self else None,
            with_identity="with_identity" in self and bool(self.with_identity.data),
            with_sensitive="special" in self and bool(self.special.data),
            with_consents=bool(self.with_consents.data),
        )

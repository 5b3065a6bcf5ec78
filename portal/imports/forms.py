"""What people answer on the way of an import."""

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Optional

from portal.documents.forms import Day
from portal.imports.consents import purposes
from portal.imports.declaring import SOURCES, Evidence, Further
from portal.imports.headings import FIELDS, IGNORE
from portal.imports.models import Declaration
from portal.imports.targets import Targets
from portal.web.forms import Form


class UploadForm(Form):
    file = FileField("Spreadsheet", [FileRequired("Choose a spreadsheet first: an XLSX or CSV file.")])


class DeclarationForm(Form):
    """How these people came to be on the list, signed."""

    source = RadioField(
        "How did these people come to be on your list?",
        [DataRequired("Say how these people came to be on your list.")],
        choices=[SelectChoice(name, words) for name, words in SOURCES.items()],
        validate_choice=False,
    )
    obtained_on = Day("When", [Optional()])
    obtained = StringField("How, in a few words", [DataRequired("Say in a few words how they came to you.")])
    email_agreed = BooleanField("They agreed to hear from us by email")
    wording = TextAreaField("What they agreed to, word for word")
    purpose = SelectField("For which purpose", [Optional()], coerce=int)
    evidence = FileField("Evidence")
    signature = StringField("Your name, as a signature", [DataRequired("Sign with your name.")])

    def __init__(self, declared: Declaration | None = None) -> None:
        super().__init__(data=_said(declared) if declared else None)
        known = purposes()
        self.purpose.choices = [SelectChoice(number, name) for number, name in known.items()]
        if not known:
            del self.purpose

    @property
    def channels(self) -> list[str]:
        return ["email"] if self.email_agreed.data else []

    def further(self) -> Further:
        file = self.evidence.data
        return Further(
            obtained_on=self.obtained_on.data,
            wording=self.wording.data or "",
            purpose_id=self.purpose.data if "purpose" in self else None,
            evidence=Evidence(file.stream, file.filename or "") if file else None,
            signature=self.signature.data or "",
        )


def _said(declared: Declaration) -> dict[str, object]:
    """What was declared before, to be looked at again; it is signed anew."""
    said = {name: getattr(declared, name) for name in ("source", "obtained_on", "obtained", "wording")}
    return said | {"email_agreed": "email" in declared.channels, "purpose": declared.purpose_id}


def read_mapping(form: MultiDict[str, str], headings: Sequence[str], fields: Targets) -> dict[str, str]:
    """{heading: field} as chosen on the page; a column not spoken of is left out."""
    chosen = {heading: form.get(f"column-{place}", IGNORE) for place, heading in enumerate(headings)}
    return {heading: name if name in FIELDS or name in fields else IGNORE for heading, name in chosen.items()}

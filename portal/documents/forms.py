"""The shapes of what people type about documents."""

from datetime import date
from typing import Any

from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Optional

from portal.core.text import InvalidText, clean_text
from portal.documents.rules import KINDS, LONGEST_TITLE
from portal.web.forms import Form


def plain(_form: Any, control: Any) -> None:
    try:
        control.data = clean_text(control.data or "", max_length=LONGEST_TITLE)
    except InvalidText as error:
        raise ValidationError(str(error)) from error


class Day(DateField):
    """A day as browsers send it; what is none is told in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a date such as 2026-11-24.") from None


class FactsForm(Form):
    # Ids of their own: on a contact's page other forms have a title and a kind too.
    title = StringField("Title", [DataRequired("Enter a title."), plain], id="document-title")
    kind = SelectField(
        "Kind",
        choices=[SelectChoice(name, words) for name, words in KINDS.items()],
        default="other",
        id="document-kind",
    )
    folder = StringField("Folder", [plain], id="document-folder")
    keep_until = Day("Keep until", [Optional()], id="document-keep-until")

    def facts(self) -> dict[str, str | date | None]:
        return {
            "title": self.title.data or "",
            "kind": self.kind.data,
            "folder": self.folder.data or "",
            "keep_until": self.keep_until.data,
        }


class UploadForm(FactsForm):
    """What goes with files that are brought in; without a title each is called by its name."""

    title = StringField("Title", [plain], id="document-title")

"""What people answer on the way of an import."""

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict

from portal.imports.headings import FIELDS, IGNORE
from portal.imports.targets import Targets
from portal.web.forms import Form


class UploadForm(Form):
    file = FileField("Spreadsheet", [FileRequired("Choose a spreadsheet first: an XLSX or CSV file.")])


def read_mapping(form: MultiDict[str, str], headings: Sequence[str], fields: Targets) -> dict[str, str]:
    """{heading: field} as chosen on the page; a column not spoken of is left out."""
    chosen = {heading: form.get(f"column-{place}", IGNORE) for place, heading in enumerate(headings)}
    return {heading: name if name in FIELDS or name in fields else IGNORE for heading, name in chosen.items()}

"""Files as a browser brings them: several at once, each taken in or refused by itself."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Response, jsonify, request
from werkzeug.datastructures import FileStorage

from portal.documents import service
from portal.documents.forms import UploadForm
from portal.documents.models import Document
from portal.documents.rules import MOST_BYTES, BadDocument, shown_name

# A browser without our script sends several files as one request.
AT_ONCE = 2 * MOST_BYTES + 2**20
NOTHING_CHOSEN = "Choose a file first."


@dataclass(frozen=True)
class Refused:
    name: str
    sentence: str


@dataclass
class Outcome:
    """What became of the files of one request."""

    kept: list[Document] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def files() -> list[FileStorage]:
    return [file for file in request.files.getlist("files") if file.filename]


def take_all(form: UploadForm, contact_id: int | None) -> Outcome:
    """Keep each file that can be kept. A title is for one file only; several are called by their names."""
    outcome = Outcome()
    chosen = files()
    if not chosen:
        outcome.refused.append(Refused("", NOTHING_CHOSEN))
    if not form.validate():
        words = [f"{control.label.text}: {error}" for control in form for error in control.errors]
        outcome.refused += [Refused(shown_name(file.filename or ""), " ".join(words)) for file in chosen]
        return outcome
    facts = form.facts() | ({} if len(chosen) == 1 else {"title": ""})
    for file in chosen:
        try:
            kept = service.add(file.stream, file.filename or "", contact_id=contact_id, **facts)  # type: ignore[arg-type]
        except BadDocument as error:
            outcome.refused.append(Refused(shown_name(file.filename or ""), str(error)))
        else:
            outcome.kept.append(kept)
    return outcome


def answer(outcome: Outcome, page: Callable[[], Response]) -> Response:
    """For our script, which sends one file at a time, what became of it; for a form without it, the page."""
    if request.accept_mimetypes.best != "application/json":
        return page()
    told = [{"name": one.name, "sentence": one.sentence} for one in outcome.refused]
    response: Response = jsonify(kept=len(outcome.kept), refused=told)
    response.status_code = 422 if outcome.refused else 200
    return response

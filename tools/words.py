"""`python -m tools.words`: gather what people's own pages say into portal/languages/*.po, and make the .mo files that
the portal reads. `--check` ends with 1 when a catalogue is behind, or a sentence is not translated.
"""

import contextlib
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "portal" / "languages"
NAMES = {"af": "Afrikaans", "zu": "isiZulu"}
METHODS = [("portal/**.py", "python"), ("templates/**", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**": {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}}
# Beside the usual ones: what is raised to a person at a field of his own page.
RAISED = (
    "BadAnswer", "BadCode", "BadDetail", "InvalidCountry", "InvalidEmail", "InvalidPostalCode", "InvalidProvince",
    "InvalidTelephone", "InvalidText", "InvalidValue", "Misfit", "NoCode", "TooMany", "Nameless",
)  # fmt: skip
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "later": None, **dict.fromkeys(RAISED)}


def main() -> int:
    found = gathered()
    is_check = "--check" in sys.argv
    behind = []
    for language in NAMES:
        path = FOLDER / f"{language}.po"
        catalogue = read(path, language)
        catalogue.update(found, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        _sign(catalogue)
        lacking = [str(message.id) for message in catalogue if message.id and not all(_parts(message.string))]
        po, mo = io.BytesIO(), io.BytesIO()
        write_po(po, catalogue, width=120, omit_header=False, no_location=True, sort_output=True)
        write_mo(mo, catalogue)
        for file, made in ((path, po.getvalue()), (path.with_suffix(".mo"), mo.getvalue())):
            if not file.exists() or file.read_bytes() != made:
                behind.append(file.name)
                if not is_check:
                    file.write_bytes(made)
        wrong = [f"{message.id}: {error}" for message, errors in catalogue.check() for error in errors]
        if wrong:
            print(f"{path.name}: something that is filled in is missing or mistyped", *wrong, sep="\n  ")
            behind.append(path.name)
        if lacking:
            print(f"{path.name}: {len(lacking)} not translated")
            print("\n".join(f"  {text}" for text in lacking[:20]))
            behind.append(path.name)
    if alike := told_twice():
        print("The same in two languages, so wrong in one:", *alike, sep="\n  ")
        behind.append("both")
    if is_check and behind:
        print("Run python -m tools.words, and translate what it names.")
    return 1 if is_check and behind else 0


def told_twice() -> list[str]:
    """Sentences of several words that one language has word for word from another."""
    texts = [{m.id: m.string for m in read(FOLDER / f"{name}.po", name) if isinstance(m.id, str)} for name in NAMES]
    return sorted(
        text for text, said in texts[0].items() if text and " " in text and text != said == texts[1].get(text)
    )


def gathered() -> Catalog:
    catalogue = Catalog()
    # Sentences with something filled in are left out of the raised ones, with a warning each: they stay English.
    with contextlib.redirect_stderr(io.StringIO()):
        rows = list(extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS))
    for _file, _line, message, _comments, _context in rows:
        catalogue.add(message)
    return catalogue


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", creation_date=None, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _sign(catalogue: Catalog) -> None:
    """The same head on every day and machine, so that a catalogue differs only when a sentence does."""
    catalogue.project, catalogue.version = "In Contact", "1"
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = "In Contact"
    catalogue.header_comment = f"# What people's own pages say, in {NAMES[catalogue.locale_identifier]}."


def _parts(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


if __name__ == "__main__":
    sys.exit(main())

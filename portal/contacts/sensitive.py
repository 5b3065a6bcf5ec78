"""On what ground special personal information may be kept: POPI Act, sections 27 to 33 (domain.md 1.9)."""

from portal.core.permissions import Sensitivity

GROUNDS: dict[str, str] = {
    "consent": "The people it is about have agreed to it (section 27(1)(a))",
    "law": "A right or a duty in law needs it (section 27(1)(b))",
    "international": "A duty of international law needs it (section 27(1)(c))",
    "research": "It serves history, statistics or research, with safeguards (section 27(1)(d))",
    "public": "The people it is about have made it public themselves (section 27(1)(e))",
    "religion": "A religious organisation keeps it of its own members (section 28)",
    "race": "It is needed to know who somebody is, or to undo disadvantage as the law provides (section 29)",
    "union": "A trade union keeps it of its own members (section 30)",
    "politics": "A political body keeps it of its own members (section 31)",
    "health": "Care, a school's support or an insurer needs it (section 32)",
    "crime": "Criminal behaviour or biometrics, as the law allows (section 33)",
}
# Grounds that say nothing until somebody writes down which law, which project, which basis (P-33-1).
NEEDS_NOTE = frozenset({"law", "international", "research", "crime"})


class NotAuthorised(ValueError):
    """Special information would be kept without a ground for it. The message says what is missing."""


def check_sensitive(sensitivity: str, ground: str, note: str) -> None:
    """Raise NotAuthorised unless what is of this class may be kept on this ground."""
    if sensitivity != Sensitivity.SPECIAL:
        return
    if ground not in GROUNDS:
        raise NotAuthorised("Choose on what ground this special information is kept.")
    if ground in NEEDS_NOTE and not note.strip():
        raise NotAuthorised("Write down which law, project or decision this rests on.")

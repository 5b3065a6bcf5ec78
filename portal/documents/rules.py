"""What may be kept as a document: kinds, types of file, sizes, and how names are written. Pure."""

import re
import unicodedata
from dataclasses import dataclass

MOST_BYTES = 100 * 2**20
MOST_PIXELS = 50_000_000
KEPT, WAITING, QUARANTINED = "kept", "waiting", "quarantined"
KINDS = {
    "letter": "Letter", "consent": "Consent", "identity": "Identity document", "photo": "Photo",
    "certificate": "Certificate", "agreement": "Agreement", "policy": "Policy", "minutes": "Minutes",
    "report": "Report", "evidence": "Evidence", "other": "Other",
}  # fmt: skip
# Who sees a document that needs a permission.
SEEN_BY = {
    "users": "Only colleagues who look after users",
    "contact.import": "Only colleagues who may import",
}
LONGEST_NAME = 120
LONGEST_TITLE = 200


class BadDocument(ValueError):
    """This file is not taken in. The message says why, and what to do."""


class DocumentNotFound(LookupError):
    """There is no such document, or it is not for the actor's eyes."""


class NotOpened(RuntimeError):
    """The document is there and may not be opened now. The message says why."""


@dataclass(frozen=True)
class Type:
    """A type of file: how it is served, what people call it, and the endings a name of it may have."""

    media_type: str
    words: str
    endings: tuple[str, ...]
    is_picture: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
TYPES: dict[str, Type] = {
    "pdf": Type("application/pdf", "PDF", (".pdf",)),
    "png": Type("image/png", "Picture", (".png",), is_picture=True),
    "jpeg": Type("image/jpeg", "Picture", (".jpg", ".jpeg", ".jpe"), is_picture=True),
    "docx": Type(f"{_OFFICE}.wordprocessingml.document", "Word document", (".docx",)),
    "xlsx": Type(f"{_OFFICE}.spreadsheetml.sheet", "Excel spreadsheet", (".xlsx",)),
    "pptx": Type(f"{_OFFICE}.presentationml.presentation", "PowerPoint presentation", (".pptx",)),
    "odt": Type(f"{_OPEN}.text", "OpenDocument text", (".odt",)),
    "ods": Type(f"{_OPEN}.spreadsheet", "OpenDocument spreadsheet", (".ods",)),
    "odp": Type(f"{_OPEN}.presentation", "OpenDocument presentation", (".odp",)),
    "txt": Type("text/plain; charset=utf-8", "Text", (".txt", ".text", ".md")),
    "csv": Type("text/csv; charset=utf-8", "Table (CSV)", (".csv",)),
    "eml": Type("message/rfc822", "Email message", (".eml",)),
    "mp3": Type("audio/mpeg", "Sound recording", (".mp3",)),
    "m4a": Type("audio/mp4", "Sound recording", (".m4a",)),
    "wav": Type("audio/wav", "Sound recording", (".wav",)),
    "ogg": Type("audio/ogg", "Sound recording", (".ogg", ".oga", ".opus")),
}
TYPE_OF = {one.media_type: one for one in TYPES.values()}
TAKEN = "PDF, Word, Excel, PowerPoint, OpenDocument, pictures, plain text, CSV, email messages and sound recordings"
# Pictures of these endings come in and become another type.
CONVERTED = (".gif", ".webp")

_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def shown_name(filename: str) -> str:
    """A name as it is kept and shown: the last part of a path, without what could deceive a reader or a machine.

    It is text for people and for the name of a download; no file of ours is ever called so.
    """
    name = filename.encode("utf-8", "replace").decode()
    name = _HIDDEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/")
    name = " ".join(re.sub(r'[<>:"|?*;]', "_", name.rsplit("/", 1)[-1]).split()).strip(". ")
    if _DEVICES.match(name):
        name = "_" + name
    stem, ending = _divided(name)
    return stem[: LONGEST_NAME - len(ending)].rstrip(". ") + ending if stem else ending.lstrip(".")


def ending_of(name: str) -> str:
    """.pdf of Letter.PDF; "" of a name without an ending."""
    return _divided(name)[1].lower()


def with_ending(name: str, kind: Type) -> str:
    """The name with an ending that tells its type: it keeps its own where that is right."""
    stem, ending = _divided(name)
    if ending.lower() in kind.endings:
        return name
    return (stem or ending.lstrip(".") or "document")[:LONGEST_NAME] + kind.endings[0]


def title_of(name: str) -> str:
    """What a document is called until somebody says otherwise: its file's name without the ending."""
    return _divided(name)[0].replace("_", " ").strip()[:LONGEST_TITLE] or "Document"


def in_words(size: int) -> str:
    """12 kB, 3.4 MB, 1.2 GB"""
    if size < 1000 * 1024:
        return f"{max(1, round(size / 1024)) if size else 0} kB"
    if size < 1000 * 2**20:
        return f"{size / 2**20:.1f} MB"
    return f"{size / 2**30:.1f} GB"


def _divided(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or not re.fullmatch(r"[A-Za-z0-9]{1,8}", ending):
        return name, ""
    return stem, f".{ending}"

"""Tells by its content what a file is, and refuses what is not what its name says, or could run anywhere.

Few types are known, each by its first bytes and its structure; everything else is refused in a sentence.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from portal.core.archives import BadArchive, Fault, entries_of, unpacked
from portal.documents.rules import CONVERTED, TAKEN, TYPES, BadDocument, ending_of

HEAD = 4096
PICTURE = "picture"  # which of the types it becomes is known once it is made afresh
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta|style|base|link|form|img|math)[\s>/]"
    rb"|<\?xml|<\?php|<%|<!--\s*\[if|<!entity|javascript:",
    re.I,
)
# In the head of a file of bytes, where any two may stand beside each other by chance.
_PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|body|script|svg|iframe)[\s>/]", re.I)
_RUNS = re.compile(
    rb"\A(?:MZ|\x7fELF|#!|\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|L\x00\x00\x00\x01\x14\x02|dex\n)"
)
_PICTURES = re.compile(rb"\A(?:\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP)", re.S)
_MP3 = re.compile(rb"\A(?:ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb])", re.S)
_MP4 = re.compile(rb"\A\x00\x00\x00.ftyp(?:M4A |M4B |mp4[12]|isom|iso[2-6]|3gp[4-7]|dash|MSNV)", re.S)
_MAIL = re.compile(rb"\A(?:From |(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*)+)")
_MAIL_FIELDS = re.compile(rb"(?im)^(?:from|date|received|subject|message-id):")
_PART_OF = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_OPEN_DOCUMENT = {TYPES[name].media_type: name for name in ("odt", "ods", "odp")}
_MACROS = "Files with macros are not taken in, for they can run. Save it without macros, such as DOCX or XLSX."
_MIXED = "This file holds a web page or a program beside its own content. Save it anew, or print it to a PDF."
_WORDS_OF_FAULT = {
    Fault.TOO_LARGE: "This file unpacks to far more than its size, and is not taken in.",
    Fault.DAMAGED: "This file is damaged. Open it, save it again and choose it anew.",
    Fault.LOCKED: "This file is locked with a password. Save it without one; here it is encrypted anyway.",
}


def recognise(file: BinaryIO, name: str) -> str:
    """The type of the file, one of rules.TYPES or PICTURE. Raises BadDocument unless its name agrees."""
    file.seek(0)
    head = file.read(HEAD)
    found = _by_content(file, head, ending_of(name))
    _agree(found, name)
    return found


def _by_content(file: BinaryIO, head: bytes, ending: str) -> str:
    if not head:
        raise BadDocument("This file is empty.")
    if _RUNS.match(head):
        raise BadDocument("Programs are not taken in.")
    if _PICTURES.match(head):
        return PICTURE
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadDocument("Files of old Office can hold macros. Save it as DOCX, XLSX or PPTX, or print it to a PDF.")
    if head.startswith(b"PK"):
        return _office(file)
    if head.startswith(b"%PDF-"):
        _no_page(head)
        _whole_pdf(file)
        return "pdf"
    sound = _sound(head)
    if sound:
        _no_page(head)
        return sound
    return _text(file, head, ending)


def _agree(found: str, name: str) -> None:
    ending = ending_of(name)
    if ending in (".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".xlsb", ".doc", ".xls", ".ppt"):
        raise BadDocument(_MACROS)
    endings = {e for t in TYPES.values() if t.is_picture for e in t.endings} | set(CONVERTED)
    if found != PICTURE:
        endings = set(TYPES[found].endings)
    if not ending or ending in endings:
        return
    if any(ending in one.endings for one in TYPES.values()) or ending in CONVERTED:
        raise BadDocument(f"This file is not what its name says ({ending}). Save it again and choose it anew.")
    raise BadDocument(f"Files of the kind {ending} are not taken in. {TAKEN[0].upper() + TAKEN[1:]} are.")


def _no_page(head: bytes) -> None:
    """A file that is two things at once is taken for the wrong one by somebody."""
    if _PAGE.search(head):
        raise BadDocument(_MIXED)


def _whole_pdf(file: BinaryIO) -> None:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 2048))
    if b"%%EOF" not in file.read():
        raise BadDocument(_WORDS_OF_FAULT[Fault.DAMAGED])


def _sound(head: bytes) -> str:
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"OggS\x00"):
        return "ogg"
    if _MP4.match(head):
        return "m4a"
    return "mp3" if _MP3.match(head) else ""


def _office(file: BinaryIO) -> str:
    """Which office file the archive is; any other archive is refused, and one that would burst too."""
    try:
        entries = entries_of(file)
        names = [entry.filename for entry in entries]
        if len(set(names)) < len(names) or any(n.startswith(("/", "\\")) or ".." in n or "\\" in n for n in names):
            raise BadDocument(_WORDS_OF_FAULT[Fault.DAMAGED])
        if any("vbaproject" in n.lower() or n.startswith(("Basic/", "Scripts/")) for n in names):
            raise BadDocument(_MACROS)
        told = b""
        for entry, _, piece in unpacked(file, entries):
            if entry.filename in ("[Content_Types].xml", "mimetype") and len(told) < 1 << 20:
                told += piece
    except BadArchive as error:
        raise BadDocument(_WORDS_OF_FAULT[error.fault]) from None
    text = told.decode("utf-8", "replace")
    if "mimetype" in names:
        found = _OPEN_DOCUMENT.get(text.strip(), "") if "content.xml" in names else ""
    else:
        if "macroenabled" in text.lower():
            raise BadDocument(_MACROS)
        found = next((kind for part, kind in _PART_OF.items() if f'"{part}"' in text or f"'{part}'" in text), "")
    if not found:
        raise BadDocument("This is an archive. Unpack it and choose the files that are in it.")
    return found


def _text(file: BinaryIO, head: bytes, ending: str) -> str:
    """Text is what is left: whole, in UTF-8, and not a page of the web in disguise."""
    if ending == ".eml":
        heading = _MAIL.match(head)
        if heading is None or not _MAIL_FIELDS.search(heading[0]) or any(b"\0" in piece for piece in _pieces(file)):
            raise BadDocument("This file is not an email message as mail programs save it.")
        return "eml"
    if ending in (".html", ".htm", ".xhtml", ".svg", ".xml", ".shtml", ".mht", ".mhtml") or _MARKUP.search(head):
        raise BadDocument("Web pages and SVG drawings are not taken in, for they can run. Print it to a PDF.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in _pieces(file):
            if "\0" in decoder.decode(piece):
                raise BadDocument(_unknown(ending))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise BadDocument(_unknown(ending)) from None
    return "csv" if ending == ".csv" else "txt"


def _unknown(ending: str) -> str:
    if ending in (".txt", ".csv", ".text", ".md"):
        return "The letters of this text cannot be read. Save it as UTF-8 and choose it again."
    if any(ending in one.endings for one in TYPES.values()) or ending in CONVERTED:
        return f"This file is not what its name says ({ending}). Save it again and choose it anew."
    return f"This kind of file is not taken in. {TAKEN[0].upper() + TAKEN[1:]} are."


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(1 << 18):
        yield piece

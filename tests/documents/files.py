"""Files for tests: good ones of each type, and bad ones of many kinds, made on the spot."""

import io
import struct
import zipfile
import zlib

from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MARK = "<script>document.title='RAN';fetch('/RAN')</script>"
_PARTS = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": f"{_PARTS}.wordprocessingml.document.main+xml",
    "xlsx": f"{_PARTS}.spreadsheetml.sheet.main+xml",
    "pptx": f"{_PARTS}.presentationml.presentation.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
}
GPS, ARTIST, TURNED = 0x8825, 0x013B, 0x0112


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 120, 90)).save(out, kind, **more)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A photograph that tells where it was taken, lies on its side, and carries a script."""
    exif = Image.Exif()
    exif[GPS] = {1: "S", 2: (29.0, 47.0, 55.0), 3: "E", 4: (31.0, 3.0, 2.0)}
    exif[ARTIST] = "CNRY artist"
    exif[TURNED] = 6
    return picture("JPEG", exif=exif.tobytes(), comment=MARK.encode())


def png_head(width: int, height: int) -> bytes:
    """A tiny file that says it is a huge picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack("!L", len(body)) + name + body + struct.pack("!L", zlib.crc32(name + body))

    head = struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def pdf(text: str = "", pages: int = 1) -> bytes:
    out = io.BytesIO()
    sheets = [Image.new("L", (120, 160), "white") for _ in range(pages)]
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue().replace(b"%PDF-1.4\n", b"%PDF-1.4\n" + text.encode(), 1)


def zipped(files: dict[str, bytes | str], stored: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as made:
        for name, body in files.items():
            made.writestr(name, body)
    return out.getvalue()


def office(kind: str = "docx", more: dict[str, bytes | str] | None = None, stored: bool = False) -> bytes:
    types = f'<?xml version="1.0"?><Types><Override PartName="/x.xml" ContentType="{MAIN[kind]}"/></Types>'
    return zipped({"[Content_Types].xml": types, "word/document.xml": "<w/>"} | (more or {}), stored)


def open_document(kind: str = "text", more: dict[str, bytes | str] | None = None) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": mimetype, "content.xml": "<office/>"} | (more or {}))


def wav() -> bytes:
    return b"RIFF" + struct.pack("<L", 36) + b"WAVEfmt " + b"\0" * 24


MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\0" * 400
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + b"\0" * 64
OGG = b"OggS\x00\x02" + b"\0" * 64
EML = (
    b"From: a@example.org\r\nSubject: Hello\r\nDate: Tue, 24 Nov 2026 10:00:00 +0200\r\n\r\n<html><b>Hi</b></html>\r\n"
)

GOOD: dict[str, tuple[str, bytes]] = {
    "pdf": ("letter.pdf", pdf()),
    "pdf in capitals": ("LETTER.PDF", pdf()),
    "png": ("x.png", picture()),
    "jpeg": ("x.jpeg", picture("JPEG")),
    "gif": ("x.gif", picture("GIF")),
    "webp": ("x.webp", picture("WEBP")),
    "jpeg called png": ("x.png", picture("JPEG")),
    "docx": ("x.docx", office("docx")),
    "docx stored": ("x.docx", office("docx", stored=True)),
    "xlsx": ("x.xlsx", office("xlsx")),
    "pptx": ("x.pptx", office("pptx")),
    "odt": ("x.odt", open_document("text")),
    "ods": ("x.ods", open_document("spreadsheet")),
    "odp": ("x.odp", open_document("presentation")),
    "txt": ("x.txt", "Sawubona, ëêô".encode()),
    "text without a name": ("README", b"hello"),
    "csv": ("x.csv", b"a,b\n1,2\n"),
    "eml": ("x.eml", EML),
    "mp3": ("x.mp3", MP3),
    "m4a": ("x.m4a", M4A),
    "wav": ("x.wav", wav()),
    "ogg": ("x.ogg", OGG),
    "opus": ("x.opus", OGG),
}

_SVG = f'<svg xmlns="http://www.w3.org/2000/svg">{MARK}</svg>'
_HTML = f"<!doctype html><html><body>{MARK}</body></html>"
TYPES = "[Content_Types].xml"
_BOTH = f'<Types a="{MAIN["docx"]}" b="{MAIN["docm"]}"/>'
BAD: dict[str, tuple[str, bytes]] = {
    "svg": ("x.svg", _SVG.encode()),
    "svg with an xml head": ("x.svg", b'<?xml version="1.0"?>' + _SVG.encode()),
    "svg with a foreign object": ("x.svg", b"<svg><foreignObject><iframe src=//x></iframe></foreignObject></svg>"),
    "svg with a link": ("x.svg", b'<svg><a xlink:href="javascript:alert(1)">x</a></svg>'),
    "svg called png": ("x.png", _SVG.encode()),
    "svg called txt": ("x.txt", _SVG.encode()),
    "svg after blanks": ("x.txt", b" \n\t" * 200 + _SVG.encode()),
    "svg in utf-16": ("x.svg", _SVG.encode("utf-16")),
    "html": ("x.html", _HTML.encode()),
    "html called jpg": ("x.jpg", _HTML.encode()),
    "html called pdf": ("x.pdf", _HTML.encode()),
    "html called txt": ("x.txt", _HTML.encode()),
    "html called csv": ("x.csv", _HTML.encode()),
    "html called docx": ("x.docx", _HTML.encode()),
    "html called mp3": ("x.mp3", _HTML.encode()),
    "html called eml": ("x.eml", _HTML.encode()),
    "html behind a byte order mark": ("x.txt", b"\xef\xbb\xbf" + _HTML.encode()),
    "html behind a comment": ("x.txt", b"<!-- x -->" + _HTML.encode()),
    "html in utf-16": ("x.txt", _HTML.encode("utf-16")),
    "script alone": ("x.txt", MARK.encode()),
    "html without an ending": ("page", _HTML.encode()),
    "text called html": ("x.html", b"hello"),
    "xml": ("x.xml", b'<?xml version="1.0"?><a/>'),
    "xml with an entity": ("x.txt", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    "php": ("x.php", b"<?php system($_GET[1]);"),
    "php in capitals": ("x.pHaR", b"<?php system($_GET[1]);"),
    "script of a shell": ("x.sh", b"#!/bin/sh\nrm -rf /\n"),
    "script called txt": ("x.txt", b"#!/bin/sh\nrm -rf /\n"),
    "script of windows": ("x.bat", b"@echo off\r\n"),
    "javascript": ("x.js", b"alert(1)"),
    "java server page": ("x.jsp", b"<% out.print(1) %>"),
    "program of windows": ("x.exe", b"MZ" + b"\0" * 200),
    "program called pdf": ("x.pdf", b"MZ" + b"\0" * 200),
    "program of linux": ("x", b"\x7fELF" + b"\0" * 200),
    "shortcut of windows": ("x.lnk", b"L\x00\x00\x00\x01\x14\x02\x00" + b"\0" * 60),
    "java class": ("x.class", b"\xca\xfe\xba\xbe\x00\x00\x00\x34"),
    "pdf with html": ("x.pdf", pdf(_HTML)),
    "pdf with svg": ("x.pdf", pdf(_SVG)),
    "pdf behind html": ("x.pdf", _HTML.encode() + pdf()),
    "pdf behind blanks": ("x.pdf", b"\n" * 20 + pdf()),
    "pdf cut off": ("x.pdf", pdf()[:60]),
    "pdf called jpg": ("x.jpg", pdf()),
    "gif with javascript": ("x.gif", b"GIF89a/*" + b"\0" * 10 + b"*/=1;alert(1)//"),
    "gif called js": ("x.js", picture("GIF")),
    "png of 50,000 by 50,000": ("x.png", png_head(50_000, 50_000)),
    "png of 10,000 by 5,001": ("x.png", png_head(10_000, 5_001)),
    "png cut off": ("x.png", picture()[:50]),
    "png that is a head only": ("x.png", png_head(100, 100)),
    "jpeg of nothing": ("x.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 30),
    "bomb": ("x.docx", office(more={"word/a.xml": b"\0" * 60 * 2**20})),
    "bomb that tells a lie": ("x.docx", office(more={"word/a.xml": b"\0" * 60 * 2**20}).replace(
        struct.pack("<L", 60 * 2**20), struct.pack("<L", 10))),
    "macros called docm": ("x.docm", office("docm")),
    "macros called xlsm": ("x.xlsm", office("xlsm")),
    "macros called docx": ("x.docx", office("docm")),
    "macros beside a plain part": ("x.docx", office(more={TYPES: _BOTH})),
    "macros in a part": ("x.docx", office(more={"word/vbaProject.bin": b"x"})),
    "macros of opendocument": ("x.odt", open_document(more={"Basic/Standard/Module1.xml": "x"})),
    "old office": ("x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500),
    "old office called docx": ("x.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500),
    "archive": ("x.zip", zipped({"a.txt": "x"})),
    "archive called docx": ("x.docx", zipped({"a.txt": "x"})),
    "archive that climbs out": ("x.docx", office(more={"../../x": "x"})),
    "archive cut off": ("x.docx", office()[:80]),
    "java archive": ("x.jar", zipped({"META-INF/MANIFEST.MF": "x", "A.class": b"\xca\xfe\xba\xbe"})),
    "docx called xlsx": ("x.xlsx", office("docx")),
    "nothing": ("x.pdf", b""),
    "nothing called txt": ("x.txt", b""),
    "zeros": ("x.txt", b"\0" * 100),
    "zeros called mp3": ("x.mp3", b"\0" * 100),
    "letters of windows": ("x.txt", "Môre".encode("cp1252")),
    "sound with html": ("x.mp3", b"ID3\x03" + _HTML.encode()),
    "wav with html": ("x.wav", b"RIFF\0\0\0\0WAVE" + _HTML.encode()),
    "mail that is none": ("x.eml", b"hello there\n"),
    "unknown": ("x.bin", bytes(range(256))),
}  # fmt: skip

NAMES = [
    "../../x.txt", "..\\..\\x.txt", "/etc/passwd.txt", "C:\\Windows\\x.txt", "....//x.txt", "%2e%2e%2fx.txt",
    "~/x.txt", ".htaccess", ".txt", "..", ".", "...", "/", "\\", "x.txt/", "x/../y.txt", "./x.txt",
    "\\\\server\\share\\x.txt", "x\0.txt", "x.txt\0.jpg", "\0", "x%00.txt", "x\r\nSet-Cookie: a=b.txt", "x\nX.txt",
    "x\r.txt", "x\t.txt", "\x1b[31m.txt", "\x7f.txt", "x\x85y.txt", "x\u2028y.txt", "CON", "con.txt", "CON.txt",
    "PRN.txt", "AUX", "NUL.txt", "COM1.txt", "LPT9", "x.txt.", "x.txt ", " x.txt", "x .txt", "x..txt",
    "x.txt::$DATA", "x:y.txt", "a|b.txt", "a<b>.txt", "a*b?.txt", 'a"b.txt', "a'b.txt", 'x.txt"; filename="y.html',
    "x.txt; filename*=UTF-8''y.html", "a;b.txt", "a,b.txt", "a=b.txt", "`id`.txt", "$(id).txt", "{{7*7}}.txt",
    "<script>alert(1)</script>.txt", "<img src=x onerror=alert(1)>.txt", "' OR 1=1 --.txt", "=cmd|' /C calc'!A0.txt",
    "a&b.txt", "a#b.txt", "a?b.txt", "a%b.txt", "a+b.txt", "a b.txt", "\u202egpj.txt", "\u200f" * 300 + ".txt",
    "ا" * 300 + ".txt", "x" * 300 + ".txt", "x" * 300, "x." + "t" * 300, "é.txt", "e\u0301.txt", "ﬁ.txt", "日本語.txt",
    "😀.txt", "𝕏.txt", "\ud83d.txt", "ﷺ" * 100 + ".txt", "\ufeffx.txt", "a\u200bb.txt", "İ.txt", "ß.TXT", "x.TxT",
    "x.tx\u0442",
]  # fmt: skip

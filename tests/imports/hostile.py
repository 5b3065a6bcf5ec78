"""Files that mean harm, made here: spreadsheets that unpack to far more than they are, and tables that are none."""

import io
import struct
import zipfile
from collections.abc import Callable

BOOK = (
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    b'<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    b'Target="%s"/></Relationships>'
)
BOOK_IS_THERE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="xl/workbook.xml"/></Relationships>'
)
SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)
A1 = b'<row r="1"><c r="A1" t="str"><v>Email</v></c></row>'
MB = 2**20


def packed(entries: dict[str, bytes | int], level: int = 9) -> bytes:
    """An archive; a number stands for so many bytes of the same letter."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, body in entries.items():
            with archive.open(name, "w") as entry:
                if isinstance(body, bytes):
                    entry.write(body)
                    continue
                for _ in range(body // MB):
                    entry.write(b"A" * MB)
    return out.getvalue()


def book(sheet: bytes, target: str = "worksheets/sheet1.xml", **more: bytes | int) -> bytes:
    places = {
        "_rels/.rels": BOOK_IS_THERE,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS % target.encode(),
    }
    return packed(places | {f"xl/{target}": sheet} | more)


def far(cell: bytes, row: bytes = b'<row r="9">') -> bytes:
    """A workbook with one more cell, which says in some strange way that it stands at the far corner."""
    return book(SHEET % (A1 + row + cell + b"<v>1</v></c></row>"))


def _with_false_sizes(body: bytes) -> bytes:
    """The archive saying of each entry that it unpacks to ten bytes."""
    changed, at = bytearray(body), 0
    while (at := body.find(b"PK\x01\x02", at)) >= 0:
        changed[at + 24 : at + 28] = struct.pack("<L", 10)
        at += 4
    return bytes(changed)


def _many_entries(count: int) -> bytes:
    """The list of so many entries that all are the same one."""
    one = packed({"xl/workbook.xml": BOOK})
    start = one.find(b"PK\x01\x02")
    entry = one[start : one.find(b"PK\x05\x06")]
    listed = entry * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(listed), start, 0)
    return one[:start] + listed + end


def _same_place_often() -> bytes:
    """Many entries that lie over one another: one content, listed again and again."""
    one = packed({"xl/workbook.xml": 19 * MB})
    start, end = one.find(b"PK\x01\x02"), one.find(b"PK\x05\x06")
    entry, count = one[start:end], 200
    listed = b"".join(entry[:24] + struct.pack("<L", 10) + entry[28:] for _ in range(count))
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listed), start, 0)
    return one[:start] + listed + last


def _open(rows: bytes) -> bytes:
    content = (
        b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        b'<table:table table:name="A">%s</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": content % rows})


_VALUE = b'office:value-type="string"><text:p>x</text:p></table:table-cell>'
BOMBS: dict[str, Callable[[], bytes]] = {
    "one entry of a thousand times its size": lambda: book(SHEET % A1, **{"xl/sharedStrings.xml": 60 * MB}),
    "false sizes": lambda: _with_false_sizes(book(SHEET % A1, **{"xl/sharedStrings.xml": 60 * MB})),
    "many middling entries": lambda: _with_false_sizes(
        packed({"xl/workbook.xml": BOOK} | {f"xl/{n}.xml": 19 * MB for n in range(12)})
    ),
    "an archive in the archive": lambda: book(SHEET % A1, **{"xl/media/a.zip": packed({"a": 30 * MB})}),
    "a million entries": lambda: _many_entries(1_000_000),
    "as many entries as are not counted": lambda: _many_entries(65_536 * 4),
    "entries over one another": _same_place_often,
    "a cell at the far corner": lambda: book(SHEET % (A1 + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    "a far cell in other quotes": lambda: book(SHEET % (A1 + b"<row r='1048576'><c r='GR1048576'><v>1</v></c></row>")),
    "a far row whose cells say nothing": lambda: book(
        SHEET % (A1 + b'<row r="1048576">' + b"<c><v>1</v></c>" * 150 + b"</row>")
    ),
    "a sheet that is called otherwise": lambda: book(
        SHEET % (A1 + b'<row r="1048576"><c r="GR1048576"><v>1</v></c></row>'), "theme/theme1.xml"
    ),
    "a place hidden behind a long word": lambda: book(
        SHEET % (A1 + b'<row r="9"><c x="%s" r="XFD1048576"><v>1</v></c></row>' % (b"x" * 5000))
    ),
    "a far cell in small letters": lambda: far(b'<c r="gr1048576">'),
    "a far cell with noughts before its number": lambda: far(b'<c r="GR0001048576">'),
    "a far row with noughts before its number": lambda: far(
        b"<c><v>1</v></c>" * 149 + b"<c>", b'<row r="0001048576">'
    ),
    "a far cell behind a quoted end of the tag": lambda: far(b'<c x=">" r="GR1048576">'),
    "a far cell behind a quoted place": lambda: far(b"""<c x=" r='A2' " r="GR1048576">"""),
    "a far cell behind the place of something else": lambda: far(b'<c x:r="A2" r="GR1048576">'),
    "a far cell behind a place that is none": lambda: far(b'<c\x0br="A2" r="GR1048576">'),
    "a cell beside an empty far one": lambda: far(b'<c r="GQ1048576"/><c>', b'<row r="1048576">'),
    "a far cell of a strange name": lambda: book(
        SHEET.replace(b"xmlns=", b"xmlns:a-b='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns=")
        % (A1 + b'<row r="9"><a-b:c r="GR1048576"><a-b:v>1</a-b:v></a-b:c></row>')
    ),
    "an open sheet with a quoted end of the tag": lambda: _open(
        b'<table:table-row table:style-name=">" table:number-rows-repeated="1000000"><table:table-cell '
        b'table:style-name=">" table:number-columns-repeated="150" ' + _VALUE + b"</table:table-row>"
    ),
    "an open sheet with noughts before its numbers": lambda: _open(
        b'<table:table-row table:number-rows-repeated="0000001000000"><table:table-cell '
        b'table:number-columns-repeated="0000000000150" ' + _VALUE + b"</table:table-row>"
    ),
    "an open sheet whose one cell is meant often": lambda: _open(
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        b'table:number-columns-repeated="150" ' + _VALUE + b"</table:table-row>"
    ),
    "an open sheet with a far row": lambda: _open(
        b'<table:table-row><table:table-cell table:number-columns-repeated="100" ' + _VALUE + b"</table:table-row>"
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
        b"<table:table-row><table:table-cell " + _VALUE + b"</table:table-row>"
    ),
    "the binary form": lambda: packed({"xl/workbook.bin": b"x", "xl/worksheets/sheet1.bin": b"x"}),
}  # fmt: skip
HEAD = b"First name,Email\n"


def _lines(count: int) -> bytes:
    return b"".join(b"P%d,p%d@example.org\n" % (n, n) for n in range(count))


# What is refused as a whole, with a sentence.
REFUSED: dict[str, Callable[[], bytes]] = {
    "a cell of ten megabytes": lambda: HEAD + b'Ann,"' + b"x" * (10 * MB) + b'"\n',
    "a hundred thousand columns": lambda: b",".join(b"c%d" % n for n in range(100_000)) + b"\n1\n",
    "a million columns in one line": lambda: b"," * 3_000_000,
    "a quotation mark that never closes": lambda: HEAD + b'Ann,"' + b"a,b\n" * (2 * MB),
    "half a letter at the end of UTF-16": lambda: (HEAD + _lines(5)).decode().encode("utf-16") + b"\x00\xd8",
    "more than a million rows": lambda: HEAD + b"a,\n" * 1_000_001,
}

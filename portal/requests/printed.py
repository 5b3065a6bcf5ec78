"""Forms 1 and 2 of the Regulations on paper, filled with what is known, for who asks at a desk and signs there (POPIA
ss 11(3)(a) and 24(1); regs 2 and 3, which want a form substantially like these).
"""

from collections.abc import Sequence

from portal.accounts.service import current_org
from portal.contacts import queries
from portal.contacts.models import Address, Email, Telephone
from portal.contacts.telephones import show_telephone
from portal.gateways import pdf
from portal.gateways.pdf import Text
from portal.profile.details import address_in_words
from portal.requests.models import Request
from portal.requests.queries import line
from portal.requests.rules import FORMS

TITLES = {
    1: "Objection to the processing of personal information",
    2: "Request for correction or deletion of personal information, or destruction or deletion of a record of it",
}
LAW = {
    1: "Section 11(3) of the Protection of Personal Information Act, 2013 · Regulation 2 · Form 1",
    2: "Section 24(1) of the Protection of Personal Information Act, 2013 · Regulation 3 · Form 2",
}
NOTES = (
    "Papers that support this may be attached.",
    "Where there is too little room, go on another sheet, attach it, and sign each page.",
    "Fill in what applies.",
)
TO_WRITE_ON = "_" * 74
SHORT = "_" * 46
BLANK = "\u00a0" * 2
ROOM = 5  # lines to write on, where nothing was said yet


def render(request: Request) -> bytes:
    """The form that belongs to this kind of request. What the reader may not see of the person stays empty."""
    number, org = FORMS[request.kind], current_org()
    parts: list[list[Text]] = [
        [Text(TITLES[number], "title"), Text(LAW[number], "quiet"), *(Text(note, "quiet") for note in NOTES)],
        *([_boxes(request.kind)] if number == 2 else []),
        [Text("A. The person", "heading"), *_lines(_person(request))],
        [
            Text("B. The responsible party", "heading"),
            *_lines([
                ("Name", org.legal_name or org.name), ("Address", org.address),
                ("Telephone", show_telephone(org.telephone) if org.telephone else ""), ("Email", org.email),
            ]),
        ],
        *_asked(number, request.text),
        [Text(f"Signed at {SHORT[:26]} on {SHORT[:26]}"), Text(""), Text(SHORT),
         Text("Signature of the person, or of who acts for the person", "quiet")],
    ]  # fmt: skip
    return pdf.write(f"Form {number}", org.name, parts, foot=f"{org.name} · {request.reference} · Form {number}")


def _person(request: Request) -> list[tuple[str, str]]:
    mine = request.contact_id or 0
    ids = [mine] if mine else []
    addresses = queries.parts_of(Address, ids).get(mine, [])
    telephones = queries.parts_of(Telephone, ids).get(mine, [])
    emails = queries.parts_of(Email, ids).get(mine, [])
    return [
        ("Name and surname, or registered name", "" if request.erased_at else line(request).name),
        ("Identity number, or other number that identifies", ""),
        ("Address", address_in_words(addresses[0]) if addresses else "" if ids else request.reach),
        ("Telephone", ", ".join(show_telephone(one.number) for one in telephones)),
        ("Email", ", ".join(one.address for one in emails)),
    ]


def _boxes(kind: str) -> list[Text]:
    corrects = "x" if kind == "correct" else BLANK
    return [
        Text("What is asked (mark with an x)", "heading"),
        Text(f"[ {corrects} ] Correct or delete personal information that is kept"),
        Text(f"[ {BLANK} ] Destroy or delete a record that may not be kept any longer"),
    ]


def _asked(number: int, said: str) -> list[list[Text]]:
    if number == 1:
        return [_written("C. Reasons for the objection (section 11(1)(d) to (f)), in detail", said)]
    return [
        _written("C. The information to be corrected, deleted or destroyed", said),
        _written("D. Reasons: inaccurate, irrelevant, excessive, out of date, incomplete, misleading, obtained "
                 "unlawfully, or kept longer than the law allows", ""),
    ]  # fmt: skip


def _written(heading: str, said: str) -> list[Text]:
    return [Text(heading, "heading"), *([Text(said)] if said else [Text(f"\n{TO_WRITE_ON}")] * ROOM)]


def _lines(pairs: Sequence[tuple[str, str]]) -> list[Text]:
    return [Text(f"{words}: {value or SHORT}") for words, value in pairs]

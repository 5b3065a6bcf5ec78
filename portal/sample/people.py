"""Plausible South African people and bodies, the same every time. None exists; addresses end in .example."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.contacts.emails import normalise_email
from portal.contacts.rules import NewContact

FIRST = {
    "zu": [
        "Thandi",
        "Sipho",
        "Nomsa",
        "Bongani",
        "Lerato",
        "Ayanda",
        "Zanele",
        "Mandla",
        "Nokuthula",
        "Sibusiso",
        "Thulani",
        "Ntombi",
        "Lindiwe",
        "Musa",
        "Zodwa",
    ],
    "xh": [
        "Andile",
        "Nosipho",
        "Lwazi",
        "Noluthando",
        "Vuyo",
        "Siyabonga",
        "Nomvula",
        "Themba",
        "Unathi",
        "Zukiswa",
        "Luyanda",
        "Xolani",
    ],
    "st": ["Palesa", "Tshepo", "Dineo", "Kagiso", "Refilwe", "Thabo", "Mpho", "Lebohang", "Tebogo", "Karabo", "Naledi"],
    "ve": ["Rudzani", "Mulalo", "Tshilidzi", "Livhuwani", "Ndivhuwo", "Azwinndini", "Phathutshedzo"],
    "af": [
        "Pieter",
        "Anélle",
        "Johan",
        "Zoë",
        "Hennie",
        "Marié",
        "Francois",
        "Chané",
        "Gerhard",
        "Elsabé",
        "Riaan",
        "Sanet",
        "Kobus",
        "André",
    ],
    "en": [
        "Priya",
        "Alice",
        "Dinesh",
        "Fatima",
        "Imraan",
        "Sarah",
        "Michael",
        "Ruth",
        "Grace",
        "Yusuf",
        "Shanaaz",
        "Daniel",
        "Margaret",
        "Rajesh",
        "Kavitha",
    ],
}
LAST = {
    "zu": ["Ngcobo", "Dlamini", "Dube", "Mkhize", "Zwane", "Sithole", "Khumalo", "Cele", "Buthelezi", "Zulu", "Hadebe", "Mthembu", "Shabalala"],
    "xh": ["Mqhayi", "Ndlovu", "Nqakula", "Sigcau", "Mbeki", "Gqola", "Xaba", "Tutu", "Mda", "Sobukwe"],
    "st": ["Mokoena", "Molefe", "Mofokeng", "Tau", "Moloi", "Motaung", "Sebata", "Phiri", "Nkoane"],
    "ve": ["Ṱhovhalae", "Mudau", "Nemaḓodzi", "Ramaphosa", "Munyai", "Netshiṱenzhe", "Ḽigege"],
    "af": ["van der Merwe", "Botha", "du Plessis", "van Niekerk", "Naudé", "Steyn", "de Villiers", "Müller", "Bröcker", "van Zyl"],
    "en": ["Naidoo", "Pillay", "Smith", "O'Brien", "Govender", "Moodley", "Jacobs", "Davids", "Khan", "D'Almeida", "Williams", "Adams", "Hendricks"],
}  # fmt: skip
PLACES = (
    ("Glenashley", "Durban", "4051", "ZA-KZN"),
    ("Umhlanga Rocks", "Umhlanga", "4320", "ZA-KZN"),
    ("Sea Point", "Cape Town", "8005", "ZA-WC"),
    ("Khayelitsha", "Cape Town", "7784", "ZA-WC"),
    ("Observatory", "Johannesburg", "2198", "ZA-GP"),
    ("Orlando East", "Soweto", "1804", "ZA-GP"),
    ("Arcadia", "Pretoria", "0083", "ZA-GP"),
    ("Universitas", "Bloemfontein", "9301", "ZA-FS"),
    ("Walmer", "Gqeberha", "6070", "ZA-EC"),
    ("Thohoyandou P East", "Thohoyandou", "0950", "ZA-LP"),
)
STREETS = [
    "Marion Avenue",
    "Church Street",
    "Station Road",
    "Umgeni Drive",
    "Kerkstraat",
    "Nelson Mandela Road",
    "Protea Lane",
    "Acacia Street",
]
BODIES = ("{} Primary School", "{} High School", "St Mary's Church, {}", "{} Methodist Church", "{} Rotary Club", "{} Trading CC", "{} Community Trust")  # fmt: skip
MOBILE = ("60", "71", "72", "73", "74", "76", "78", "79", "82", "83", "84")
# Of twenty people: most have said yes, one or two said no, of two nothing is known.
STANDINGS = ("proven",) * 5 + ("asserted",) * 11 + ("withheld", "withdrawn") + ("missing",) * 2


@dataclass(frozen=True)
class SamplePerson:
    contact: NewContact
    standing: str


def people(count: int, groups: dict[str, int], seed: int = 2026) -> Iterator[SamplePerson]:
    """`count` contacts, one in twelve a body; some share an address, some have none, some have several."""
    chance = random.Random(seed)  # noqa: S311 - the same people each time, no secret
    shared: list[str] = []
    for number in range(count):
        is_body = number % 12 == 11
        language = chance.choices(list(FIRST), weights=(28, 14, 14, 6, 18, 20))[0]
        suburb, city, code, province = chance.choice(PLACES)
        fields = _body(chance, suburb, number) if is_body else _person(chance, language)
        emails = _emails(chance, fields, number, shared)
        telephones = _telephones(chance, number)
        address = {
            "line1": f"{chance.randint(1, 240)} {chance.choice(STREETS)}", "line2": "", "suburb": suburb, "city": city,
            "postal_code": code, "province": province, "country": "ZA", "label": "Home", "is_primary": 1,
        }  # fmt: skip
        inside = [groups["Newsletter"]] if chance.random() < 0.8 else []
        if ",donor," in fields["roles"]:
            inside.append(groups["Donors"])
        if not is_body and chance.random() < 0.12:
            inside.append(groups["Volunteers"])
        contact = NewContact(
            fields={
                **fields,
                "language": language if language in ("zu", "xh", "st", "ve", "af", "en") else "en",
                "source": "own",
            },
            emails=emails,
            telephones=telephones,
            addresses=[address] if chance.random() < 0.7 else [],
            group_ids=inside,
        )
        yield SamplePerson(contact, chance.choice(STANDINGS))


def _person(chance: random.Random, language: str) -> dict[str, Any]:
    first, last = chance.choice(FIRST[language]), chance.choice(LAST[language])
    born = (
        date(chance.randint(1942, 2004), chance.randint(1, 12), chance.randint(1, 28))
        if chance.random() < 0.4
        else None
    )
    return {
        "kind": "person", "title": chance.choice(("", "", "Ms", "Mr", "Mrs", "Dr")), "first_name": first,
        "last_name": last, "preferred_name": "", "organisation": "", "birth_date": born,
        "roles": chance.choice((",donor,", ",donor,", ",prospect,", ",recipient,", "")),
    }  # fmt: skip


def _body(chance: random.Random, suburb: str, number: int) -> dict[str, Any]:
    name = BODIES[number // 12 % len(BODIES)].format(suburb)
    return {
        "kind": "body", "title": "", "first_name": "", "last_name": "", "preferred_name": "", "organisation": name,
        "birth_date": None, "roles": chance.choice((",donor,", ",supplier,", "")),
    }  # fmt: skip


def _emails(chance: random.Random, fields: dict[str, Any], number: int, shared: list[str]) -> list[dict[str, Any]]:
    draw = chance.random()
    if draw < 0.08:
        return []
    if draw < 0.11 and shared:  # a household's one mailbox
        return [_email(chance.choice(shared), "Home", 1)]
    if fields["kind"] == "body":
        return [_email(f"office{number}@{_plain(fields['organisation'])[:24]}.example", "Work", 1)]
    name = f"{_plain(fields['first_name'])}.{_plain(fields['last_name'])}{number}"
    address = f"{name}@{chance.choice(('mail', 'post', 'webmail', 'inbox'))}.example"
    shared.append(address)
    found = [_email(address, "Home", 1)]
    if draw > 0.94:
        found.append(_email(f"{_plain(fields['first_name'])}{number}@work.example", "Work", 0))
    return found


def _email(address: str, label: str, is_primary: int) -> dict[str, Any]:
    entered = normalise_email(address)
    return {"address": entered.entered, "normal": entered.normal, "label": label, "is_primary": is_primary}


def _telephones(chance: random.Random, number: int) -> list[dict[str, Any]]:
    if chance.random() < 0.15:
        return []
    return [{"number": f"+27{chance.choice(MOBILE)}555{number % 10000:04d}", "label": "Cell", "is_primary": 1}]


def _plain(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in ascii_text if letter.isalnum())

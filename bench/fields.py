"""A hundred designed fields: the list, its filters and orders, the search and a contact's page beside the same pages
without any field in use, in turns on the same contacts.

A fifth of the fields stand filled with every contact; all of them with the contact and the first page measured.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from flask.testing import FlaskClient

from bench.contacts import fill, queries
from bench.stage import Stage, installation, milliseconds, seconds, signed_in
from portal.contacts import queries as contacts
from portal.contacts.field_rules import key_of
from portal.contacts.models import Field, Page, Value
from portal.contacts.names import fold
from portal.contacts.queries import Filter
from portal.core.clock import now
from portal.core.db import db, learn_sizes, transaction

KINDS = ("text", "choice", "number", "date", "yes_no", "money", "choices", "link", "text", "long")
WORDS = ("amber", "basil", "cedar", "dune", "ember", "fern", "grove", "heath", "iris", "jasmine")
OPTIONS = [{"id": str(n), "name": word.title()} for n, word in enumerate(WORDS, start=1)]
MEASURED = 77
LISTED, SEARCHED, ROUNDS = 4, 3, 40
Row = tuple[int, int, str, str, str]


def run(count: int, wanted: int) -> None:
    with installation() as stage:
        fill(count)
        client = signed_in(stage.app)
        pages = {
            "list": "/contacts", "last page": f"/contacts?page={count // 50}", "search": "/contacts?q=naud",
            "search rare": "/contacts?q=zoe12", "search none": "/contacts?q=qqzzxx",
            "contact": f"/contacts/{MEASURED}",
        }  # fmt: skip
        made = _design(wanted)
        taken = seconds(lambda: _fill(stage, made, count))
        print(f"fields      {wanted} fields, {_values():,} values of {count:,} contacts written in {taken:.0f} s")
        for name, url in pages.items():
            _say(name, client, url, url)
        by = {kind: next(f.id for f in made if f.kind == kind) for kind in set(KINDS)}
        for name, url in (
            ("search a field", f"/contacts?q={WORDS[3]}12"), ("filter choice", f"/contacts?f{by['choice']}=3"),
            ("filter range", f"/contacts?f{by['number']}_from=100&f{by['number']}_to=120"),
            ("filter text", f"/contacts?f{by['text']}={WORDS[5]}9"),
            ("order text", f"/contacts?sort=field:{by['text']}"),
            ("order number", f"/contacts?sort=field:{by['number']}&down=1"),
            ("order choice", f"/contacts?sort=field:{by['choice']}"),
            ("order, last", f"/contacts?sort=field:{by['number']}&page={count // 50}"),
            ("order, filter", f"/contacts?sort=field:{by['date']}&f{by['choice']}=3&f{by['yes_no']}=1"),
        ):  # fmt: skip
            _say(name, client, url, "/contacts")


def _say(name: str, client: FlaskClient, url: str, plain_url: str) -> None:
    """The page, and in turns with it the plain one while no field is in use: whatever else this machine does, it does
    to both.
    """
    client.get(url)
    taken, plain = [], []
    for _ in range(ROUNDS):
        Field.update(archived_at=now()).execute()
        plain.append(seconds(lambda: client.get(plain_url)))
        Field.update(archived_at=None).execute()
        taken.append(seconds(lambda: client.get(url)))
    told, before = milliseconds(taken), milliseconds(plain)
    print(
        f"{name:14} p50 {told['p50']:6.1f} ms, p99 {told['p99']:6.1f} ms, {queries(client, url):2} queries,"
        f" {told['p50'] / before['p50']:5.2f} x {before['p50']:.1f} ms without fields"
    )


def _design(wanted: int) -> list[Field]:
    """So many fields on pages of ten; the first of them listed, some of the texts searched."""
    made: list[Field] = []
    for number in range(wanted):
        if number % 10 == 0:
            page = Page.create(name=f"Page {number // 10 + 1}", position=number // 10)
        kind = KINDS[number % len(KINDS)]
        made.append(
            Field.create(
                page_id=page.id, name=f"Field {number + 1}", name_key=fold(f"Field {number + 1}"), kind=kind,
                purpose="Bench", sensitivity="ordinary", options=OPTIONS if kind.startswith("choice") else [],
                is_listed=int(number < LISTED), position=number,
                is_searched=int(kind == "text" and sum(f.is_searched for f in made) < SEARCHED),
            )
        )  # fmt: skip
    return made


def _fill(stage: Stage, made: list[Field], count: int) -> None:
    """Past the record, for speed: a hundred thousand entries of the log are not what is measured here."""
    everywhere = made[:: max(len(made) // 20, 1)] if len(made) < 20 else made[: len(made) // 5]
    measured = {MEASURED, *(row.contact.id for row in contacts.page(Filter(), 1))}
    with transaction():
        db.connection().executemany(
            'INSERT INTO contact_value (org_id, contact_id, field_id, "key", text, found) VALUES (?, ?, ?, ?, ?, ?)',
            ((stage.org_id, *row) for row in _rows(made, everywhere, measured, count)),
        )
    learn_sizes()  # as the scheduler does every hour


def _rows(made: list[Field], everywhere: list[Field], measured: set[int], count: int) -> Iterator[Row]:
    pick = random.Random(7)
    for contact_id in range(1, count + 1):
        for field in made if contact_id in measured else everywhere:
            yield contact_id, field.id, *_value(field, pick)


def _value(field: Field, pick: random.Random) -> tuple[str, str, str]:
    kind, number = field.kind, pick.randrange(1_000)
    text = {
        "text": f"{pick.choice(WORDS).title()}{number}", "long": f"{pick.choice(WORDS)} and {pick.choice(WORDS)}",
        "number": str(number), "money": f"{number}.50", "link": f"https://example.org/{number}",
        "date": str(date(2020, 1, 1) + timedelta(number)), "yes_no": str(number % 2),
    }.get(kind, str(number % 10 + 1))  # fmt: skip
    return key_of(kind, text), text, fold(text) if field.is_searched else ""


def _values() -> int:
    return int(Value.select().count())

"""How the walker walks: every address of the program, one request at a time, undone after it was looked at."""

import html
import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Membership
from portal.core.db import db
from portal.core.permissions import Permission, Role
from portal.web.access import Policy, policy_of
from tests import schema, touching
from tests.conftest import HX
from tests.forms import Form, forms_of
from tests.planting import NOWHERE, Planted
from tests.seeds import reading_writes

# Tables that reading may write to: sessions note their last use.
READING_MAY_WRITE = {"session"}
REFUSING_MAY_WRITE = READING_MAY_WRITE | {"wrong_series", "sign_in_attempt"}  # a wrong password is counted
TEXT_ARGUMENTS = {"name": "app.css"}
# What is sent where no page has a form for it.
GENERIC = {"lines": ["0"], "seen": [""], "name": ["x"], "role": ["reader"], "text": ["x"], "first_name": ["x"]}
# What is asked for beside what a form asks for as it stands.
TICKED = {"taking.add": {"special": ["1"], "with_identity": ["1"]}}
_TOKEN = re.compile(rb"[\w-]{20,}\.[\w-]{6}\.[\w-]{20,}")  # of a form: signed, with the time
_BETWEEN = b" \t\r\n().+-"  # what may stand within a number
_INT = re.compile(r"<int:(\w+)>")
_WORDS = re.compile(r"<any\(([^)]*)\):\w+>")
_TEXT = re.compile(r"<(?:\w+:)?(\w+)>")

Digest = dict[tuple[str, int], list[tuple[str, ...]]]


class Unplanted(AssertionError):
    """A route names an id that nobody has planted."""


@dataclass(frozen=True)
class Address:
    """One address of a rule, for some ids."""

    endpoint: str
    url: str
    method: str
    policy: Policy
    names: frozenset[str]  # the ids it has


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes
    wrote: bool  # anything at all was written to the database
    after: Digest | None = None  # what stood there then, if anything was written

    @property
    def same(self) -> tuple[int, bytes]:
        """What must not differ between two answers that are to be alike."""
        return self.status, masked(self.body)


@dataclass
class Tally:
    """What was done, to be printed at the end."""

    requests: Counter = field(default_factory=Counter)
    endpoints: set[str] = field(default_factory=set)
    searched: set[str] = field(default_factory=set)

    def words(self, routes: int) -> str:
        made = sum(self.requests.values())
        return (
            f"routes walked {len(self.endpoints):,} of {routes:,}, requests {made:,}, "
            f"canaries searched {len(self.searched):,}: 0 found"
        )


def masked(body: bytes) -> bytes:
    """The body without the tokens of its forms, which are others each time."""
    return _TOKEN.sub(b"token", body)


def rules(app: Flask) -> list[Any]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def addresses(app: Flask, ids: Mapping[str, int], endpoints: Iterable[str] = ()) -> Iterator[Address]:
    """Every address of the program with these ids: of each rule and method, one for each word a rule may hold."""
    chosen = set(endpoints)
    for rule in rules(app):
        if chosen and rule.endpoint not in chosen:
            continue
        names = frozenset(_INT.findall(rule.rule))
        for url in urls(rule, ids):
            for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
                yield Address(rule.endpoint, url, method, policy_of(app, rule.endpoint), names)


def urls(rule: Any, ids: Mapping[str, int]) -> list[str]:
    found = [rule.rule]
    if words := _WORDS.search(rule.rule):
        found = [rule.rule.replace(words[0], word.strip()) for word in words[1].split(",")]
    for name in _INT.findall(rule.rule):
        if name not in ids:
            raise Unplanted(f"plant this id in tests/seeds: {name}, of {rule.rule}")
        found = [url.replace(f"<int:{name}>", str(ids[name])) for url in found]
    return [_TEXT.sub(lambda m: TEXT_ARGUMENTS.get(m[1], str(ids.get(m[1], "nothing"))), url) for url in found]


@cache
def _readings() -> list[tuple[str, int | None, str]]:
    """How each table is read whole: its name, where its organisation stands, and the statement. Written once: the
    walker reads all of them after nearly every request.
    """
    found = []
    for model in schema.models():
        table, columns = model._meta.table_name, list(model._meta.columns)
        name = "id" if table == "org" else "org_id"
        place = columns.index(name) if name in columns else None
        named = ", ".join(f'"{column}"' for column in columns)
        found.append((table, place, f'SELECT {named} FROM "{table}"'))
    return found


def digest(before: Digest | None = None, touched: frozenset[str] = frozenset()) -> Digest:
    """All that the database holds, by table and organisation; 0 for what belongs to none. With a digest of before, only
    the tables that were touched since are read again.
    """
    found: Digest = {} if before is None else {key: rows for key, rows in before.items() if key[0] not in touched}
    for table, place, statement in _readings():
        if before is not None and table not in touched:
            continue
        for row in db.execute_sql(statement).fetchall():
            org_id = int(row[place] or 0) if place is not None else 0
            found.setdefault((table, org_id), []).append(tuple(map(str, row)))
    return found


def changed(before: Digest, after: Digest, org_id: int | None = None) -> set[str]:
    """The tables that differ; of one organisation, if one is named."""
    keys = {key for key in before.keys() | after.keys() if org_id is None or key[1] == org_id}
    pairs = ((key[0], before.get(key, []), after.get(key, [])) for key in keys)
    return {table for table, old, new in pairs if old is not new and old != new and sorted(old) != sorted(new)}


class Walk:
    """A browser whose every request is undone, and what is looked at in each answer."""

    def __init__(self, app: Flask, client: FlaskClient, folder: Path, tally: Tally | None = None) -> None:
        self.app, self.client = app, client
        self.files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        self.tally = tally or Tally()
        self.before = digest()
        touching.watch()

    def ask(self, to: Address, *, part: bool = False, data: Any = None, query: str = "") -> Answer:
        cookies = dict(self.client._cookies or {})
        answer: Answer | None = None
        with db.atomic() as undoing:
            touching.forget()
            options: dict[str, Any] = {"headers": HX} if part else {}
            if to.method != "GET":
                options["data"] = _fresh(data)
            got = self.client.open(to.url + query, method=to.method, **options)
            touched = touching.tables()
            answer = Answer(got.status_code, got.headers, got.data, bool(touched))
            if answer.wrote:
                answer.after = digest(self.before, touched)
                answer.wrote = bool(changed(self.before, answer.after))
            undoing.rollback()
        for path, body in self.files.items() if answer.wrote else ():
            if not path.exists():
                path.write_bytes(body)
        self.client._cookies = cookies
        self.tally.requests[to.method] += 1
        self.tally.endpoints.add(to.endpoint)
        assert answer.status < 500, (to.method, to.url, answer.status)
        return answer

    def look(self, to: Address, answer: Answer, forbidden: set[str], other_org: int | None = None) -> None:
        """Nothing forbidden in what was sent back or mailed; nothing of the other organisation touched; reading and
        refusing change nothing; the headers stand.
        """
        where = (to.method, to.url, answer.status)
        found = search([answer.body, str(answer.headers).encode()], forbidden)
        self.tally.searched |= forbidden
        assert not found, (*where, found)
        _check_headers(to, answer)
        if answer.after is None:
            return
        touched = changed(self.before, answer.after)
        if to.method == "GET":
            extra = touched - READING_MAY_WRITE - reading_writes().get(to.endpoint, set())
            assert not extra, (*where, "reading wrote", extra)
        elif answer.status in (400, 403, 404, 422) and to.policy.who == "user":
            assert not touched - REFUSING_MAY_WRITE, (*where, "a refusal wrote", touched)
        if other_org is not None:
            assert not changed(self.before, answer.after, other_org), (*where, "wrote to another organisation")
        mailed = search(mails(self.before, answer.after), forbidden)
        assert not mailed, (*where, "mailed", mailed)

    def wrote(self, answer: Answer) -> set[str]:
        """The tables that it changed, beside those in which each request may leave its trace."""
        return changed(self.before, answer.after) - READING_MAY_WRITE if answer.after is not None else set()

    def check_kept(self, to: Address, answer: Answer, hidden: set[str]) -> None:
        """What the user does not see still stands there after his save (B05)."""
        if answer.after is not None:
            gone = _lost(self.before, answer.after, hidden)
            assert not gone, (to.method, to.url, "wiped what is hidden from the user", gone)

    def of(self, ids: Mapping[str, int], endpoints: Iterable[str] = ()) -> Iterator[Address]:
        return addresses(self.app, ids, endpoints)

    def visits(self, planted: Planted, endpoints: Iterable[str] = ()) -> Iterator[Address]:
        """Every address with one's own ids; with further ids, those that have them."""
        yield from self.of(planted.ids, endpoints)
        for more in planted.others:
            ids = {**planted.ids, **more}
            yield from (to for to in self.of(ids, endpoints) if to.names & more.keys())


def set_rights(
    planted: Planted,
    role: Role,
    denied: Iterable[str] = (),
    granted: Iterable[str] = (),
    only_group: int | None = None,
) -> None:
    """Make the walking user somebody else; effective from the next request. A right may name a planted id:
    "page:{page_id}".
    """
    taken = [right.format(**planted.ids) for right in denied]
    rights = {"role": role, "denied": taken, "granted": list(granted), "only_group": only_group}
    Membership.update(**rights).where(Membership.id == planted.ids["membership_id"]).execute()


def expected(to: Address, permissions: frozenset[Permission], ids: str) -> set[int] | None:
    """The statuses that the policy allows; None where it says nothing of them. `ids` is own, or none."""
    if to.policy.who != "user":
        return None
    if to.policy.permission not in permissions:
        return {403}
    if ids == "own" or not to.names:
        return None
    return {404}


def found_forms(walk: Walk, planted: Planted, pages: Iterable[str] = ()) -> dict[str, Form]:
    """The forms of all pages, or of these, by the path they go to: of several for one path, the longest."""
    found: dict[str, Form] = {}
    for to in walk.visits(planted, pages):
        if to.method != "GET" or to.policy.who != "user":
            continue
        answer = walk.ask(to)
        if answer.status == 200 and answer.headers["Content-Type"].startswith("text/html"):
            for form in forms_of(answer.body.decode(), to.url):
                if len(form.data) >= len(found.get(form.path, form).data):
                    found[form.path] = form
    return found


def typed(forms: Mapping[str, Form], to: Address, *, ticked: bool = False) -> dict[str, list] | None:
    """What somebody would send to this address: the form of a page as it stands, if there is one; with `ticked`, with
    what it offers beside.
    """
    if to.method == "GET":
        return None
    more = TICKED.get(to.endpoint, {}) if ticked else {}
    return (forms[to.url].filled() if to.url in forms else GENERIC) | more


def nowhere(ids: Mapping[str, int]) -> dict[str, int]:
    return dict.fromkeys(ids, NOWHERE)


def search(texts: Iterable[bytes], canaries: set[str]) -> set[str]:
    """Which of these stand in the texts, also packed into a file, written as entities, or with spaces in numbers."""
    if not canaries:
        return set()
    found = set()
    numbers = {one for one in canaries if one.isdigit()}
    for body in texts:
        for plain in _unpacked(body):
            text = html.unescape(plain.decode("utf-8", "replace")).lower()
            found |= {one for one in canaries if one in text}
            if numbers - found:
                tight = text.replace("\u00a0", "").encode().translate(None, _BETWEEN).decode()
                found |= {one for one in numbers if one in tight}
    return found


def _unpacked(body: bytes) -> list[bytes]:
    if not body.startswith(b"PK\x03\x04"):
        return [body]
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return [file.read(name) for name in file.namelist()]


def mails(before: Digest, after: Digest) -> list[bytes]:
    """The words of the messages that were written to be sent."""
    found = []
    for key in after:
        if key[0] in ("system_mail", "portal_mail"):
            for row in set(after[key]) - set(before.get(key, [])):
                for cell in row:
                    found.append(cell.encode())
                    if "\n" in cell:
                        message = message_from_bytes(cell.encode(), policy=policy.default)
                        found += [part.get_payload(decode=True) or b"" for part in message.walk()]
    return found


class Ear(logging.Handler):
    """Hears what is logged meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[bytes] = []

    def emit(self, record: logging.LogRecord) -> None:
        known = {key: value for key, value in vars(record).items() if key not in ("msg", "args")}
        self.heard.append(f"{record.getMessage()} {known}".encode())

    def __enter__(self) -> "Ear":
        logging.getLogger("portal").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("portal").removeHandler(self)


def _lost(before: Digest, after: Digest, texts: set[str]) -> set[str]:
    """Which of these stood in a row that is not there any more, and stand nowhere now, beside the log."""
    gone = [
        row
        for key, rows in before.items()
        if key[0] != "log_entry" and rows != after.get(key)
        for row in set(rows) - set(after.get(key, ()))
    ]
    lost = {text for text in texts if any(text in cell.lower() for row in gone for cell in row)}
    held = [
        cell.lower() for key, rows in after.items() if lost and key[0] != "log_entry" for row in rows for cell in row
    ]
    return {text for text in lost if not any(text in cell for cell in held)}


def _check_headers(to: Address, answer: Answer) -> None:
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff", to.url
    assert "Content-Security-Policy" in headers, to.url
    if to.policy.who == "user":
        assert headers["Cache-Control"] == "no-store", to.url


def _fresh(data: Any) -> Any:
    """The form's data; a file is read anew each time."""
    if data is None:
        return None
    return {
        name: [(io.BytesIO(v[0]), v[1]) if isinstance(v, tuple) else v for v in values] for name, values in data.items()
    }

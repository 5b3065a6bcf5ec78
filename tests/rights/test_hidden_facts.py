"""What is hidden beside the three sets: designed fields, classes, identity numbers, groups by rules on them, documents.
Two sets of data that differ only in it look the same, and no save of who does not see it changes it.
"""

import io

import pytest
from peewee import fn

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import groups, identities, record
from portal.contacts import service as contacts
from portal.contacts.groups import Details
from portal.contacts.identity_rules import passport
from portal.contacts.models import Value
from portal.contacts.more_models import Identity
from portal.core.actor import acting_as, system
from portal.documents import service as documents
from portal.documents.models import Document
from portal.exports.leaving import purpose_handed_on
from tests.conftest import HX, actor_of
from tests.designed import field, page, put
from tests.forms import forms_of
from tests.taken import file_of
from tests.walking import masked

HIDING = ["page:{page_id}", "special", "identity", "documents"]
FAITHS = ("Anglican", "Zionists")


@pytest.fixture
def known(org, olivia, thandi):
    """Two people whose values, numbers and documents say one thing, and a group for each of the two things said."""
    with acting_as(actor_of(olivia)):
        other = contacts.add(first_name="Anna", last_name="Botha")
        plain = field("Shirt", is_searched=1, is_listed=1)
        faith = field("Faith", is_searched=1, is_listed=1, sensitivity="special", on=page("Life"))
        for one in (plain, faith):
            for word in FAITHS:
                asked = {"fact": f"field:{one.id}", "operator": "contains", "value": word}
                rule = {"match": "all", "conditions": [asked]}
                groups.add_group(f"{one.name} {word}", details=Details(), rule=rule)
        differently(thandi, other, FAITHS, (plain, faith))
    return thandi, other, plain, faith


def differently(thandi, other, words, both, right=""):
    """What is hidden by the right, or all of it: the first word for the one, the second for the other."""
    for contact, word in zip((thandi, other), words, strict=True):
        contact = contacts.find(contact.id)
        for one, name in zip(both, ("page", "special"), strict=True):
            if not right or right.startswith(name):
                put(contact, one, word)
        if right in ("", "identity"):
            identities.keep(contact, passport(f"{word}123", "ZW"))
        if right in ("", "documents"):
            documents.add(io.BytesIO(word.encode()), f"{word}.txt", contact_id=contact.id, title=word, folder=word)


def outputs(browser, thandi, fields) -> dict:
    """All that lists, orders, searches, counts, filters, groups, pages and files tell."""
    asked = ["", "?q=anglican", "?q=zionists", "?q=zionists123", "?q=anglican123"]
    for one in fields:
        asked += [
            f"?sort=field:{one.id}",
            f"?sort=field:{one.id}&down=1",
            f"?f{one.id}=zionists",
            f"?f{one.id}=anglican",
        ]
    urls = [f"/contacts{words}" for words in asked] + [
        "/find?q=zionists",
        "/find?q=zionists123",
        "/groups",
        "/documents",
    ]
    urls += [f"/contacts/{thandi.id}{after}" for after in ("", "/history", "/documents", "/relations")]
    urls += ["/campaigns", "/", "/contacts?group=1", "/contacts?group=2", "/contacts?group=3", "/contacts?group=4"]
    found = {url: masked(browser.get(url).data) for url in urls}
    found |= {"part " + url: masked(browser.get(url, headers=HX).data) for url in urls}
    for words in asked:
        data = dict(pair.split("=") for pair in words.lstrip("?").split("&") if pair)
        found["file " + words] = file_of(browser, special="1", **data)
    return found


@pytest.mark.parametrize("right", HIDING)
def test_two_sets_of_data_that_differ_in_a_hidden_fact_look_the_same(client_of, olivia, org, known, right):
    """Byte for byte (B06)."""
    thandi, other, plain, faith = known
    give(olivia, right.format(page_id=plain.page_id))
    browser = client_of(olivia)
    with acting_as(system(org.id)):
        purpose_handed_on()  # the first file with special information would write it into the register between the two
    before = outputs(browser, thandi, (plain, faith))
    with acting_as(system(org.id)):
        last = LogEntry.select(fn.MAX(LogEntry.id)).scalar()
        stood = {one.id: (one.updated_at, one.version) for one in (contacts.find(thandi.id), contacts.find(other.id))}
        differently(thandi, other, FAITHS[::-1], (plain, faith), right)
        LogEntry.delete().where(LogEntry.id > last).execute()  # that something was changed, everybody may know
        with record.recording():
            for contact_id, (at, version) in stood.items():
                record.Contact.update(updated_at=at, version=version).where(record.Contact.id == contact_id).execute()
    after = outputs(browser, thandi, (plain, faith))
    assert [url for url in before if before[url] != after[url]] == []


@pytest.mark.parametrize("right", HIDING)
def test_no_save_changes_what_is_hidden(client_of, olivia, org, known, right):
    """Every block of a contact, saved as it stands by who does not see all of it (B05)."""
    thandi, _, plain, faith = known
    give(olivia, right.format(page_id=plain.page_id))
    before = held(org, thandi)
    browser = client_of(olivia)
    saved = 0
    for block in ("details", "emails", "telephones", "addresses", "roles", "groups", "numbers",
                  f"pages/{plain.page_id}", f"pages/{faith.page_id}"):  # fmt: skip
        url = f"/contacts/{thandi.id}/{block}"
        opened = browser.get(f"{url}/edit")
        for form in forms_of(opened.text, f"{url}/edit") if opened.status_code == 200 else ():
            if form.path == url:
                saved += browser.post(url, data=form.filled()).status_code == 303
    assert saved >= 6
    assert held(org, thandi) == before


def give(user, right):
    Membership.update(denied=[right]).where(Membership.user == user).execute()


def held(org, contact) -> list:
    with acting_as(system(org.id)):
        rows = [Value.select(Value.field_id, Value.text), Identity.select(Identity.kind, Identity.mac),
                Document.select(Document.title, Document.sha256)]  # fmt: skip
        return [sorted(q.where(q.model.contact_id == contact.id).tuples()) for q in rows]

"""What people see and change of themselves is the organisation's choice, block by block and field by field."""

import re
from types import SimpleNamespace

import pytest

from portal.activity.models import LogEntry
from portal.contacts import designing
from portal.contacts.design_rules import Unfit
from portal.contacts.models import Contact, Field, Page, Value
from portal.contacts.self_service import CHANGED, CONFIRMED, HIDDEN, SHOWN, level_of, offered, refusal
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.profile import levels
from portal.profile.models import OwnPage
from tests.designed import field, page, put
from tests.profile.conftest import SECRET
from tests.profile.test_profile import enter, form, link, mails


def choose(org, mails_details=False, fields=None, **blocks):
    with acting_as(system(org.id)):
        levels.choose(blocks, fields or {}, mails_details=mails_details)


def contact_of(org, row):
    return Contact.get(Contact.id == row.contact_id)


def save(client, sent, block, **data):
    """Save a designed page as its form stands, with other data in it."""
    url = f"{link(sent)}/pages/{block.page_id}"
    shown = client.get(url)
    if shown.status_code != 200:
        return client.post(url, data={"field": block.id, "seen": "", **data})
    seen = re.search(r'name="seen" value="([^"]+)"', shown.text)[1]
    return form(client, url, url, seen=seen, field=re.findall(r'name="field" value="(\d+)"', shown.text), **data)


@pytest.mark.parametrize(
    ("kind", "sensitivity", "chosen", "holds"),
    [
        ("text", "ordinary", HIDDEN, HIDDEN),
        ("text", "ordinary", SHOWN, SHOWN),
        ("choice", "ordinary", CHANGED, CHANGED),
        ("money", "ordinary", CONFIRMED, CONFIRMED),
        ("text", "special", SHOWN, SHOWN),
        ("text", "special", CHANGED, SHOWN),  # was ordinary when it was chosen
        ("text", "identifier", CONFIRMED, SHOWN),
        ("text", "child", CHANGED, SHOWN),
        ("text", "financial", HIDDEN, HIDDEN),
        ("file", "ordinary", SHOWN, HIDDEN),
        ("person", "ordinary", CHANGED, HIDDEN),
    ],
)
def test_what_holds_for_a_field(kind, sensitivity, chosen, holds):
    made = SimpleNamespace(kind=kind, sensitivity=sensitivity, self_service=chosen)

    assert level_of(made) == holds
    assert bool(refusal(chosen, kind, sensitivity)) == (chosen != holds)
    assert holds in offered(kind, sensitivity)


@pytest.mark.parametrize("block", ["names", "emails", "telephones", "addresses"])
@pytest.mark.one_database
def test_a_block_is_shown_and_changed_as_the_organisation_chose(app, org, sent, block):
    texts = {"names": "Dube", "emails": "p0@example.org", "telephones": "082 555 0161", "addresses": SECRET}
    client = enter(app, org, sent)
    change = f'href="{link(sent)}/{block}"'

    choose(org, **{block: SHOWN})
    shown = client.get(link(sent)).text
    assert texts[block] in shown
    assert change not in shown
    assert client.get(f"{link(sent)}/{block}").status_code == 404
    data = {"first_name": "Changed", "lines": "1", "text-0": "082 555 0199", "address": "x@example.org", "seen": ""}
    assert form(client, link(sent), f"{link(sent)}/{block}", **data).status_code == 404

    choose(org, **{block: HIDDEN})
    assert texts[block] not in client.get(link(sent)).text

    choose(org, **{block: CHANGED})
    assert change in client.get(link(sent)).text


def test_designed_fields_stand_there_as_far_as_they_are_shown_and_sensitive_ones_masked(app, org, sent):
    with acting_as(system(org.id)):
        contact = contact_of(org, sent)
        put(contact, field("Shirt size", self_service=SHOWN), "CNRYlarge")
        put(contact, field("Faith", sensitivity="special", self_service=SHOWN), "CNRYfaith")
        put(contact, field("Judgement", self_service=HIDDEN), "CNRYslow")
        put(contact, field("Hours", on=page("Office"), self_service=CHANGED), "CNRYhours")
        Page.update(archived_at=now()).where(Page.name == "Office").execute()
    client = enter(app, org, sent)

    shown = client.get(link(sent)).text

    assert "<h2>Volunteers</h2>" in shown
    assert "CNRYlarge" in shown
    assert "<dt>Faith</dt><dd>kept, and not shown here: ask us" in shown
    for hidden in ("CNRYfaith", "Judgement", "CNRYslow", "Office", "CNRYhours"):
        assert hidden not in shown
    assert "Volunteers" not in app.test_client().get(link(sent)).text


def test_a_designed_field_is_changed_by_the_person_logged_and_told(app, org, sent):
    with acting_as(system(org.id)):
        shirt = field("Shirt size", self_service=CHANGED)
        put(contact_of(org, sent), shirt, "Large")
        hidden = field("Judgement")
        put(contact_of(org, sent), hidden, "Slow")
    client = enter(app, org, sent)
    typed = {f"field-{shirt.id}": "Small", f"field-{hidden.id}": "Quick"}

    assert "Judgement" not in client.get(f"{link(sent)}/pages/{shirt.page_id}").text
    assert save(client, sent, shirt, **typed).status_code == 303

    with acting_as(system(org.id)):
        entry = LogEntry.select().where(LogEntry.action == "contact.fields_changed").order_by(LogEntry.id.desc()).get()
        assert entry.detail["actor"] == "The contact"
        assert entry.detail["changes"] == {f"field:{shirt.id}": ["Large", "Small"]}
    told = mails(org, "profile_changed")[-1].message.replace("=\n", "")
    assert "Large" in told
    assert "Small" in told


GOOD = {
    "text": ("Zulu", "Zulu"), "long": ("One\ntwo", "One\ntwo"), "number": ("1 234,5", "1234.5"),
    "money": ("R 45", "45.00"), "date": ("3/3/2026", "2026-03-03"), "yes_no": ("1", "1"), "choice": ("10", "10"),
    "choices": (["1", "2"], "1 2"), "link": ("example.org", "https://example.org"),
}  # fmt: skip
BAD = {"number": "many", "money": "1.234", "date": "soon", "yes_no": "perhaps", "choice": "99", "link": "no place"}


@pytest.mark.one_database
def test_every_kind_is_typed_there_and_bad_input_is_answered_at_its_field(app, org, sent):
    with acting_as(system(org.id)):
        made = {kind: field(f"A {kind}", kind, self_service=CHANGED) for kind in GOOD}
    client = enter(app, org, sent)

    bad = save(client, sent, made["text"], **{f"field-{made[kind].id}": typed for kind, typed in BAD.items()})
    assert bad.status_code == 422
    wrong = {int(number) for number in re.findall(r'id="field-(\d+)-error"', bad.text)}
    assert wrong == {made[kind].id for kind in BAD}
    good = save(client, sent, made["text"], **{f"field-{made[k].id}": typed for k, (typed, _kept) in GOOD.items()})
    assert good.status_code == 303

    with acting_as(system(org.id)):
        for kind, (_typed, kept) in GOOD.items():
            rows = Value.select().where(Value.field_id == made[kind].id).order_by(Value.text)
            assert " ".join(value.text for value in rows) == kept


@pytest.mark.one_database
def test_what_a_colleague_changed_meanwhile_is_shown_and_a_needed_field_is_asked_for(app, org, sent):
    with acting_as(system(org.id)):
        shirt = field("Shirt size", self_service=CHANGED, is_required=1)
        put(contact_of(org, sent), shirt, "Large")
    client = enter(app, org, sent)
    url = f"{link(sent)}/pages/{shirt.page_id}"

    stale = form(client, url, url, seen="old", field=shirt.id, **{f"field-{shirt.id}": "Small"})
    empty = save(client, sent, shirt, **{f"field-{shirt.id}": " "})

    assert stale.status_code == empty.status_code == 422
    assert "Somebody changed this meanwhile" in stale.text
    assert "always needed" in empty.text


@pytest.mark.one_database
def test_no_page_is_there_without_a_code_of_others_or_with_nothing_to_change(app, org, other_org, sent):
    with acting_as(system(org.id)):
        shown = field("Shirt size", self_service=SHOWN)
        open_one = field("Nickname", on=page("Open"), self_service=CHANGED)
    with acting_as(system(other_org.id)):
        strange = field("Theirs", on=page("Strange"), self_service=CHANGED)
    client = enter(app, org, sent)

    for page_id in (shown.page_id, strange.page_id, 987654):
        assert client.get(f"{link(sent)}/pages/{page_id}").status_code == 404
    assert client.get(f"{link(sent)}/pages/{open_one.page_id}").status_code == 200
    assert save(app.test_client(), sent, open_one).status_code == 404


@pytest.mark.one_database
def test_the_designer_refuses_to_let_people_change_what_is_sensitive(as_olivia):
    faith = field("Faith", sensitivity="special", authorisation="religion", authorisation_note="Members")

    with pytest.raises(Unfit) as refused:
        designing.set_self_service({faith.id: CHANGED})

    assert refused.value.at == str(faith.id)
    assert "only colleagues change it" in str(refused.value)


def test_the_settings_choose_for_blocks_and_fields_at_once(client_of, olivia, alice, org):
    with acting_as(system(org.id)):
        shirt, faith = field("Shirt size"), field("Faith", sensitivity="special")
    client = client_of(olivia)
    url = "/settings/own-pages"
    wanted = {"names": CONFIRMED, "emails": SHOWN, f"field-{shirt.id}": CHANGED, "mails_details": "1"}

    assert client_of(alice).get(url).status_code == 403
    assert client.post(url, data={**wanted, "telephones": 9}).status_code == 422
    bad = client.post(url, data={**wanted, f"field-{faith.id}": CHANGED})
    assert bad.status_code == 422
    assert f'id="field-{faith.id}-error"' in bad.text
    with acting_as(system(org.id)):
        assert OwnPage.get_or_none() is None
    assert client.post(url, data=wanted).status_code == 303

    with acting_as(system(org.id)):
        chosen = levels.current()
        assert (chosen.blocks["names"], chosen.blocks["emails"], chosen.blocks["addresses"]) == (3, 1, 2)
        assert chosen.mails_details
        assert Field.get_by_id(shirt.id).self_service == CHANGED
        actions = [entry.action for entry in LogEntry.select().order_by(LogEntry.id.desc()).limit(2)]
        assert actions == ["field.changed", "organisation.own_pages_changed"]
    example = client.get(f"{url}/example").text
    assert "Shirt size" in example
    assert "Faith" not in example

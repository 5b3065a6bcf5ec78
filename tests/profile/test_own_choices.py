"""Groups that people join and leave, how often they are written to, and their details to be taken along."""

import json

import pypdfium2
import pytest

from portal.activity.models import LogEntry
from portal.contacts import groups, queries
from portal.contacts.groups import Details
from portal.contacts.models import Contact, Group
from portal.contacts.open_groups import NotForPeople, may_be_open
from portal.contacts.self_service import HIDDEN, SHOWN
from portal.core.actor import acting_as, system
from portal.profile.models import KnownBrowser
from tests.designed import field, put
from tests.profile.conftest import SECRET
from tests.profile.test_own_levels import choose, contact_of
from tests.profile.test_profile import enter, form, link, mails

RULE = {"match": "all", "conditions": [{"fact": "name", "operator": "filled", "value": None}]}


@pytest.mark.parametrize(
    ("sensitivity", "is_children", "is_ruled", "expected"),
    [
        ("ordinary", False, False, True),
        ("special", False, False, False),
        ("identifier", False, False, False),
        ("child", False, False, False),
        ("financial", False, False, False),
        ("ordinary", True, False, False),
        ("ordinary", False, True, False),
    ],
)
def test_which_groups_people_may_join(sensitivity, is_children, is_ruled, expected):
    assert may_be_open(sensitivity=sensitivity, is_children=is_children, is_ruled=is_ruled) is expected


@pytest.mark.one_database
def test_a_group_that_tells_something_is_not_opened_and_the_form_says_so(client_of, olivia, org):
    client = client_of(olivia)
    data = {"name": "Choir", "how": "hand", "sensitivity": "ordinary", "is_open": "y", "public_name": "Our choir"}

    refused = client.post("/groups", data={**data, "is_children": "y"})
    assert refused.status_code == 422
    assert "People join and leave by themselves only groups that tell nothing" in refused.text
    assert client.post("/groups", data=data).status_code == 303

    with acting_as(system(org.id)):
        choir = Group.get(Group.name == "Choir")
        assert (choir.is_open, choir.public_name) == (1, "Our choir")
        with pytest.raises(NotForPeople):
            groups.add_group("Ruled", details=Details(is_open=1), rule=RULE)
        with pytest.raises(NotForPeople):
            groups.change_group(choir.id, "Choir", Details(is_open=1), RULE)


def test_a_person_joins_and_leaves_open_groups_and_no_other(app, org, sent):
    with acting_as(system(org.id)):
        choir = groups.add_group(
            "Choir", details=Details(is_open=1, public_name="Our choir", public_description="Sing.")
        )
        garden = groups.add_group("Garden", details=Details(is_open=1))
        closed = groups.add_group("Board")
        late = groups.add_group("Late", details=Details(is_open=1))
        Group.update(sensitivity="special").where(Group.id == late.id).execute()
        groups.group_contacts([sent.contact_id], garden.id)
        groups.group_contacts([sent.contact_id], late.id)
    client = app.test_client()
    page = client.get(link(sent)).text
    assert "Our choir" in page
    for hidden in ("Board", "Late", "Newsletter"):
        assert hidden not in page
    offered = [group.id for group in (choir, garden, closed, late)]

    form(client, link(sent), link(sent) + "/preferences", offered=offered, group=[choir.id, closed.id])

    with acting_as(system(org.id)):
        assert {g.name for g in queries.groups_of(sent.contact_id)} == {"Newsletter", "Choir", "Late"}
        acts = LogEntry.select().where(LogEntry.action.in_(("contact.grouped", "contact.ungrouped")))
        own = [(e.action, e.subject_id) for e in acts.order_by(LogEntry.id) if e.detail["actor"] == "The contact"]
        assert own == [("contact.grouped", choir.id), ("contact.ungrouped", garden.id)]
    form(client, link(sent), link(sent) + "/preferences")  # a page without the groups leaves them
    with acting_as(system(org.id)):
        assert len(queries.groups_of(sent.contact_id)) == 3


@pytest.mark.parametrize(("typed", "kept"), [("7", 7), ("30", 30), ("0", 0), ("1", 7), ("x", 7), ("", 7)])
@pytest.mark.one_database
def test_how_often_is_the_persons_own_word(app, org, sent, typed, kept):
    client = app.test_client()
    form(client, link(sent), link(sent) + "/preferences", spacing="7")
    form(client, link(sent), link(sent) + "/preferences", spacing=typed)

    with acting_as(system(org.id)):
        assert Contact.get_by_id(sent.contact_id).spacing == kept


@pytest.fixture
def shown(app, org, sent):
    """P0's page, in a browser that is known, with a field in full, one masked and one hidden."""
    with acting_as(system(org.id)):
        contact = contact_of(org, sent)
        put(contact, field("Shirt size", self_service=SHOWN), "CNRYlarge")
        put(contact, field("Faith", sensitivity="special", self_service=SHOWN), "CNRYfaith")
        put(contact, field("Judgement", self_service=HIDDEN), "CNRYslow")
    choose(org, mails_details=True, telephones=HIDDEN)
    return enter(app, org, sent)


def test_the_details_are_taken_along_as_paper_and_data(app, sent, shown):
    data = shown.get(link(sent) + "/details.json")
    paper = shown.get(link(sent) + "/details.pdf")

    told = json.dumps(json.loads(data.data), ensure_ascii=False)
    document = pypdfium2.PdfDocument(paper.data)
    read = "".join(page.get_textpage().get_text_range() for page in document)
    for text in (told, read):
        for word in ("p0@example.org", SECRET, "CNRYlarge", "Faith", "kept, and not shown here"):
            assert word in text
        for word in ("CNRYfaith", "CNRYslow", "Judgement", "555 0161"):
            assert word not in text
    assert "attachment" in data.headers["Content-Disposition"]
    for name in ("pdf", "json"):
        assert app.test_client().get(f"{link(sent)}/details.{name}").status_code == 404


def test_the_details_are_mailed_only_where_the_organisation_wants_it_and_a_code_was_typed(app, org, sent, shown):
    url = link(sent) + "/details/mail"
    assert "Email me my details" in shown.get(link(sent)).text
    assert form(app.test_client(), link(sent), url).status_code == 404

    assert form(shown, link(sent), url).status_code == 303

    [told] = mails(org, "profile_details")
    assert told.recipient == "p0@example.org"
    words = told.message.replace("=\n", "")
    assert "CNRYlarge" in words
    assert "CNRYfaith" not in words
    choose(org, mails_details=False)
    assert "Email me my details" not in shown.get(link(sent)).text
    assert form(shown, link(sent), url).status_code == 404
    choose(org, mails_details=True)
    with acting_as(system(org.id)):
        KnownBrowser.update(mac="of another address").execute()
    assert form(shown, link(sent), url).status_code == 404
    assert len(mails(org, "profile_details")) == 1

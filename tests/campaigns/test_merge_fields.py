"""Designed fields in letters: filled for each reader, kept as approved, and out of reach of whom they are hidden from."""

import email
import email.policy
from dataclasses import replace

import pytest
from playhouse.test_utils import count_queries

from portal.activity.models import LogEntry
from portal.campaigns import merge, merge_fields, sending, service
from portal.campaigns.letter import Letter
from portal.contacts import field_files
from portal.contacts import service as contacts
from portal.contacts.models import Contact, Field
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Denied
from portal.delivery.kinds import kind_of
from portal.delivery.models import Delivery, SystemMail
from tests.conftest import actor_of
from tests.designed import field, page, put

BODY = "<p>Your shirt: [[Shirt size|none]]; you drive: [[drives]]; skills: [[skills|-]].</p>"


@pytest.fixture
def shirt(org):
    with acting_as(system(org.id)):
        return field("Shirt Size")


@pytest.fixture
def audience(org, shirt):
    """Two people with values that are no text of ours, and one without any."""
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
        drives, skills = field("Drives", "yes_no"), field("Skills", "choices")
        for name in ("Thandi", "Sipho", "Nomsa"):
            person = contacts.add(first_name=name, email=f"{name.lower()}@example.org")
            contacts.group_contacts([person.id], group.id)
            if name == "Thandi":
                put(person, shirt, "<b>Large</b> & [[email]]")
                put(person, drives, "yes")
                put(person, skills, "Driving; Kitchen")
            if name == "Sipho":
                put(person, shirt, "Small")
        return group


def draft(*, body=BODY, group=None, **values):
    made = service.create("Spring")
    made = service.change(made, 1, subject="Shirts: [[shirt  SIZE|?]]", body=body, **values)
    if group is not None:
        sending.choose_audience(made, [group.id], [])
    return service.find(made.id)


def messages(campaign):
    """What each reader is sent: {address: (subject, text, html)}."""
    rows = list(Delivery.select().where(Delivery.campaign_id == campaign.id))
    found = {}
    for row in rows:
        raw = kind_of("email").render(campaign.id, rows)[row.id].message
        message = email.message_from_bytes(raw, policy=email.policy.default)
        parts = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
        found[row.address.partition("@")[0]] = (message["subject"], *parts)
    return found


def test_each_reader_gets_his_own_values_as_text(org, audience):
    with acting_as(system(org.id)):
        campaign = draft(group=audience)
        sending.start(campaign)
        told = messages(campaign)

    subject, text, page = told["thandi"]
    assert subject == "Shirts: <b>Large</b> & [[email]]"
    assert "Your shirt: <b>Large</b> & [[email]]; you drive: Yes; skills: Kitchen, Driving." in text
    assert "Your shirt: &lt;b&gt;Large&lt;/b&gt; &amp; [[email]]; you drive: Yes; skills: Kitchen, Driving." in page
    assert told["sipho"][0] == "Shirts: Small"
    assert "Your shirt: none; you drive: ; skills: -." in told["nomsa"][1]


def test_what_was_approved_stays_whatever_becomes_of_the_field(org, audience, shirt):
    with acting_as(system(org.id)):
        campaign = draft(group=audience)
        sending.start(campaign)
        before = messages(campaign)
        Field.update(name="T-shirt", name_key="t-shirt", archived_at=now()).where(Field.id == shirt.id).execute()
        field("Shirt size")
        after = messages(campaign)
        kept = Letter.from_data(service.find(campaign.id).letter).fields

    assert [text for _, text, _ in after.values()] == [text for _, text, _ in before.values()]
    assert kept["shirt size"] == shirt.id


def test_a_letter_approved_before_there_were_fields_is_read(org):
    with acting_as(system(org.id)):
        data = service.letter_of(service.create("x")).as_data()
        data.pop("fields")

        assert Letter.from_data(data).fields == {}


def test_the_values_of_a_batch_are_one_query(org, audience, shirt):
    def asked(body, subject):
        made = service.create("Count")
        made = service.change(made, 1, subject=subject, body=body)
        sending.choose_audience(made, [audience.id], [])
        sending.start(service.find(made.id))
        rows = list(Delivery.select().where(Delivery.campaign_id == made.id))
        with count_queries() as asked:
            kind_of("email").render(made.id, rows)
        return asked.count

    with acting_as(system(org.id)):
        assert asked(BODY, "[[shirt size]]") == asked("<p>x</p>", "x") + 2  # the fields, and their values


@pytest.mark.parametrize(
    ("name", "kind", "is_known"),
    [("Shirt", "text", True), ("Ürsprung", "text", True), ("Größe (cm)", "number", True), ("Mother", "person", False),
     ("Letter", "file", False), ("Town", "text", False), ("a|b", "text", False), ("[x]", "text", False)],
)  # fmt: skip
def test_a_field_is_named_by_its_name_and_a_built_in_name_stays_built_in(org, name, kind, is_known):
    with acting_as(system(org.id)):
        field(name, kind)
        offered = [name for _, names in merge_fields.menu(field_files.sheets()) for name in names]

        assert (name in offered) == is_known
        if is_known:
            assert list(merge_fields.named_in(f"[[ {name.upper()} |x]]")) == [Field.get().name_key]
        assert merge_fields.named_in("[[town]]") == {}


@pytest.fixture
def secrets(org, audience):
    """A field of a hidden class and one on a page that is hidden from Alice below."""
    with acting_as(system(org.id)):
        faith = field("Faith", sensitivity="special")
        salary = field("Salary", on=page("Payroll"))
        for name in ("Thandi", "Sipho"):
            put(Contact.get(Contact.first_name == name), faith, "CNRYfaith")
            put(Contact.get(Contact.first_name == name), salary, "CNRYsalary")
    return {"class": faith, "page": salary}


def limited(user, secrets):
    return replace(actor_of(user), hidden_pages=frozenset({secrets["page"].page_id}))


@pytest.mark.parametrize("hidden", ["class", "page"])
def test_who_may_not_see_a_field_is_not_told_that_there_is_one(alice, secrets, hidden):
    name = secrets[hidden].name
    with acting_as(limited(alice, secrets)):
        made = service.create("Mine")
        with pytest.raises(merge.UnknownField, match=f"There is no field called “{name}”"):
            service.change(made, 1, subject="x", body=f"<p>[[{name}]]</p>", is_sensitive=1)
        assert name not in str(merge_fields.menu(field_files.sheets()))


@pytest.mark.parametrize("hidden", ["class", "page"])
def test_who_may_not_see_a_field_can_neither_keep_nor_see_nor_try_nor_send_it(
    org, alice, adam, audience, secrets, hidden
):
    name = secrets[hidden].name
    with acting_as(system(org.id)):
        campaign = draft(body=f"<p>[[{name}]]</p>", group=audience, is_sensitive=1)
        thandi = Contact.get(Contact.first_name == "Thandi")
    blind = limited(adam, secrets) if hidden == "page" else replace(actor_of(adam), hidden=actor_of(alice).hidden)
    with acting_as(blind):
        for attempt in (
            lambda: service.change(campaign, campaign.version, preheader="new"),
            lambda: service.as_seen_by(campaign, thandi),
            lambda: service.as_seen_by(campaign, None),
            lambda: service.send_test(campaign, thandi),
            lambda: sending.start(campaign),
        ):
            with pytest.raises(Denied, match="hidden from you"):
                attempt()
        assert SystemMail.select().count() == 0
    with acting_as(actor_of(adam)):
        assert "CNRY" in service.as_seen_by(campaign, thandi).html
        sending.start(campaign)
        assert "CNRY" in messages(campaign)["thandi"][1]
    with acting_as(blind):  # a job in the name of somebody to whom the field is hidden sends what was approved
        assert "CNRY" in messages(campaign)["thandi"][1]


def test_more_than_ordinary_information_needs_its_authors_word(org, adam, audience, secrets):
    with acting_as(actor_of(adam)):
        made = service.create("Spring")
        with pytest.raises(merge_fields.SensitiveField, match="“Faith” is more than ordinary information"):
            service.change(made, 1, subject="x", body="<p>[[faith]]</p>")
        made = service.change(made, 1, subject="x", body="<p>[[faith]]</p>", is_sensitive=1)
        with pytest.raises(merge_fields.SensitiveField):
            service.change(made, made.version, is_sensitive=0)
        sending.choose_audience(made, [audience.id], [])
        sending.start(service.find(made.id))

        told = {e.action: e.detail.get("sensitive") for e in LogEntry.select().where(LogEntry.subject_id == made.id)}
    assert (told["campaign.changed"], told["campaign.started"]) == (["Faith"], ["Faith"])


def test_a_field_that_became_sensitive_or_went_stops_a_draft_in_words(org, audience, shirt):
    with acting_as(system(org.id)):
        campaign = draft(group=audience)
        Field.update(sensitivity="child").where(Field.id == shirt.id).execute()
        with pytest.raises(sending.NotReady, match="more than ordinary information: tick that it may be shown"):
            sending.start(campaign)
        Field.update(sensitivity="ordinary", archived_at=now()).where(Field.id == shirt.id).execute()
        with pytest.raises(sending.NotReady, match="“Shirt size” is not there any more"):
            sending.start(campaign)


def test_of_somebody_of_whom_nothing_is_known_the_fallbacks_stand(org, audience):
    with acting_as(system(org.id)):
        seen = service.as_seen_by(draft(), None)

    assert seen.subject == "Shirts: ?"
    assert "Your shirt: none; you drive: ; skills: -." in seen.text


def test_the_page_offers_fields_by_page_and_keeps_the_word_of_the_author(client_of, adam, alice, org, secrets):
    with acting_as(system(org.id)):
        made = service.create("Spring")
    shown, others = (client_of(user).get(f"/campaigns/{made.id}").text for user in (adam, alice))
    assert '<optgroup label="Payroll">' in shown
    assert '<option value="Faith">Faith</option>' in shown
    assert "Faith" not in others

    client = client_of(adam)
    data = {"name": "Spring", "subject": "x", "body": "<p>[[faith]]</p>", "version": "1"}
    refused = client.post(f"/campaigns/{made.id}", data=data)
    kept = client.post(f"/campaigns/{made.id}", data={**data, "is_sensitive": "1"})

    assert (refused.status_code, kept.status_code) == (422, 303)
    assert "“Faith” is more than ordinary information" in refused.text
    assert "[[faith]]" in refused.text
    assert 'name="is_sensitive"' in refused.text
    assert client_of(alice).get(f"/campaigns/{made.id}/preview").status_code == 403

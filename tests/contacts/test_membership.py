"""Groups by hand and by rule are one thing to whoever asks who is in them, the wall around a colleague included."""

from dataclasses import replace

import pytest

from portal.campaigns import service as campaigns
from portal.campaigns.audience import people_of
from portal.contacts import designing, facts, groups, queries
from portal.contacts import service as contacts
from portal.contacts.facts import Fact
from portal.contacts.models import Contact, Group
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from tests import designed

pytestmark = pytest.mark.each_database

BODIES = {"match": "all", "conditions": [{"fact": "kind of body", "operator": "is", "value": "body"}]}


@pytest.fixture
def bodies(org, as_alice):
    """A group whose rule finds the organisations among the contacts."""
    facts.register_facts(_facts)
    contacts.add(first_name="Thandi")
    contacts.add(kind="body", organisation="St Mary's")
    yield Group.create(name="Bodies", rule=BODIES)
    facts._providers.remove(_facts)


def _facts() -> list[Fact]:
    return [Fact("kind of body", "kind", "text", lambda _operator, value: Contact.kind == value)]


def names() -> list[str]:
    return [row.name for row in queries.page(Filter(), 1)]


def test_a_rule_finds_its_members(bodies):
    assert [row.name for row in queries.page(Filter(group_ids=(bodies.id,)), 1)] == ["St Mary's"]
    assert [row.name for row in queries.page(Filter(not_group_ids=(bodies.id,)), 1)] == ["Thandi"]


def test_who_has_only_that_group_sees_nobody_else(bodies, as_alice):
    with acting_as(replace(as_alice, only_group=bodies.id)):
        assert names() == ["St Mary's"]
        assert [group.name for group in queries.visible_groups()] == ["Bodies"]


def test_who_is_denied_that_group_sees_everybody_else(bodies, as_alice):
    with acting_as(replace(as_alice, denied_groups=frozenset({bodies.id}))):
        assert names() == ["Thandi"]


def test_a_campaign_to_that_group_reaches_its_members(bodies, as_alice):
    campaign = campaigns.create("To bodies")
    campaign.groups = [bodies.id]

    assert len(people_of(campaign)) == 1


@pytest.fixture
def sick(org, as_alice):
    """A group whose rule asks a designed field, the field, and the one contact it finds; another contact besides."""
    with acting_as(system(org.id)):
        field = designed.field("Illness")
        contacts.add(first_name="Thandi")
        ill = contacts.add(first_name="Ill")
        designed.put(ill, field, "Yes")
        rule = {"match": "all", "conditions": [{"fact": f"field:{field.id}", "operator": "filled", "value": None}]}
        return groups.add_group("Sick", rule=rule), field


def test_a_wall_around_a_group_stands_while_its_rule_cannot_be_asked(sick, org, as_alice):
    group, field = sick
    walled = replace(as_alice, denied_groups=frozenset({group.id}))
    with acting_as(walled):
        assert names() == ["Thandi"]
    with acting_as(system(org.id)):
        designing.archive_field(field)
    with acting_as(walled):
        assert names() == []


def test_a_campaign_reaches_nobody_while_it_cannot_be_said_whom_it_leaves_out(sick, org):
    group, field = sick
    with acting_as(system(org.id)):
        everybody = contacts.add_group("Everybody")
        contacts.group_contacts(queries.ids(Filter()), everybody.id)
        campaign = campaigns.create("To most")
        campaign.groups, campaign.excluded = [everybody.id], [group.id]
        assert len(people_of(campaign)) == 1
        designing.archive_field(field)
        assert people_of(campaign) == []

"""Contacts in two groups, and colleagues with every kind of limit."""

from types import SimpleNamespace

import pytest

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.contacts import service as contacts
from portal.contacts.models import Page
from portal.core.actor import acting_as, system
from portal.core.permissions import Role
from tests.conftest import member


@pytest.fixture
def world(org, olivia):
    """Five contacts: two donors, two volunteers, one of whom gives too, and one in no group; a page of fields."""
    with acting_as(system(org.id)):
        donors, volunteers = contacts.add_group("Donors"), contacts.add_group("Volunteers")
        people = [
            contacts.add(first_name=name, email=f"{name.lower()}@people.example", telephone=f"08255501{number}")
            for number, name in enumerate(["Ann", "Ben", "Cat", "Dan", "Eve"], start=30)
        ]
        contacts.group_contacts([people[0].id, people[1].id], donors.id)
        contacts.group_contacts([people[1].id, people[2].id], volunteers.id)
        page = Page.create(name="Volunteering")
    return SimpleNamespace(donors=donors, volunteers=volunteers, people=people, page=page)


def membership_of(user) -> Membership:
    return Membership.get(Membership.user == user)


def limited(org, name, role=Role.READER, denied=(), only=None, granted=()):
    """A colleague with these rights."""
    user = member(org, name, role)
    with acting_as(system(org.id)):
        accounts.set_rights(membership_of(user).id, list(denied), only, list(granted))
    return user

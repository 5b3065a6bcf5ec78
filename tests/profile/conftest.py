"""A newsletter that was sent, and whose links lead to people's own pages."""

import pytest

from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Address, Telephone
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.delivery.models import Delivery
from tests.agreed import everybody_agrees
from tests.delivery.test_sending import person

SECRET = "Secretplace"


@pytest.fixture
def sent(org):
    """A newsletter's message to P0, who has an email, a telephone and an address."""
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
        ids = record.add_many([person(n, f"p{n}@example.org", group.id) for n in range(2)], "contact.added")
        everybody_agrees()
        with transaction():
            record.add_part(Telephone, ids[0], "contact.telephone_added", number="+27825550161", is_primary=1)
            record.add_part(
                Address, ids[0], "contact.address_added", line1="1 Road", suburb=SECRET, postal_code="4051",
                country="ZA", is_primary=1,
            )  # fmt: skip
        made = campaigns.create("Spring")
        made = campaigns.change(made, 1, subject="Spring", body="<p>Dear [[first name]]</p>")
        sending.choose_audience(made, [group.id], [])
        sending.start(campaigns.find(made.id))
        return Delivery.get(Delivery.contact_id == ids[0])

"""What the tests of duplicates share: making people, looking for duplicates, and merging two."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.contacts.service import AddressLine
from portal.core.actor import Actor
from portal.duplicates import finding
from portal.duplicates.models import Pair


@pytest.fixture
def person(as_olivia: Actor) -> Callable[..., Contact]:
    def person(first: str = "Thandi", last: str = "Ngcobo", *, line: str = "", city: str = "", **more: Any) -> Contact:
        made = contacts.add(first_name=first, last_name=last, **more)
        if city or line:
            values = {"line1": line, "city": city, "country": "ZA"}
            contacts.change_addresses(made, contacts.stamp(made, "addresses"), [AddressLine(None, "", True, values)])
        return Contact.get_by_id(made.id)

    return person


@pytest.fixture
def look(as_olivia: Actor) -> Callable[[], list[Pair]]:
    def look() -> list[Pair]:
        finding.run(finding.begin_search().id)
        return list(Pair.select().order_by(Pair.score.desc(), Pair.id))

    return look

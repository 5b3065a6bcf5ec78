"""Links to a person's own page, a code that waits, and a browser that is known."""

from datetime import timedelta

from portal.core.clock import now
from portal.profile.models import KnownBrowser, ProfileCode, ProfileLink
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    ProfileLink.create(contact_id=stage.contact_id, mac="CNRY")
    ProfileCode.create(
        contact_id=stage.contact_id, kind="email", link=1, browser="CNRY", code="CNRY", mac="CNRY",
        address="new.place@example.org",
    )  # fmt: skip
    KnownBrowser.create(contact_id=stage.contact_id, browser="CNRY", until=now() + timedelta(days=9))
    return {}

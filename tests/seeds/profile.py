"""Links to a person's own page, a code that waits, a browser that is known, and a change that was asked for."""

from datetime import timedelta

from portal.core.clock import now
from portal.profile import links
from portal.profile.models import AskedChange, KnownBrowser, ProfileCode, ProfileLink
from tests.seeds import Stage

OF_CONTACT = {"change_id"}


def plant(stage: Stage) -> dict[str, int]:
    made = ProfileLink.create(contact_id=stage.contact_id, mac="CNRY")
    ProfileCode.create(
        contact_id=stage.contact_id, kind="email", link=1, browser="CNRY", code="CNRY", mac="CNRY",
        address="new.place@example.org",
    )  # fmt: skip
    KnownBrowser.create(contact_id=stage.contact_id, browser="CNRY", until=now() + timedelta(days=9))
    wanted = stage.canary("contact", f"CNRY{stage.mark}wanted")
    asked = AskedChange.create(
        contact_id=stage.contact_id, block="names", link=links.of_link(made.id), typed={"preferred_name": wanted},
        changes={"Known as": ["CNRY", wanted]},
    )  # fmt: skip
    return {"change_id": asked.id}

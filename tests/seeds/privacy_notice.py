"""A draft that nobody sees outside Settings, and a version for everybody."""

from portal.privacy_notice.models import NoticeDraft, PrivacyNotice
from portal.privacy_notice.rules import PARTS
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    draft = stage.canary("administration", f"CNRY{stage.mark}noticedraft")
    NoticeDraft.create(parts={part.key: draft for part in PARTS})
    version = stage.contact_id  # a number that the other organisation has not
    PrivacyNotice.create(
        version=version, organisation="An organisation", parts={part.key: "As shown" for part in PARTS}
    )
    return {"version": version}

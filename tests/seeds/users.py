"""A signed review, with a line about somebody who is gone."""

from portal.core.clock import now
from portal.users import service
from portal.users.models import AccessDecision, AccessReview
from tests.documents import files
from tests.seeds import Stage

READING_WRITES = {"users.paper": {"log_entry", "log_head"}}  # that it was opened


def plant(stage: Stage) -> dict[str, int]:
    review = AccessReview.create(started_by="CNRY owner", finished_at=now(), signed_name="CNRY owner", sha256="CNRY")
    service.keep(review, files.pdf())
    AccessDecision.create(
        review_id=review.id, membership_id=0, name="CNRY user", email="cnry-user@example.org", role="reader",
        said=["CNRY sees nothing."], decision="remove", note="CNRY note", decided_by="CNRY owner",
    )  # fmt: skip
    return {"review_id": review.id}

"""A signed review, with a line about somebody who is gone."""

from portal.core.clock import now
from portal.users.models import AccessDecision, AccessReview
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    review = AccessReview.create(
        started_by="CNRY owner", finished_at=now(), signed_name="CNRY owner", sha256="CNRY", paper=b"%PDF CNRY"
    )
    AccessDecision.create(
        review_id=review.id, membership_id=0, name="CNRY user", email="cnry-user@example.org", role="reader",
        said=["CNRY sees nothing."], decision="remove", note="CNRY note", decided_by="CNRY owner",
    )  # fmt: skip
    return {"review_id": review.id}

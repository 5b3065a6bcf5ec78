"""A signed review with a line about somebody who is gone, and one that is open."""

from portal.accounts.models import Membership
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.users import service
from portal.users.models import AccessDecision, AccessReview
from tests.documents import files
from tests.seeds import Stage

READING_WRITES = {"users.paper": {"log_entry", "log_head"}}  # that it was opened


def plant(stage: Stage) -> dict[str, int]:
    def here(word: str) -> str:
        return stage.canary("users", f"CNRY{stage.mark}{word}")

    review = AccessReview.create(started_by="CNRY owner", finished_at=now(), signed_name=here("signed"), sha256="CNRY")
    service.keep(review, files.pdf())
    AccessDecision.create(
        review_id=review.id, membership_id=0, name="CNRY user", email="cnry-user@example.org", role="reader",
        said=["CNRY sees nothing."], decision="remove", note="CNRY note", decided_by="CNRY owner",
    )  # fmt: skip
    mine = Membership.get(Membership.user_id == current_actor().user_id)
    AccessDecision.create(
        review_id=AccessReview.create(started_by="CNRY owner").id, membership_id=mine.id, name="CNRY", email="CNRY",
        role="owner", decision="keep", note=here("decided"), decided_by="CNRY owner",
    )  # fmt: skip
    return {"review_id": review.id}

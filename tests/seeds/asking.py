"""A line of the register of where details go, and a request for consent that was answered."""

from portal.asking.models import ConsentAnswer, ConsentRequest
from portal.campaigns.models import Campaign
from portal.consent.purposes import first
from portal.consent.recording import keep_wording
from portal.delivery.models import Delivery
from portal.transfers.models import Operator
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    operator = Operator.create(
        name=stage.canary("administration", f"CNRY{stage.mark}operator"), service="hosting", country="ZA", note="CNRY",
    )  # fmt: skip
    campaign = Campaign.create(name="CNRY request", purpose="consent_request", purpose_id=first().id, state="finished")
    wording = keep_wording(f"CNRY{stage.mark}askedwords")
    ConsentRequest.create(
        campaign_id=campaign.id, officer="CNRY", causes="CNRY", channels=["email"], wording_id=wording.id
    )
    row = Delivery.create(
        contact_id=stage.contact_id, campaign_id=campaign.id, channel="email", mac=f"asking{stage.mark}",
        address="cnry@example.org", state="accepted", message_id=f"<asking{stage.mark}@example.org>",
    )  # fmt: skip
    ConsentAnswer.create(
        contact_id=stage.contact_id, delivery_id=row.id, answer="granted", channels=["email"],
        signed_name="CNRY signature", wording_id=wording.id,
    )  # fmt: skip
    return {"operator_id": operator.id}

"""What a request does at once, before anybody looks at it: an objection to direct marketing is not judged (s 11(3)(b),
s 11(4)), and who objects otherwise is left alone until it is decided (P-11-4, P-11-5).
"""

from portal.activity import log
from portal.consent import purposes, restricting, suppressing
from portal.consent.grounds import CHANNELS, is_evidence
from portal.consent.recording import record
from portal.contacts.models import Email
from portal.core.actor import current_actor, seeing_everything
from portal.core.keys import address_mac, address_macs
from portal.delivery import leaving, ledger
from portal.delivery.models import Delivery
from portal.requests.models import Request

METHODS = {
    "page": "link", "link": "link", "email": "email", "telephone": "telephone", "paper": "paper",
    "in_person": "in_person", "sms": "sms",
}  # fmt: skip


def at_once(request: Request, delivery: Delivery | None = None) -> None:
    """Do what must not wait. Belongs to the caller's transaction."""
    if request.contact_id is None:
        return
    if request.kind in ("marketing", "spam"):
        _stop(request, request.contact_id, delivery)
    elif request.kind == "object":
        restricting.restrict(request.contact_id, "contested", f"Objection {request.reference}")


def _stop(request: Request, contact_id: int, delivery: Delivery | None) -> None:
    """No direct marketing on any channel any more, whatever the address; what waits is taken out."""
    method = METHODS[request.channel]
    proven = is_evidence(method, document_id=None, recording=request.recording, wording_id=None)
    record(
        [contact_id], purpose_id=purposes.first().id, channels=list(CHANNELS), kind="objected",
        proof="proven" if proven else "asserted", method=method, recording=request.recording, detail=request.reference,
    )  # fmt: skip
    reason = "complained" if request.kind == "spam" else "objected"
    if reason == "complained" and (delivery is None or not leaving.complain(delivery)):
        log.write("contact.complained", contact_id)
    told = {"delivery_id": delivery.id, "campaign_id": delivery.campaign_id} if delivery else {}
    org_id = current_actor().org_id
    with seeing_everything():
        normals = [row.normal for row in Email.select(Email.normal).where(Email.contact_id == contact_id)]
    came_by = [request.mac] if request.mac else []
    for mac in dict.fromkeys([*came_by, *(address_mac(org_id, "email", normal) for normal in normals)]):
        suppressing.suppress_mac("email", mac, reason, **told)
    ledger.suppress_open([*came_by, *(mac for one in normals for mac in address_macs(org_id, "email", one))], reason)

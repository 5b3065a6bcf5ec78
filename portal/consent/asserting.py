"""What whoever brought contacts says of their consent: kept for each as asserted, to be proven later."""

from collections.abc import Collection, Sequence

from portal.consent.queries import first_purpose_id
from portal.consent.recording import record


def assert_consents(
    contact_ids: Sequence[int],
    channels: Sequence[str],
    *,
    source: str,
    detail: str,
    import_id: int | None = None,
    purpose_id: int | None = None,
    told: Collection[int] = (),
) -> None:
    """Append an asserted consent for each contact and channel; without a purpose, for the organisation's first.
    `told` are those whose entry of the import says it already. Belongs to the caller's transaction.
    """
    if not contact_ids or not channels:
        return
    record(
        contact_ids,
        purpose_id=first_purpose_id() if purpose_id is None else purpose_id,
        channels=channels,
        kind="granted",
        proof="asserted",
        method="import",
        source=source,
        detail=detail,
        import_id=import_id,
        told=told,
    )

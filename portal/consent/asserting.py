"""What whoever brought contacts says of their consent: kept for each as asserted, to be proven later."""

from collections.abc import Sequence

from peewee import chunked

from portal.consent.models import Justification


def assert_consents(
    contact_ids: Sequence[int], channels: Sequence[str], *, source: str, detail: str, import_id: int | None = None
) -> None:
    """Append an asserted consent for each contact and channel. Belongs to the caller's transaction."""
    rows = [
        {
            "contact_id": contact_id,
            "channel": channel,
            "standing": "asserted",
            "source": source,
            "detail": detail,
            "import_id": import_id,
        }
        for contact_id in contact_ids
        for channel in channels
    ]
    for few in chunked(rows, 400):
        Justification.insert_many(few).execute()

"""What was deleted is taken out of the files of the database too, soon after: see portal.core.db.scrub."""

from portal.core import db, queue

# What the erasure of a contact deletes from or empties.
TABLES = (
    "contact", "contact_email", "contact_telephone", "contact_address", "contact_note", "contact_identity",
    "contact_relation", "contact_value", "group_member", "document", "consent_event", "consent_answer",
    "justification", "restriction", "task", "delivery", "delivery_event", "log_entry", "import_problem",
    "system_mail", "returned_mail",
)  # fmt: skip


def ring() -> None:
    """Ask a worker to scrub once this is committed; the nightly tidying does what no worker heard."""
    queue.enqueue_for_portal(queue.SCRUB)


def scrub() -> None:
    db.scrub(TABLES)

"""The erasure of contacts, and what keeps its promises, in the background."""

from portal.privacy import scrubbing
from workers.base import portal_job


@portal_job
def scrub() -> None:
    scrubbing.scrub()

"""Where a message leads whoever wants his details removed: the page itself is a higher feature's (R26)."""

from portal.core.keys import make_token

PURPOSE = "r"


def url(base: str, org_id: int, subject: int) -> str:
    """For the same subjects as a link to the own page: see portal.delivery.own_page."""
    return f"{base}/r/{make_token(PURPOSE, org_id, subject)}"

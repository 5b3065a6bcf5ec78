"""Where a message leads its reader to his own page: the pages themselves are a higher feature's."""

from portal.core.keys import make_token

PURPOSE = "p"


def of_delivery(delivery_id: int) -> int:
    """The subject of a token in a campaign's message: even; that of any other link is odd."""
    return 2 * delivery_id


def url(base: str, org_id: int, subject: int) -> str:
    return f"{base}/p/{make_token(PURPOSE, org_id, subject)}"

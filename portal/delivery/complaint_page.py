"""Where a message leads a reader who complains: the page itself is a higher feature's. Its subjects are those of
own_page.
"""

from portal.core.keys import make_token

PURPOSE = "complaints"


def url(base: str, org_id: int, subject: int) -> str:
    return f"{base}/complaints/{make_token(PURPOSE, org_id, subject)}"

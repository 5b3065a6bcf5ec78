"""Refused sign-ins, written into the records of the organisations the user works for.

Afterwards and together, never at once: whoever tries a password must not see by the time it takes whether anybody has
that name (A05), and somebody who tries a thousand fills no record. Not from where, which concerns the installation.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from portal.accounts.models import User
from portal.core.clock import now
from portal.core.db import transaction
from portal.signin import people
from portal.signin.models import SignInAttempt

REFUSED = {"wrong": "password", "wrong_code": "code", "locked": "locked", "place": "place"}
SETTLED = timedelta(minutes=1)  # by then a try was judged
MOST = 2_000


def tell() -> int:
    """One entry for each user and turn; how many users there were."""
    untold = SignInAttempt.select().where(
        SignInAttempt.is_told == 0, SignInAttempt.user_id.is_null(False), SignInAttempt.at < now() - SETTLED
    )
    rows = list(untold.order_by(SignInAttempt.id).limit(MOST))
    tries: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for row in rows:
        if row.outcome in REFUSED and row.user_id is not None:
            tries[row.user_id].append((REFUSED[row.outcome], row.at))
    with transaction():
        for user in User.select().where(User.id.in_(sorted(tries))):
            mine = tries[user.id]
            people.write_to_all(
                user, "user.sign_in_refused", by="In Contact", why=dict(Counter(why for why, _ in mine)),
                first=mine[0][1], last=mine[-1][1],
            )  # fmt: skip
        SignInAttempt.update(is_told=1).where(SignInAttempt.id.in_([row.id for row in rows])).execute()
    return len(tries)

"""What support does with a user's account. Each act stands in the record of the user's organisations."""

from portal.accounts.models import User
from portal.core.db import transaction
from portal.delivery import notices
from portal.signin import counting, people


def write_to(user: User, sender: User, subject: str, words: str) -> None:
    """Send a user a message in support's own words."""
    with transaction():
        notices.send(
            "from_support", user.email, user_id=user.id, name=user.name, subject=subject, words=words,
            sender=sender.name,
        )  # fmt: skip
        people.write_to_all(user, "user.written_to_by_support", by=f"{sender.name} (support)")


def organisations_of(user: User) -> list[str]:
    return [membership.org.name for membership in people.memberships(user)]


def standing_of(user: User) -> int:
    """Wrong passwords in a row for this account."""
    return counting.standing_of(user.email)

"""What is known of the addresses in a file before it is taken in. No choice on any page lifts it.

Who asked not to be written to comes in, and is not written to; who was removed does not come in; and an address that
could not be reached is no better for standing in a file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.contacts.models import Email
from portal.contacts.record import CLEAN
from portal.core.actor import seeing_everything
from portal.imports.consents import ERASED, held_back
from portal.imports.rows import Draft

REFUSED = "This address asked not to be contacted."


@dataclass(frozen=True)
class Standing:
    reasons: Mapping[str, str]  # of addresses that must not be written to
    states: Mapping[str, dict[str, Any]]  # of addresses that could not be reached, or complained
    numbers: Mapping[str, str] = field(default_factory=dict)  # telephones that must be left alone, with the reason

    def is_refused(self, draft: Draft) -> bool:
        """Whether the row is about somebody who was removed and is not to come back."""
        emails, numbers = draft.contact.emails, draft.contact.telephones
        is_known = any(self.reasons.get(email["normal"]) == ERASED for email in emails)
        return is_known or any(self.numbers.get(number["number"]) == ERASED for number in numbers)

    def is_held(self, draft: Draft) -> bool:
        return any(email["normal"] in self.reasons for email in draft.contact.emails)

    def mark(self, drafts: Iterable[Draft]) -> None:
        """Give addresses the state in which they are known."""
        if self.states:
            for draft in drafts:
                for email in draft.contact.emails:
                    email.update(self.states.get(email["normal"], CLEAN))


def standing_of(drafts: Sequence[Draft]) -> Standing:
    """What is known of the addresses of these rows, also where addresses are hidden from whoever imports."""
    normals = {email["normal"] for draft in drafts for email in draft.contact.emails}
    numbers = held_back({number["number"] for draft in drafts for number in draft.contact.telephones}, "sms")
    if not normals:
        return Standing({}, {}, numbers)
    with seeing_everything():
        known = Email.select().where(Email.normal.in_(sorted(normals)), Email.state != "")
        states = {row.normal: {name: getattr(row, name) for name in CLEAN} for row in known}
    return Standing(held_back(normals), states, numbers)

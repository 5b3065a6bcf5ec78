"""By what a contact would be found in words that no column ties to him: his addresses, numbers and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.contacts.models import Contact, Email, Telephone
from portal.contacts.names import fold
from portal.core.actor import acting_as, current_actor, system

_ADDRESS = re.compile(r"[^\s<>,;:|\"'()\[\]]+@[^\s<>,;:|\"'()\[\]]+")
_DIGITS = re.compile(r"\+?\d[\d ()./-]{7,20}\d")
_LAST = 9  # digits of a number that are the same however it is written


@dataclass(frozen=True)
class Needles:
    """What names somebody. `names` are folded words that all stand together."""

    emails: frozenset[str]
    numbers: frozenset[str]  # the last digits
    names: frozenset[tuple[str, ...]]

    def address_in(self, text: str) -> bool:
        """Whether one of the addresses stands in the text."""
        return any(found.casefold().rstrip(".") in self.emails for found in _ADDRESS.findall(text))

    def number_in(self, text: str) -> bool:
        return any(re.sub(r"\D", "", found)[-_LAST:] in self.numbers for found in _DIGITS.findall(text))

    def name_in(self, text: str) -> bool:
        words = frozenset(re.findall(r"\w+", fold(text)))
        return any(words.issuperset(name) for name in self.names)

    def in_row(self, text: str) -> bool:
        """Whether the text, which is about one person, is about one of these."""
        return self.address_in(text) or self.number_in(text) or self.name_in(text)


def needles_of(contact_ids: Sequence[int]) -> Needles:
    """Of these contacts, whatever the actor sees of them: three queries."""
    ids = list(contact_ids)
    with acting_as(system(current_actor().org_id)):
        emails = {row[0].casefold() for row in Email.select(Email.normal).where(Email.contact_id.in_(ids)).tuples()}
        entered = Email.select(Email.address).where(Email.contact_id.in_(ids)).tuples()
        numbers = Telephone.select(Telephone.number).where(Telephone.contact_id.in_(ids)).tuples()
        names = Contact.select(Contact.first_name, Contact.last_name).where(Contact.id.in_(ids)).tuples()
        return Needles(
            frozenset(emails | {row[0].casefold() for row in entered}),
            frozenset(re.sub(r"\D", "", row[0])[-_LAST:] for row in numbers),
            frozenset(
                tuple(re.findall(r"\w+", fold(f"{first} {last}"))) for first, last in names if first and last
            ),
        )  # fmt: skip

"""The sample's own page, "Volunteers", and what stands in it. The same every time."""

import random
from datetime import date, timedelta

from portal.contacts import designing, fields, record_values
from portal.contacts.design_rules import Design, TypedOption
from portal.contacts.field_rules import Entry, read
from portal.contacts.models import Field, GroupMember
from portal.contacts.self_service import CHANGED, CONFIRMED, SHOWN
from portal.core.clock import now

SHIRTS = ("Small", "Medium", "Large", "Extra large")
SKILLS = ("Kitchen", "Garden", "Driving", "Homework club", "Front desk")
ABOUT = (
    "Saw the notice at the library and came along the same Saturday.",
    "A neighbour brought her; she has run the soup kitchen at her church for years.",
    "Retired teacher. Prefers mornings, not on pension day.",
)


def design() -> list[Field]:
    """Add the page with a field of nearly every kind."""
    page = designing.add_page("Volunteers")
    designs = (
        Design(
            "choice", "Shirt size", "To order shirts that fit", "ordinary", options=_options(SHIRTS), is_listed=True,
            self_service=CHANGED,
        ),
        Design(
            "yes_no", "Driver's licence", "To know who may drive the bus", "ordinary", is_listed=True,
            self_service=CONFIRMED,
        ),
        Design("date", "First day", "To thank people on their day", "ordinary", is_listed=True, self_service=SHOWN),
        Design(
            "choices", "Can help with", "To ask the right people", "ordinary", options=_options(SKILLS),
            self_service=CHANGED,
        ),
        Design("number", "Hours in a month", "To plan Saturdays", "ordinary", least="0", most="200"),
        Design("money", "Taxi fare", "To pay back what it costs to come", "financial", self_service=SHOWN),
        Design(
            "text", "In an emergency, call", "To reach somebody at home", "ordinary", is_searched=True,
            self_service=CONFIRMED,
        ),
        Design("long", "How they came to us", "To know what brings people here", "ordinary"),
        Design("person", "Mentor", "Somebody to turn to in the first weeks", "ordinary"),
        Design(
            "text", "Allergies", "To cook lunch without harm", "special", authorisation="consent",
            authorisation_note="The form that volunteers sign, in the file of the kitchen",
            help="Only what the volunteer told us for the kitchen.",
        ),
    )  # fmt: skip
    return [designing.add_field(page, one) for one in designs]


def fill(group_id: int, seed: int = 2026) -> int:
    """Fill in the page for the contacts of a group; return how many."""
    chance = random.Random(seed)  # noqa: S311 - the same each time, no secret
    made = design()
    members = GroupMember.select(GroupMember.contact_id).where(GroupMember.group_id == group_id)
    ids = sorted(row[0] for row in members.tuples())
    wanted = {contact_id: _values(chance, made, contact_id, ids) for contact_id in ids}
    return len(record_values.set_many(wanted, made, "contact.fields_changed", source="sample"))


def _values(chance: random.Random, made: list[Field], contact_id: int, ids: list[int]) -> dict[int, list[Entry]]:
    mentor = chance.choice(ids[:12])
    typed: dict[str, str | list[str]] = {
        "Shirt size": chance.choice(SHIRTS),
        "Driver's licence": chance.choice(("yes", "no", "")),
        "First day": (date(2026, 9, 1) - timedelta(days=chance.randint(0, 2_500))).isoformat(),
        "Can help with": chance.sample(SKILLS, chance.randint(1, 3)),
        "Hours in a month": str(chance.choice((4, 8, 8, 12, 20))),
        "Taxi fare": f"{chance.randint(20, 90)}.{chance.choice(('00', '50'))}" if chance.random() < 0.4 else "",
        "In an emergency, call": f"0{chance.choice((72, 82, 83))} 555 {chance.randint(0, 9999):04d}",
        "How they came to us": chance.choice(ABOUT) if chance.random() < 0.3 else "",
        "Mentor": str(mentor) if mentor != contact_id and chance.random() < 0.5 else "",
        "Allergies": chance.choice(("Peanuts", "Bee stings", "Milk")) if chance.random() < 0.08 else "",
    }
    today = now().date()
    return {field.id: read(fields.shape_of(field), typed[field.name], today=today) for field in made}


def _options(names: tuple[str, ...]) -> list[TypedOption]:
    return [TypedOption("", name) for name in names]

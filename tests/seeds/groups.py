"""Groups by rules: of a class, in a category, and by facts that are hidden from some."""

from portal.contacts import groups
from portal.contacts.groups import Details
from tests.seeds import Stage

# What a rule looks at, by the right without which the group is not there.
RULES = {
    "telephone": {"fact": "telephone", "operator": "yes", "value": None},
    "email": {"fact": "email", "operator": "yes", "value": None},
    "address": {"fact": "town", "operator": "filled", "value": None},
    "notes": {"fact": "note", "operator": "yes", "value": None},
}


def plant(stage: Stage) -> dict[str, int]:
    def here(kinds: str, word: str) -> str:
        return stage.canary(kinds, f"CNRY{stage.mark}{word}")

    kinds = "special group"
    details = Details(
        description=here(kinds, "description"), category=here(kinds, "category"), purpose=here(kinds, "purpose"),
        sensitivity="special", authorisation="consent", authorisation_note=here(kinds, "ground"),
    )  # fmt: skip
    named = {"fact": "name", "operator": "contains", "value": "CNRY"}
    inside = {"fact": "group", "operator": "in", "value": [str(stage.group_id)]}
    made = groups.add_group(here(kinds, "rule"), details=details, rule={"match": "any", "conditions": [named, inside]})
    stage.others.append({"group_id": made.id})
    for right, asked in RULES.items():
        groups.add_group(here(right, f"by{right}"), rule={"match": "all", "conditions": [asked]})
    return {}

"""Groups by rules, of a class and in a category, with words of the walker in each text."""

from portal.contacts import groups
from portal.contacts.groups import Details
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    details = Details(
        description="CNRY description", category="CNRY category", purpose="CNRY purpose", sensitivity="special",
        authorisation="consent", authorisation_note="CNRY note",
    )  # fmt: skip
    named = {"fact": "name", "operator": "contains", "value": "CNRY"}
    inside = {"fact": "group", "operator": "in", "value": [str(stage.group_id)]}
    groups.add_group("CNRY rule", details=details, rule={"match": "any", "conditions": [named, inside]})
    return {}

"""A page of designed fields, filled in for the contact: one of each class, listed and searched; groups by rules on
them, and a letter that names some.
"""

import io

from portal.campaigns import service as campaigns
from portal.contacts import designing, filling, groups
from portal.contacts.design_rules import MOST_LISTED, Design
from portal.contacts.groups import Details
from portal.contacts.page_blocks import block_of
from portal.contacts.self_service import CHANGED
from portal.contacts.self_service import SHOWN as SHOWN_THERE
from portal.contacts.service import find
from portal.core.permissions import DATA_SET_OF_CLASS, Sensitivity
from tests.seeds import Stage

SHOWN = (Sensitivity.ORDINARY, Sensitivity.SPECIAL)  # those whose own page is walked
LEVELS = {Sensitivity.ORDINARY: CHANGED, Sensitivity.SPECIAL: SHOWN_THERE}  # on people's own pages
KINDS = {Sensitivity.ORDINARY: "text", Sensitivity.SPECIAL: "long", Sensitivity.FINANCIAL: "link"}


def plant(stage: Stage) -> dict[str, int]:
    page = designing.add_page("CNRY page")
    hidden_with = f"page:{page.id}"
    designing.rename_page(page, stage.canary(hidden_with, f"CNRY{stage.mark}page"))
    made, typed = {}, {}
    for number, sensitivity in enumerate(Sensitivity):
        by = DATA_SET_OF_CLASS.get(sensitivity, "")

        def here(word: str, kinds: str = f"{hidden_with} {by}", name: str = str(sensitivity)) -> str:
            return stage.canary(kinds, f"CNRY{stage.mark}{name}{word}")

        kind = KINDS.get(sensitivity, "text")
        # A letter may hold the name of a field, and is its author's own text: it is what stands in it that is hidden.
        name = f"CNRY {sensitivity}" if sensitivity in SHOWN else here("name")
        purpose = here("purpose") if sensitivity in SHOWN else "CNRY purpose"
        design = Design(
            kind, name, purpose, sensitivity, authorisation="consent", authorisation_note="CNRY note",
            help=here("help"), is_searched=True, is_listed=number < MOST_LISTED,
            self_service=LEVELS.get(sensitivity, 0),
        )  # fmt: skip
        field = designing.add_field(page, design)
        value = here("value", f"{hidden_with} {by} contact")
        made[sensitivity] = field
        typed[field.id] = [f"https://{value}.example.org/" if kind == "link" else value]
    paper = designing.add_field(page, Design("file", "CNRY paper", "CNRY purpose", "ordinary"))
    brought = {paper.id: filling.Brought(io.BytesIO(b"CNRY"), "CNRY.txt")}
    block = block_of(stage.contact_id, page.id)
    filling.fill(find(stage.contact_id), block, filling.stamp(block), typed, brought)
    plain, special = made[Sensitivity.ORDINARY], made[Sensitivity.SPECIAL]
    for name, field, kinds in (("bypage", plain, hidden_with), ("byfaith", special, f"{hidden_with} special")):
        rule = {"fact": f"field:{field.id}", "operator": "contains", "value": "CNRY"}
        named = stage.canary(kinds, f"CNRY{stage.mark}{name}")
        groups.add_group(named, details=Details(), rule={"match": "all", "conditions": [rule]})
    letter = campaigns.create(f"CNRY{stage.mark} letter")
    words = {"subject": f"For [[{plain.name}]]", "body": f"<p>[[{special.name}]]</p>", "is_sensitive": 1}
    campaigns.change(letter, letter.version, **words)
    stage.others.append({"field_id": special.id})
    stage.others.append({"campaign_id": letter.id})
    return {"page_id": page.id, "field_id": plain.id}

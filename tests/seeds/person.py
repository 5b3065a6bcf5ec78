"""Numbers, a relation to somebody in the same group, and words about putting the contact away."""

from portal.contacts import identities, relations, service, states
from portal.contacts.identity_rules import id_number, passport
from portal.contacts.relation_rules import Entered
from tests.seeds import Stage

OF_CONTACT = {"identity_id", "relation_id"}
NUMBERS = {"A": "8001015009087", "B": "9202204720083"}  # as they would be given out; nobody's


def plant(stage: Stage) -> dict[str, int]:
    def here(word: str, kinds: str = "contact") -> str:
        return stage.canary(kinds, f"CNRY{stage.mark}{word}")

    contact = service.find(stage.contact_id)
    today = contact.created_at.date()
    identities.keep(contact, id_number(stage.canary("identity contact", NUMBERS[stage.mark]), today=today))
    identities.keep(contact, passport(here("12345", "identity contact"), "ZW"))
    mother = service.add(first_name=here("mother"), last_name="Mother")
    service.group_contacts([mother.id], stage.group_id)
    entered = Entered(consented_on=today, consent_note=here("consent"))
    relation = relations.add(service.find(mother.id), "parent", contact.id, entered)
    states.archive(service.find(contact.id), here("archived"))
    states.unarchive(service.find(contact.id))
    number, other = identities.of(contact.id)
    stage.others.append({"identity_id": other.id})
    return {"identity_id": number.id, "relation_id": relation.id}

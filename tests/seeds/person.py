"""A number and a relation, for the walker."""

from portal.contacts import identities, relations, service
from portal.contacts.identity_rules import passport
from portal.contacts.relation_rules import Entered
from tests.seeds import Stage

OF_CONTACT = {"identity_id", "relation_id"}


def plant(stage: Stage) -> dict[str, int]:
    contact = service.find(stage.contact_id)
    identities.keep(contact, passport("CNRY12345", "ZW"))
    mother = service.add(first_name="CNRY", last_name="Mother")
    today = contact.created_at.date()
    entered = Entered(consented_on=today, consent_note="CNRY signed a form")
    relation = relations.add(service.find(mother.id), "parent", contact.id, entered)
    return {"identity_id": identities.of(contact.id)[0].id, "relation_id": relation.id}

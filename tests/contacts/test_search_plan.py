"""The search is led by its own index however many contacts there are."""

from portal.contacts import queries, record
from portal.contacts.queries import Filter
from portal.contacts.rules import NewContact
from portal.core.actor import acting_as, system
from portal.core.db import db, is_sqlite, learn_sizes


def test_a_search_does_not_walk_through_all_contacts(org):
    with acting_as(system(org.id)):
        people = [NewContact({"kind": "person", "first_name": f"Person{n}", "last_name": "Dube"}) for n in range(3000)]
        record.add_many(people, "contact.added")
        learn_sizes()

        assert queries.count(Filter(text="person2999")) == 1
        if is_sqlite():
            statement, values = queries.matching(Filter(text="person2999")).sql()
            plan = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert any("PRIMARY KEY" in step for step in plan), plan

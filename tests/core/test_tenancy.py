"""The wall between organisations: in the program, and again in the database."""

from dataclasses import replace

import pytest
from peewee import IntegrityError

from portal.contacts import queries, record
from portal.contacts import service as contacts
from portal.contacts.models import Contact, Email, Group, GroupMember, Unrecorded, recording
from portal.contacts.queries import Filter
from portal.core.actor import NoActor, acting_as, system
from portal.core.db import db
from portal.core.tenancy import INSTALLATION_TABLES, Unscoped, WrongOrg
from tests import schema
from tests.conftest import actor_of

pytestmark = pytest.mark.each_database


def test_without_an_actor_nothing_is_visible(thandi):
    with pytest.raises(NoActor):
        Contact.get_by_id(thandi.id)


def test_a_contact_of_another_organisation_is_not_found(thandi, other_org):
    with acting_as(system(other_org.id)), pytest.raises(contacts.ContactNotFound):
        contacts.find(thandi.id)


def test_a_list_and_a_count_hold_the_own_contacts_only(thandi, other_org):
    with acting_as(system(other_org.id)):
        contacts.add(first_name="Charlie")

        assert [row.name for row in queries.page(Filter(), 1)] == ["Charlie"]
        assert queries.count(Filter(text="thandi")) == 0


@pytest.mark.parametrize(
    "write",
    [
        lambda contact: Group.insert(name="x", org=contact.org_id).execute(),
        lambda contact: Group.insert_many([{"name": "x", "org": contact.org_id}]).execute(),
        lambda contact: Group.bulk_create([Group(name="x", org=contact.org_id)]),
        lambda contact: Group.create(name="x", org=contact.org_id),
        lambda contact: Group.update(org=contact.org_id).execute(),
        lambda contact: Group.insert(id=5, name="x").execute(),
        lambda contact: Group.insert(name="x").on_conflict(
            conflict_target=[Group.org, Group.name], update={Group.org: contact.org_id}
        ),
    ],
    ids=["insert", "insert_many", "bulk_create", "create", "update", "own id", "upsert"],
)
def test_a_row_for_another_organisation_is_refused(thandi, other_org, write):
    with acting_as(system(other_org.id)), pytest.raises(WrongOrg):
        write(thandi)


@pytest.mark.parametrize(
    "escape",
    [
        lambda: Group.raw("SELECT * FROM contact_group"),
        lambda: Group.alias(),
        lambda: Group.insert_from(Group.select(), ["name"]),
        lambda: Group.replace(name="x").execute(),
        lambda: Group.replace_many([{"name": "x"}]).execute(),
    ],
    ids=["raw", "alias", "insert_from", "replace", "replace_many"],
)
def test_what_the_filter_cannot_reach_raises(org, escape):
    with acting_as(system(org.id)), pytest.raises(Unscoped):
        escape()


def test_a_row_read_in_one_organisation_is_not_saved_in_another(thandi, org, other_org):
    with acting_as(system(org.id)):
        group = contacts.add_group("Donors")

    with acting_as(system(other_org.id)), pytest.raises(WrongOrg):
        group.save()


def test_the_database_itself_refuses_a_parent_of_another_organisation(thandi, other_org):
    with acting_as(system(other_org.id)), recording(), pytest.raises(IntegrityError), db.atomic():
        Email.create(contact_id=thandi.id, address="x@example.org", normal="x@example.org")


def test_update_and_delete_stop_at_the_wall(thandi, org, other_org):
    with acting_as(system(other_org.id)), recording():
        changed = Contact.update(first_name="Stolen").execute()
        removed = Email.delete().execute()

    assert (changed, removed) == (0, 0)


@pytest.mark.parametrize(
    "write",
    [
        lambda contact: contact.save(force_insert=True),
        lambda contact: contact.delete_instance(),
        lambda _: Contact.update(first_name="").execute(),
        lambda _: Contact.insert_many([{"first_name": "x"}]).execute(),
        lambda contact: Contact.bulk_update([contact], ["first_name"]),
        lambda contact: GroupMember.create(group_id=1, contact_id=contact.id),
    ],
    ids=["save", "delete", "update", "insert_many", "bulk_update", "member"],
)
def test_a_contact_cannot_be_written_past_the_log(thandi, as_alice, write):
    with pytest.raises(Unrecorded):
        write(thandi)


def test_somebody_limited_to_one_group_sees_that_group_only(thandi, as_alice):
    group = contacts.add_group("Donors")
    inside = contacts.add(first_name="Sipho", email="sipho@example.org")
    record.group([inside.id], group.id, "Donors")

    with acting_as(replace(as_alice, only_group=group.id)):
        assert [row.name for row in queries.page(Filter(), 1)] == ["Sipho"]
        assert [email.address for email in Email.select()] == ["sipho@example.org"]
        with pytest.raises(contacts.ContactNotFound):
            contacts.find(thandi.id)


def test_somebody_denied_a_group_sees_all_others(thandi, as_alice):
    group = contacts.add_group("Learners")
    record.group([thandi.id], group.id, "Learners")
    contacts.add(first_name="Sipho")

    with acting_as(replace(as_alice, denied_groups=frozenset({group.id}))):
        assert [row.name for row in queries.page(Filter(), 1)] == ["Sipho"]
        assert queries.visible_groups() == []


def test_each_table_is_a_tenants_or_listed_as_the_installations():
    unscoped = {m._meta.table_name for m in schema.models()} - {m._meta.table_name for m in schema.tenant_models()}

    assert unscoped == set(INSTALLATION_TABLES)


def test_each_unique_key_of_a_tenant_table_begins_with_the_organisation(app):
    loose = []
    for model in schema.tenant_models():
        for index in db.get_indexes(model._meta.table_name):
            if index.unique and index.columns not in (["id"],) and index.columns[0] != "org_id":
                loose.append((model._meta.table_name, index.columns))

    assert loose == []


def test_each_key_between_tenant_tables_carries_the_organisation(app):
    loose = [
        (model._meta.table_name, key.column)
        for model in schema.tenant_models()
        for key in db.get_foreign_keys(model._meta.table_name)
        if key.dest_table != "org" and key.column != "org_id" and not _is_paired(model._meta.table_name, key)
    ]

    assert loose == []


def _is_paired(table, key):
    """Whether the same parent is also referred to by this table's organisation."""
    return any(k.column == "org_id" and k.dest_table == key.dest_table for k in db.get_foreign_keys(table))


def test_the_id_of_what_is_gone_is_never_given_to_something_else(org, olivia):
    with acting_as(actor_of(olivia)):
        gone = contacts.add_group("Private").id
        contacts.remove_group(gone)

        assert contacts.add_group("Everybody").id > gone

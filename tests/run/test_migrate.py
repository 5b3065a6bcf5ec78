"""The frozen schema is the models' schema, on both databases."""

import sys
from types import ModuleType

import pytest

from portal.core.db import db, disconnect, is_sqlite
from portal.run import migrate
from tests import schema

pytestmark = pytest.mark.each_database


def test_each_table_has_the_columns_of_its_model(app):
    differing = {}
    for model in schema.models():
        table = model._meta.table_name
        have = {(column.name, column.null) for column in db.get_columns(table)}
        want = {(field.column_name, field.null) for field in model._meta.sorted_fields}
        if have != want:
            differing[table] = have ^ want

    assert differing == {}


def test_each_index_of_a_model_is_there(app):
    missing = []
    for model in schema.models():
        have = {tuple(index.columns) for index in db.get_indexes(model._meta.table_name)}
        for fields in [i._expressions for i in model._meta.fields_to_index()]:
            columns = tuple(getattr(f, "column_name", "") for f in fields)
            if columns not in have:
                missing.append((model._meta.table_name, columns))

    assert missing == []


def test_migrating_again_does_nothing(app, settings):
    assert migrate.pending() == []


def test_a_step_that_fails_is_named_and_changes_nothing(database_url, monkeypatch):
    script = ModuleType("portal.migrations.m9999_broken")
    script.SQLITE = script.POSTGRESQL = [
        'CREATE TABLE "half_made" ("id" INTEGER)',
        'UPDATE "contact" SET "nothing" = 2',
    ]
    monkeypatch.setitem(sys.modules, script.__name__, script)
    monkeypatch.setattr(migrate, "names", lambda right=migrate.names: [*right(), "m9999_broken"])

    with pytest.raises(migrate.NotMigrated, match=r"^The step m9999_broken failed: .*nothing.* The database is as it"):
        migrate.migrate(database_url)

    with db.connection_context():
        assert "half_made" not in db.get_tables()
        assert migrate.pending() == ["m9999_broken"]
    disconnect()


def test_the_search_index_is_there(app):
    if is_sqlite():
        assert "contact_search" in db.get_tables()
    else:
        assert any(index.name == "contact_search" for index in db.get_indexes("contact"))

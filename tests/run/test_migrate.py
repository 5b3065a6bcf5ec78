"""The frozen schema is the models' schema, on both databases."""

import pytest

from portal.core.db import db, is_sqlite
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


def test_the_search_index_is_there(app):
    if is_sqlite():
        assert "contact_search" in db.get_tables()
    else:
        assert any(index.name == "contact_search" for index in db.get_indexes("contact"))

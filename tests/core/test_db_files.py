"""What was deleted does not stay in the database's file."""

import pytest

from portal.core import db as database
from portal.core.db import db

pytestmark = pytest.mark.one_database


def test_a_deleted_row_leaves_no_letters_in_the_file(app, settings):
    path = settings.data_dir / "portal.sqlite3"
    db.execute_sql("CREATE TABLE secret (id INTEGER PRIMARY KEY, words TEXT)")
    for number in range(50):
        db.execute_sql("INSERT INTO secret VALUES (?, ?)", (number, f"needle-{number} " + "x" * 700))
    database.scrub([])
    assert path.read_bytes().count(b"needle-") == 50

    db.execute_sql("DELETE FROM secret")
    database.scrub([])

    assert b"needle-" not in path.read_bytes()

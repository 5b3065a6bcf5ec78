"""Statements of the schema that the models cannot say: the indexes behind the search of contacts and their fields.

SQLite gets FTS5 tables of trigrams over the columns that are searched, kept by triggers; PostgreSQL gets GIN
indexes of trigrams. Both answer "contains these letters" without reading every row.
"""

_COLUMNS = "search_names, search_emails, search_numbers"

SQLITE = (
    f"CREATE VIRTUAL TABLE contact_search USING fts5({_COLUMNS}, content='contact', content_rowid='id', "
    "tokenize='trigram', detail='none')",
    f"CREATE TRIGGER contact_search_added AFTER INSERT ON contact BEGIN "
    f"INSERT INTO contact_search (rowid, {_COLUMNS}) VALUES (new.id, new.search_names, new.search_emails, "
    "new.search_numbers); END",
    f"CREATE TRIGGER contact_search_removed AFTER DELETE ON contact BEGIN "
    f"INSERT INTO contact_search (contact_search, rowid, {_COLUMNS}) VALUES ('delete', old.id, old.search_names, "
    "old.search_emails, old.search_numbers); END",
    f"CREATE TRIGGER contact_search_changed AFTER UPDATE OF {_COLUMNS} ON contact BEGIN "
    f"INSERT INTO contact_search (contact_search, rowid, {_COLUMNS}) VALUES ('delete', old.id, old.search_names, "
    f"old.search_emails, old.search_numbers); INSERT INTO contact_search (rowid, {_COLUMNS}) VALUES (new.id, "
    "new.search_names, new.search_emails, new.search_numbers); END",
    "CREATE VIRTUAL TABLE value_search USING fts5(found, content='contact_value', content_rowid='id', "
    "tokenize='trigram', detail='none')",
    "CREATE TRIGGER value_search_added AFTER INSERT ON contact_value WHEN new.found <> '' BEGIN "
    "INSERT INTO value_search (rowid, found) VALUES (new.id, new.found); END",
    "CREATE TRIGGER value_search_removed AFTER DELETE ON contact_value WHEN old.found <> '' BEGIN "
    "INSERT INTO value_search (value_search, rowid, found) VALUES ('delete', old.id, old.found); END",
    "CREATE TRIGGER value_search_changed AFTER UPDATE OF found ON contact_value WHEN old.found <> '' BEGIN "
    "INSERT INTO value_search (value_search, rowid, found) VALUES ('delete', old.id, old.found); END",
    "CREATE TRIGGER value_search_changed_to AFTER UPDATE OF found ON contact_value WHEN new.found <> '' BEGIN "
    "INSERT INTO value_search (rowid, found) VALUES (new.id, new.found); END",
)

POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX contact_search ON contact USING gin (search_names gin_trgm_ops, search_emails gin_trgm_ops, "
    "search_numbers gin_trgm_ops)",
    "CREATE INDEX value_search ON contact_value USING gin (found gin_trgm_ops) WHERE found <> ''",
)

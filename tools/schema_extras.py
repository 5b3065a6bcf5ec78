"""Statements of the first schema that the models cannot say: the index behind the search of contacts.

SQLite gets an FTS5 table of trigrams over the contact's search columns, kept by triggers; PostgreSQL gets GIN
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
)

POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX contact_search ON contact USING gin (search_names gin_trgm_ops, search_emails gin_trgm_ops, "
    "search_numbers gin_trgm_ops)",
)

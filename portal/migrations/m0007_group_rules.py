"""An index that holds what rules ask of contacts themselves, so that counting reads it alone and not whole rows."""

SQLITE = [
    'CREATE INDEX "contact_facts" ON "contact" ("org_id", "erased_at", "kind", "language", "source", "roles", '
    '"birth_date", "created_at", "updated_at", "id")',
]

POSTGRESQL = SQLITE

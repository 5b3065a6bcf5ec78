"""Pages and fields of an organisation's own design, groups by rules, and rights given beyond a role."""

SQLITE = [
    'ALTER TABLE "membership" ADD COLUMN "granted" TEXT NOT NULL DEFAULT \'[]\'',
    'ALTER TABLE "contact_group" ADD COLUMN "category" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "purpose" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "sensitivity" TEXT NOT NULL DEFAULT \'ordinary\'',
    'ALTER TABLE "contact_group" ADD COLUMN "authorisation" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "authorisation_note" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "is_children" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "contact_group" ADD COLUMN "rule" TEXT',
    'ALTER TABLE "contact_group" ADD COLUMN "tells" TEXT NOT NULL DEFAULT \'\'',
    'CREATE TABLE "contact_page" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "name" '
    'TEXT NOT NULL, "position" INTEGER NOT NULL, "archived_at" TEXT, "created_at" TEXT NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_page_org_id_name" ON "contact_page" ("org_id", "name")',
    'CREATE TABLE "contact_field" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"page_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "name_key" TEXT NOT NULL, "kind" TEXT NOT NULL, "purpose" TEXT '
    'NOT NULL, "sensitivity" TEXT NOT NULL, "authorisation" TEXT NOT NULL, "authorisation_note" TEXT NOT NULL, "help" '
    'TEXT NOT NULL, "options" TEXT NOT NULL, "limits" TEXT NOT NULL, "is_required" INTEGER NOT NULL, "is_searched" '
    'INTEGER NOT NULL, "is_listed" INTEGER NOT NULL, "is_self_service" INTEGER NOT NULL, "position" INTEGER NOT NULL, '
    '"archived_at" TEXT, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "page_id") REFERENCES "contact_page" ("org_id", "id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_field_org_id_name_key" ON "contact_field" ("org_id", "name_key")',
    'CREATE INDEX "contact_field_org_id_page_id_position" ON "contact_field" ("org_id", "page_id", "position")',
    'CREATE TABLE "contact_value" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "field_id" INTEGER NOT NULL, "key" TEXT NOT NULL, "text" TEXT NOT NULL, "found" '
    'TEXT NOT NULL, "person_id" INTEGER, "document_id" INTEGER, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "field_id") REFERENCES "contact_field" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "person_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "contact_value_org_id_contact_id_field_id_key" ON "contact_value" ("org_id", "contact_id", '
    '"field_id", "key")',
    'CREATE INDEX "contact_value_org_id_field_id_key_contact_id" ON "contact_value" ("org_id", "field_id", "key", '
    '"contact_id")',
    'CREATE INDEX "contact_value_org_id_person_id" ON "contact_value" ("org_id", "person_id") WHERE person_id IS NOT '
    "NULL",
    "CREATE VIRTUAL TABLE value_search USING fts5(found, content='contact_value', content_rowid='id', "
    "tokenize='trigram', detail='none')",
    "CREATE TRIGGER value_search_added AFTER INSERT ON contact_value WHEN new.found <> '' BEGIN INSERT INTO "
    "value_search (rowid, found) VALUES (new.id, new.found); END",
    "CREATE TRIGGER value_search_removed AFTER DELETE ON contact_value WHEN old.found <> '' BEGIN INSERT INTO "
    "value_search (value_search, rowid, found) VALUES ('delete', old.id, old.found); END",
    "CREATE TRIGGER value_search_changed AFTER UPDATE OF found ON contact_value WHEN old.found <> '' BEGIN INSERT "
    "INTO value_search (value_search, rowid, found) VALUES ('delete', old.id, old.found); END",
    "CREATE TRIGGER value_search_changed_to AFTER UPDATE OF found ON contact_value WHEN new.found <> '' BEGIN INSERT "
    "INTO value_search (rowid, found) VALUES (new.id, new.found); END",
]

POSTGRESQL = [
    'ALTER TABLE "membership" ADD COLUMN "granted" JSONB NOT NULL DEFAULT \'[]\'',
    'ALTER TABLE "contact_group" ADD COLUMN "category" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "purpose" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "sensitivity" TEXT NOT NULL DEFAULT \'ordinary\'',
    'ALTER TABLE "contact_group" ADD COLUMN "authorisation" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "authorisation_note" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "is_children" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "contact_group" ADD COLUMN "rule" JSONB',
    'ALTER TABLE "contact_group" ADD COLUMN "tells" TEXT NOT NULL DEFAULT \'\'',
    'CREATE TABLE "contact_page" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "name" TEXT NOT NULL, '
    '"position" INTEGER NOT NULL, "archived_at" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_page_org_id_name" ON "contact_page" ("org_id", "name")',
    'CREATE TABLE "contact_field" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "page_id" INTEGER NOT '
    'NULL, "name" TEXT NOT NULL, "name_key" TEXT NOT NULL, "kind" TEXT NOT NULL, "purpose" TEXT NOT NULL, '
    '"sensitivity" TEXT NOT NULL, "authorisation" TEXT NOT NULL, "authorisation_note" TEXT NOT NULL, "help" TEXT NOT '
    'NULL, "options" JSONB NOT NULL, "limits" JSONB NOT NULL, "is_required" INTEGER NOT NULL, "is_searched" INTEGER '
    'NOT NULL, "is_listed" INTEGER NOT NULL, "is_self_service" INTEGER NOT NULL, "position" INTEGER NOT NULL, '
    '"archived_at" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "page_id") REFERENCES "contact_page" ("org_id", "id") ON DELETE '
    'RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_field_org_id_name_key" ON "contact_field" ("org_id", "name_key")',
    'CREATE INDEX "contact_field_org_id_page_id_position" ON "contact_field" ("org_id", "page_id", "position")',
    'CREATE TABLE "contact_value" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "field_id" INTEGER NOT NULL, "key" TEXT COLLATE "C" NOT NULL, "text" TEXT NOT NULL, "found" TEXT NOT '
    'NULL, "person_id" INTEGER, "document_id" INTEGER, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN '
    'KEY ("org_id", "field_id") REFERENCES "contact_field" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "person_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "contact_value_org_id_contact_id_field_id_key" ON "contact_value" ("org_id", "contact_id", '
    '"field_id", "key")',
    'CREATE INDEX "contact_value_org_id_field_id_key_contact_id" ON "contact_value" ("org_id", "field_id", "key", '
    '"contact_id")',
    'CREATE INDEX "contact_value_org_id_person_id" ON "contact_value" ("org_id", "person_id") WHERE person_id IS NOT '
    "NULL",
    "CREATE INDEX value_search ON contact_value USING gin (found gin_trgm_ops) WHERE found <> ''",
]

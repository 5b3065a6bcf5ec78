"""What was signed about a file, what an import did to whom, remembered columns, and undoing an import."""

SQLITE = [
    'ALTER TABLE "import" ADD COLUMN "held" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "import" ADD COLUMN "alike" INTEGER NOT NULL DEFAULT 0',
    """ALTER TABLE "import" ADD COLUMN "sha256" TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE "import" ADD COLUMN "headings" TEXT NOT NULL DEFAULT '[]'""",
    'ALTER TABLE "import" ADD COLUMN "mapped_as" TEXT',
    """ALTER TABLE "import" ADD COLUMN "signs" TEXT NOT NULL DEFAULT '[]'""",
    'ALTER TABLE "import" ADD COLUMN "score" INTEGER NOT NULL DEFAULT 0',
    'CREATE TABLE "import_declaration" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "import_id" INTEGER NOT NULL, "source" TEXT NOT NULL, "obtained_on" DATE, "obtained" TEXT NOT NULL, "wording" TEXT NOT NULL, "channels" TEXT NOT NULL, "purpose_id" INTEGER, "evidence_id" INTEGER, "evidence_sha256" TEXT NOT NULL, "user_id" INTEGER, "name" TEXT NOT NULL, "address" TEXT NOT NULL, "file_sha256" TEXT NOT NULL, "digest" TEXT NOT NULL, "at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "import_id") REFERENCES "import" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "import_declaration_org_id_import_id" ON "import_declaration" ("org_id", "import_id")',
    'CREATE TABLE "import_contact" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "import_id" INTEGER NOT NULL, "contact_id" INTEGER NOT NULL, "was_added" INTEGER NOT NULL, "seq_from" INTEGER NOT NULL, "seq_to" INTEGER NOT NULL, "is_repeated" INTEGER, "outcome" TEXT, "reason" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "import_id") REFERENCES "import" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE INDEX "import_contact_org_id_import_id_outcome" ON "import_contact" ("org_id", "import_id", "outcome")',
    'CREATE INDEX "import_contact_org_id_contact_id" ON "import_contact" ("org_id", "contact_id")',
    'CREATE TABLE "import_mapping" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "key" TEXT NOT NULL, "name" TEXT NOT NULL, "columns" TEXT NOT NULL, "user_id" INTEGER NOT NULL, "used_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "import_mapping_org_id_key_user_id" ON "import_mapping" ("org_id", "key", "user_id")',
    'CREATE TABLE "import_undo" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "import_id" INTEGER NOT NULL, "user_id" INTEGER, "user_name" TEXT NOT NULL, "state" TEXT NOT NULL, "total" INTEGER NOT NULL, "removed" INTEGER NOT NULL, "put_back" INTEGER NOT NULL, "partly" INTEGER NOT NULL, "kept" INTEGER NOT NULL, "problem" TEXT NOT NULL, "lease" TEXT, "begun_at" TEXT NOT NULL, "ended_at" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "import_id") REFERENCES "import" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "import_undo_org_id_import_id" ON "import_undo" ("org_id", "import_id")',
]

POSTGRESQL = [
    'ALTER TABLE "import" ADD COLUMN "held" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "import" ADD COLUMN "alike" INTEGER NOT NULL DEFAULT 0',
    """ALTER TABLE "import" ADD COLUMN "sha256" TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE "import" ADD COLUMN "headings" JSONB NOT NULL DEFAULT '[]'""",
    'ALTER TABLE "import" ADD COLUMN "mapped_as" TIMESTAMPTZ',
    """ALTER TABLE "import" ADD COLUMN "signs" JSONB NOT NULL DEFAULT '[]'""",
    'ALTER TABLE "import" ADD COLUMN "score" INTEGER NOT NULL DEFAULT 0',
    'CREATE TABLE "import_declaration" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "import_id" INTEGER NOT NULL, "source" TEXT NOT NULL, "obtained_on" DATE, "obtained" TEXT NOT NULL, "wording" TEXT NOT NULL, "channels" JSONB NOT NULL, "purpose_id" INTEGER, "evidence_id" INTEGER, "evidence_sha256" TEXT NOT NULL, "user_id" INTEGER, "name" TEXT NOT NULL, "address" TEXT NOT NULL, "file_sha256" TEXT NOT NULL, "digest" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "import_id") REFERENCES "import" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "import_declaration_org_id_import_id" ON "import_declaration" ("org_id", "import_id")',
    'CREATE TABLE "import_contact" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "import_id" INTEGER NOT NULL, "contact_id" INTEGER NOT NULL, "was_added" INTEGER NOT NULL, "seq_from" INTEGER NOT NULL, "seq_to" INTEGER NOT NULL, "is_repeated" INTEGER, "outcome" TEXT, "reason" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "import_id") REFERENCES "import" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE INDEX "import_contact_org_id_import_id_outcome" ON "import_contact" ("org_id", "import_id", "outcome")',
    'CREATE INDEX "import_contact_org_id_contact_id" ON "import_contact" ("org_id", "contact_id")',
    'CREATE TABLE "import_mapping" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "key" TEXT NOT NULL, "name" TEXT NOT NULL, "columns" JSONB NOT NULL, "user_id" INTEGER NOT NULL, "used_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "import_mapping_org_id_key_user_id" ON "import_mapping" ("org_id", "key", "user_id")',
    'CREATE TABLE "import_undo" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "import_id" INTEGER NOT NULL, "user_id" INTEGER, "user_name" TEXT NOT NULL, "state" TEXT NOT NULL, "total" INTEGER NOT NULL, "removed" INTEGER NOT NULL, "put_back" INTEGER NOT NULL, "partly" INTEGER NOT NULL, "kept" INTEGER NOT NULL, "problem" TEXT NOT NULL, "lease" TIMESTAMPTZ, "begun_at" TIMESTAMPTZ NOT NULL, "ended_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "import_id") REFERENCES "import" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "import_undo_org_id_import_id" ON "import_undo" ("org_id", "import_id")',
]

"""Files of contacts that were taken along, and whom each names."""

SQLITE = [
    'CREATE TABLE "export" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "user_id" '
    'INTEGER, "user_name" TEXT NOT NULL, "mark" TEXT NOT NULL, "purpose" TEXT NOT NULL, "recipient" TEXT NOT NULL, '
    '"expires_on" DATE NOT NULL, "format" TEXT NOT NULL, "handing" TEXT NOT NULL, "colleague_id" INTEGER, '
    '"colleague_name" TEXT NOT NULL, "wanted" TEXT NOT NULL, "with_identity" INTEGER NOT NULL, "with_sensitive" '
    'INTEGER NOT NULL, "with_consents" INTEGER NOT NULL, "limits" TEXT NOT NULL, "fields" TEXT NOT NULL, "total" '
    'INTEGER NOT NULL, "done" INTEGER NOT NULL, "children_out" INTEGER NOT NULL, "restricted_out" INTEGER NOT NULL, '
    '"special_out" INTEGER NOT NULL, "erased" INTEGER NOT NULL, "state" TEXT NOT NULL, "problem" TEXT NOT NULL, '
    '"lease" TEXT, "place" TEXT NOT NULL, "sealed_key" TEXT NOT NULL, "size" INTEGER NOT NULL, "sealed_password" TEXT '
    'NOT NULL, "kept_until" DATE, "removed_at" TEXT, "removed_why" TEXT NOT NULL, "taken_at" TEXT, "times_taken" '
    'INTEGER NOT NULL, "destroyed_at" TEXT, "destroyed_by" TEXT NOT NULL, "reminded_at" TEXT, "created_at" TEXT NOT '
    'NULL, "ended_at" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", '
    '"id"))',
    'CREATE UNIQUE INDEX "export_org_id_mark" ON "export" ("org_id", "mark")',
    'CREATE INDEX "export_org_id_state" ON "export" ("org_id", "state")',
    'CREATE INDEX "export_org_id_created_at" ON "export" ("org_id", "created_at")',
    'CREATE INDEX "export_out" ON "export" ("org_id", "expires_on") WHERE taken_at IS NOT NULL AND destroyed_at IS '
    "NULL",
    'CREATE INDEX "export_kept" ON "export" ("org_id", "kept_until") WHERE place <> \'\'',
    'CREATE TABLE "export_contact" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"export_id" INTEGER NOT NULL, "contact_id" INTEGER NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "export_id") REFERENCES "export" ("org_id", "id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE INDEX "export_contact_org_id_export_id" ON "export_contact" ("org_id", "export_id")',
    'CREATE INDEX "export_contact_org_id_contact_id" ON "export_contact" ("org_id", "contact_id")',
]

POSTGRESQL = [
    'CREATE TABLE "export" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "user_id" INTEGER, '
    '"user_name" TEXT NOT NULL, "mark" TEXT NOT NULL, "purpose" TEXT NOT NULL, "recipient" TEXT NOT NULL, '
    '"expires_on" DATE NOT NULL, "format" TEXT NOT NULL, "handing" TEXT NOT NULL, "colleague_id" INTEGER, '
    '"colleague_name" TEXT NOT NULL, "wanted" JSONB NOT NULL, "with_identity" INTEGER NOT NULL, "with_sensitive" '
    'INTEGER NOT NULL, "with_consents" INTEGER NOT NULL, "limits" JSONB NOT NULL, "fields" JSONB NOT NULL, "total" '
    'INTEGER NOT NULL, "done" INTEGER NOT NULL, "children_out" INTEGER NOT NULL, "restricted_out" INTEGER NOT NULL, '
    '"special_out" INTEGER NOT NULL, "erased" INTEGER NOT NULL, "state" TEXT NOT NULL, "problem" TEXT NOT NULL, '
    '"lease" TIMESTAMPTZ, "place" TEXT NOT NULL, "sealed_key" TEXT NOT NULL, "size" INTEGER NOT NULL, '
    '"sealed_password" TEXT NOT NULL, "kept_until" DATE, "removed_at" TIMESTAMPTZ, "removed_why" TEXT NOT NULL, '
    '"taken_at" TIMESTAMPTZ, "times_taken" INTEGER NOT NULL, "destroyed_at" TIMESTAMPTZ, "destroyed_by" TEXT NOT '
    'NULL, "reminded_at" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, "ended_at" TIMESTAMPTZ, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "export_org_id_mark" ON "export" ("org_id", "mark")',
    'CREATE INDEX "export_org_id_state" ON "export" ("org_id", "state")',
    'CREATE INDEX "export_org_id_created_at" ON "export" ("org_id", "created_at")',
    'CREATE INDEX "export_out" ON "export" ("org_id", "expires_on") WHERE taken_at IS NOT NULL AND destroyed_at IS '
    "NULL",
    'CREATE INDEX "export_kept" ON "export" ("org_id", "kept_until") WHERE place <> \'\'',
    'CREATE TABLE "export_contact" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "export_id" INTEGER '
    'NOT NULL, "contact_id" INTEGER NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "export_id") REFERENCES "export" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE INDEX "export_contact_org_id_export_id" ON "export_contact" ("org_id", "export_id")',
    'CREATE INDEX "export_contact_org_id_contact_id" ON "export_contact" ("org_id", "contact_id")',
]

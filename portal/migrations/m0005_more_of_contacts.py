"""More of a contact: numbers, relations, kinds of body, and the states deceased and archived."""

SQLITE = [
    'ALTER TABLE "contact" ADD COLUMN "initials" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "trading_name" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "body_kind" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "registration" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "vat_number" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "deceased_on" DATE',
    'ALTER TABLE "contact" ADD COLUMN "deceased_note" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "archived_at" TEXT',
    'ALTER TABLE "contact" ADD COLUMN "archived_note" TEXT NOT NULL DEFAULT \'\'',
    'DROP INDEX "contact_org_id_erased_at_sort_name_id"',
    'CREATE INDEX "contact_org_id_erased_at_archived_at_sort_name_id" ON "contact" ("org_id", "erased_at", '
    '"archived_at", "sort_name", "id")',
    'CREATE INDEX "contact_org_id_birth_date" ON "contact" ("org_id", "birth_date") WHERE birth_date IS NOT NULL',
    'CREATE TABLE "contact_identity" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TEXT NOT NULL, '
    '"kind" TEXT NOT NULL, "sealed" TEXT NOT NULL, "mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "masked" TEXT '
    'NOT NULL, "country" TEXT NOT NULL, "born" DATE, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_identity_org_id_contact_id_kind" ON "contact_identity" ("org_id", "contact_id", '
    '"kind")',
    'CREATE INDEX "contact_identity_org_id_mac" ON "contact_identity" ("org_id", "mac")',
    'CREATE INDEX "contact_identity_org_id_born_contact_id" ON "contact_identity" ("org_id", "born", "contact_id") '
    "WHERE born IS NOT NULL",
    'CREATE TABLE "contact_relation" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "other_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "since" DATE, "until" DATE, '
    '"consented_on" DATE, "consent_note" TEXT NOT NULL, "is_marketing_too" INTEGER NOT NULL, "created_at" TEXT NOT '
    'NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") '
    'REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "other_id") REFERENCES '
    '"contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_relation_org_id_contact_id_other_id_kind" ON "contact_relation" ("org_id", '
    '"contact_id", "other_id", "kind")',
    'CREATE INDEX "contact_relation_org_id_other_id" ON "contact_relation" ("org_id", "other_id")',
]

POSTGRESQL = [
    'ALTER TABLE "contact" ADD COLUMN "initials" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "trading_name" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "body_kind" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "registration" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "vat_number" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "deceased_on" DATE',
    'ALTER TABLE "contact" ADD COLUMN "deceased_note" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact" ADD COLUMN "archived_at" TIMESTAMPTZ',
    'ALTER TABLE "contact" ADD COLUMN "archived_note" TEXT NOT NULL DEFAULT \'\'',
    'DROP INDEX "contact_org_id_erased_at_sort_name_id"',
    'CREATE INDEX "contact_org_id_erased_at_archived_at_sort_name_id" ON "contact" ("org_id", "erased_at", '
    '"archived_at", "sort_name", "id")',
    'CREATE INDEX "contact_org_id_birth_date" ON "contact" ("org_id", "birth_date") WHERE birth_date IS NOT NULL',
    'CREATE TABLE "contact_identity" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, '
    '"kind" TEXT NOT NULL, "sealed" TEXT NOT NULL, "mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "masked" TEXT '
    'NOT NULL, "country" TEXT NOT NULL, "born" DATE, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_identity_org_id_contact_id_kind" ON "contact_identity" ("org_id", "contact_id", '
    '"kind")',
    'CREATE INDEX "contact_identity_org_id_mac" ON "contact_identity" ("org_id", "mac")',
    'CREATE INDEX "contact_identity_org_id_born_contact_id" ON "contact_identity" ("org_id", "born", "contact_id") '
    "WHERE born IS NOT NULL",
    'CREATE TABLE "contact_relation" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "other_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "since" DATE, "until" DATE, "consented_on" '
    'DATE, "consent_note" TEXT NOT NULL, "is_marketing_too" INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, '
    'FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") '
    'REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "other_id") REFERENCES '
    '"contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_relation_org_id_contact_id_other_id_kind" ON "contact_relation" ("org_id", '
    '"contact_id", "other_id", "kind")',
    'CREATE INDEX "contact_relation_org_id_other_id" ON "contact_relation" ("org_id", "other_id")',
]

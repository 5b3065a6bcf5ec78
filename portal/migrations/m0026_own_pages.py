"""Lets organisations choose what people see and change of themselves; changes that wait; open groups."""

SQLITE = [
    'ALTER TABLE "contact_field" RENAME COLUMN "is_self_service" TO "self_service"',
    'ALTER TABLE "contact" ADD COLUMN "spacing" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "known_browser" ADD COLUMN "mac" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "is_open" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "contact_group" ADD COLUMN "public_name" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "public_description" TEXT NOT NULL DEFAULT \'\'',
    'CREATE TABLE "own_page" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"names" INTEGER NOT NULL, "emails" INTEGER NOT NULL, "telephones" INTEGER NOT NULL, "addresses" INTEGER '
    'NOT NULL, "mails_details" INTEGER NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    "RESTRICT)",
    'CREATE UNIQUE INDEX "own_page_org_id" ON "own_page" ("org_id")',
    'CREATE TABLE "asked_change" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "block" TEXT NOT NULL, "link" INTEGER NOT NULL, '
    '"typed" TEXT NOT NULL, "changes" TEXT NOT NULL, "at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", '
    '"id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "asked_change_org_id_contact_id_block" ON "asked_change" ("org_id", "contact_id", "block")',
]

POSTGRESQL = [
    'ALTER TABLE "contact_field" RENAME COLUMN "is_self_service" TO "self_service"',
    'ALTER TABLE "contact" ADD COLUMN "spacing" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "known_browser" ADD COLUMN "mac" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "is_open" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "contact_group" ADD COLUMN "public_name" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "contact_group" ADD COLUMN "public_description" TEXT NOT NULL DEFAULT \'\'',
    'CREATE TABLE "own_page" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "names" INTEGER NOT '
    'NULL, "emails" INTEGER NOT NULL, "telephones" INTEGER NOT NULL, "addresses" INTEGER NOT NULL, '
    '"mails_details" INTEGER NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "own_page_org_id" ON "own_page" ("org_id")',
    'CREATE TABLE "asked_change" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER'
    ' NOT NULL, "block" TEXT NOT NULL, "link" INTEGER NOT NULL, "typed" JSONB NOT NULL, '
    '"changes" JSONB NOT NULL, "at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE '
    'RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "asked_change_org_id_contact_id_block" ON "asked_change" ("org_id", "contact_id", "block")',
]

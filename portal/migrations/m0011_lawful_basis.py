"""The register of purposes, what contacts said and on what ground they are kept, restrictions, and scopes of suppression.

What was kept as a justification by channel becomes an event of the first purpose, and a justification of consent.
"""

_BEFORE = ['CREATE TABLE "justification_before" AS SELECT * FROM "justification"', 'DROP TABLE "justification"']
_PURPOSES = [
    'INSERT INTO "purpose" ("org_id", "name", "description", "purpose_class", "basis", "categories", '
    '"recipients", "keeping", "created_at") SELECT "id", \'News and appeals\', \'To tell people what we do, and '
    "to ask for their support', 'direct_marketing', 'consent', 'Names and ways to reach people', '', 'Until the "
    'person asks us to stop\', "created_at" FROM "org" ORDER BY "id"',
    'INSERT INTO "purpose" ("org_id", "name", "description", "purpose_class", "basis", "categories", '
    '"recipients", "keeping", "created_at") SELECT "id", \'Running our work\', \'To do our daily work with the '
    "people and bodies that belong to it', 'information', 'our_interest', 'Names, ways to reach people, and "
    "what they do with us', '', 'As long as the person has to do with us', \"created_at\" FROM \"org\" ORDER "
    'BY "id"',
]
_AFTER = [
    'INSERT INTO "consent_event" ("org_id", "contact_id", "purpose_id", "channel", "kind", "proof", "method", '
    '"recording", "source", "detail", "given_by", "import_id", "recorded_by", "at", "created_at") SELECT '
    '"old"."org_id", "old"."contact_id", (SELECT MIN("p"."id") FROM "purpose" AS "p" WHERE "p"."org_id" = '
    '"old"."org_id"), "old"."channel", CASE "old"."standing" WHEN \'withheld\' THEN \'withheld\' ELSE '
    "'granted' END, CASE \"old\".\"standing\" WHEN 'proven' THEN 'proven' ELSE 'asserted' END, CASE WHEN "
    '"old"."import_id" IS NULL THEN \'\' ELSE \'import\' END, \'\', "old"."source", "old"."detail", \'self\', '
    '"old"."import_id", \'\', "old"."created_at", "old"."created_at" FROM "justification_before" AS "old" ORDER '
    'BY "old"."id"',
    'INSERT INTO "justification" ("org_id", "contact_id", "purpose_id", "basis", "detail", "source", '
    '"import_id", "recorded_by", "created_at") SELECT "old"."org_id", "old"."contact_id", (SELECT MIN("p"."id") '
    'FROM "purpose" AS "p" WHERE "p"."org_id" = "old"."org_id"), \'consent\', "old"."detail", "old"."source", '
    '"old"."import_id", \'\', "old"."created_at" FROM "justification_before" AS "old" WHERE "old"."id" IN '
    '(SELECT MIN("one"."id") FROM "justification_before" AS "one" WHERE "one"."standing" <> \'withheld\' GROUP '
    'BY "one"."org_id", "one"."contact_id") ORDER BY "old"."id"',
    'DROP TABLE "justification_before"',
    'ALTER TABLE "suppression" ADD COLUMN "scope" TEXT NOT NULL DEFAULT \'marketing\'',
    'UPDATE "suppression" SET "scope" = \'everything\' WHERE "reason" = \'erased\'',
    'DROP INDEX "suppression_org_id_channel_mac"',
    'CREATE UNIQUE INDEX "suppression_org_id_channel_mac_scope" ON "suppression" ("org_id", "channel", "mac", "scope")',
    'ALTER TABLE "campaign" ADD COLUMN "purpose_id" INTEGER',
    'UPDATE "campaign" SET "purpose_id" = COALESCE((SELECT MIN("p"."id") FROM "purpose" AS "p" WHERE '
    '"p"."org_id" = "campaign"."org_id" AND "p"."purpose_class" = "campaign"."purpose"), (SELECT MIN("p"."id") '
    'FROM "purpose" AS "p" WHERE "p"."org_id" = "campaign"."org_id"))',
    'ALTER TABLE "org" ADD COLUMN "requires_proof" INTEGER NOT NULL DEFAULT 0',
]

_TABLES_SQLITE = [
    'CREATE TABLE "purpose" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "name" '
    'TEXT NOT NULL, "description" TEXT NOT NULL, "purpose_class" TEXT NOT NULL, "basis" TEXT NOT NULL, '
    '"categories" TEXT NOT NULL, "recipients" TEXT NOT NULL, "keeping" TEXT NOT NULL, "archived_at" TEXT, '
    '"created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE UNIQUE INDEX "purpose_org_id_name" ON "purpose" ("org_id", "name")',
    'CREATE TABLE "wording" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "text" '
    'TEXT NOT NULL, "digest" TEXT NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "wording_org_id_digest" ON "wording" ("org_id", "digest")',
    'CREATE TABLE "consent_event" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "purpose_id" INTEGER NOT NULL, "channel" TEXT NOT NULL, "kind" TEXT NOT '
    'NULL, "proof" TEXT NOT NULL, "method" TEXT NOT NULL, "wording_id" INTEGER, "document_id" INTEGER, '
    '"recording" TEXT NOT NULL, "source" TEXT NOT NULL, "detail" TEXT NOT NULL, "given_by" TEXT NOT NULL, '
    '"import_id" INTEGER, "recorded_by" TEXT NOT NULL, "at" TEXT NOT NULL, "created_at" TEXT NOT NULL, FOREIGN '
    'KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES '
    '"contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "purpose_id") REFERENCES "purpose" '
    '("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "wording_id") REFERENCES "wording" ("org_id", '
    '"id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "consent_event_org_id_contact_id_purpose_id_channel" ON "consent_event" ("org_id", '
    '"contact_id", "purpose_id", "channel")',
    'CREATE INDEX "consent_event_of_import" ON "consent_event" ("org_id", "import_id") WHERE import_id IS NOT NULL',
    'CREATE TABLE "justification" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "purpose_id" INTEGER NOT NULL, "basis" TEXT NOT NULL, "detail" TEXT NOT '
    'NULL, "document_id" INTEGER, "source" TEXT NOT NULL, "import_id" INTEGER, "recorded_by" TEXT NOT NULL, '
    '"created_at" TEXT NOT NULL, "ended_at" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "purpose_id") REFERENCES "purpose" ("org_id", "id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE INDEX "justification_org_id_contact_id_ended_at_purpose_id" ON "justification" ("org_id", '
    '"contact_id", "ended_at", "purpose_id")',
    'CREATE INDEX "justification_of_import" ON "justification" ("org_id", "import_id") WHERE import_id IS NOT NULL',
    'CREATE TABLE "restriction" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "reason" TEXT NOT NULL, "detail" TEXT NOT NULL, "set_by" TEXT NOT NULL, '
    '"created_at" TEXT NOT NULL, "notified_on" TEXT NOT NULL, "lifted_at" TEXT, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "restriction_org_id_contact_id" ON "restriction" ("org_id", "contact_id")',
    'CREATE INDEX "restriction_in_force" ON "restriction" ("org_id", "contact_id") WHERE lifted_at IS NULL',
    'CREATE TABLE "ground_run" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"what" TEXT NOT NULL, "group_id" INTEGER, "user_id" INTEGER, "state" TEXT NOT NULL, "total" INTEGER NOT '
    'NULL, "done" INTEGER NOT NULL, "last_id" INTEGER NOT NULL, "words" TEXT NOT NULL, "lease" TEXT, '
    '"created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE INDEX "ground_run_org_id_state" ON "ground_run" ("org_id", "state")',
]
_TABLES_POSTGRESQL = [
    'CREATE TABLE "purpose" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "name" TEXT NOT NULL, '
    '"description" TEXT NOT NULL, "purpose_class" TEXT NOT NULL, "basis" TEXT NOT NULL, "categories" TEXT NOT '
    'NULL, "recipients" TEXT NOT NULL, "keeping" TEXT NOT NULL, "archived_at" TIMESTAMPTZ, "created_at" '
    'TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", '
    '"id"))',
    'CREATE UNIQUE INDEX "purpose_org_id_name" ON "purpose" ("org_id", "name")',
    'CREATE TABLE "wording" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "text" TEXT NOT NULL, '
    '"digest" TEXT NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") '
    'ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "wording_org_id_digest" ON "wording" ("org_id", "digest")',
    'CREATE TABLE "consent_event" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "purpose_id" INTEGER NOT NULL, "channel" TEXT NOT NULL, "kind" TEXT NOT NULL, "proof" '
    'TEXT NOT NULL, "method" TEXT NOT NULL, "wording_id" INTEGER, "document_id" INTEGER, "recording" TEXT NOT '
    'NULL, "source" TEXT NOT NULL, "detail" TEXT NOT NULL, "given_by" TEXT NOT NULL, "import_id" INTEGER, '
    '"recorded_by" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES '
    '"contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "purpose_id") REFERENCES "purpose" '
    '("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "wording_id") REFERENCES "wording" ("org_id", '
    '"id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "consent_event_org_id_contact_id_purpose_id_channel" ON "consent_event" ("org_id", '
    '"contact_id", "purpose_id", "channel")',
    'CREATE INDEX "consent_event_of_import" ON "consent_event" ("org_id", "import_id") WHERE import_id IS NOT NULL',
    'CREATE TABLE "justification" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "purpose_id" INTEGER NOT NULL, "basis" TEXT NOT NULL, "detail" TEXT NOT NULL, '
    '"document_id" INTEGER, "source" TEXT NOT NULL, "import_id" INTEGER, "recorded_by" TEXT NOT NULL, '
    '"created_at" TIMESTAMPTZ NOT NULL, "ended_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES "org" ("id") '
    'ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "purpose_id") REFERENCES "purpose" ("org_id", "id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE INDEX "justification_org_id_contact_id_ended_at_purpose_id" ON "justification" ("org_id", '
    '"contact_id", "ended_at", "purpose_id")',
    'CREATE INDEX "justification_of_import" ON "justification" ("org_id", "import_id") WHERE import_id IS NOT NULL',
    'CREATE TABLE "restriction" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "reason" TEXT NOT NULL, "detail" TEXT NOT NULL, "set_by" TEXT NOT NULL, "created_at" '
    'TIMESTAMPTZ NOT NULL, "notified_on" TEXT NOT NULL, "lifted_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "restriction_org_id_contact_id" ON "restriction" ("org_id", "contact_id")',
    'CREATE INDEX "restriction_in_force" ON "restriction" ("org_id", "contact_id") WHERE lifted_at IS NULL',
    'CREATE TABLE "ground_run" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "what" JSONB NOT '
    'NULL, "group_id" INTEGER, "user_id" INTEGER, "state" TEXT NOT NULL, "total" INTEGER NOT NULL, "done" '
    'INTEGER NOT NULL, "last_id" INTEGER NOT NULL, "words" TEXT NOT NULL, "lease" TIMESTAMPTZ, "created_at" '
    'TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", '
    '"id"))',
    'CREATE INDEX "ground_run_org_id_state" ON "ground_run" ("org_id", "state")',
]

SQLITE = [*_BEFORE, *_TABLES_SQLITE, *_PURPOSES, *_AFTER]

POSTGRESQL = [*_BEFORE, *_TABLES_POSTGRESQL, *_PURPOSES, *_AFTER]

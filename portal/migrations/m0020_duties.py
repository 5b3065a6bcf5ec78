"""The duties of each organisation, and each time one was done."""

# The twenty as they were then, for the organisations that were there.
_BEGIN = [
    'INSERT INTO "duty" ("org_id", "key") SELECT org.id, told.key_ FROM org CROSS JOIN ('
    "SELECT 'purpose' AS key_ UNION ALL SELECT 'proof' UNION ALL SELECT 'special' UNION ALL SELECT "
    "'access' UNION ALL SELECT 'review' UNION ALL SELECT 'users_details' UNION ALL SELECT 'up_to_date' "
    "UNION ALL SELECT 'outdated' UNION ALL SELECT 'opt_out' UNION ALL SELECT 'undeliverable' UNION ALL "
    "SELECT 'duplicates' UNION ALL SELECT 'records' UNION ALL SELECT 'signing_in' UNION ALL SELECT "
    "'outside' UNION ALL SELECT 'website' UNION ALL SELECT 'backups' UNION ALL SELECT 'documents' UNION "
    "ALL SELECT 'abroad' UNION ALL SELECT 'sender' UNION ALL SELECT 'bought'"
    ") AS told ORDER BY org.id",
]

_SQLITE = [
    'CREATE TABLE "duty" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "key" TEXT '
    'NOT NULL, "user_id" INTEGER, "due" DATE, "done_on" DATE, "reminded_at" TEXT, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "duty_org_id_key" ON "duty" ("org_id", "key")',
    'CREATE INDEX "duty_due" ON "duty" ("org_id", "due") WHERE due IS NOT NULL',
    'CREATE TABLE "duty_done" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"duty_id" INTEGER NOT NULL, "done_on" DATE NOT NULL, "words" TEXT NOT NULL, "document_id" INTEGER, "sha256" '
    'TEXT NOT NULL, "user_id" INTEGER, "name" TEXT NOT NULL, "at" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "duty_id") REFERENCES "duty" ("org_id", '
    '"id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "duty_done_org_id_duty_id_id" ON "duty_done" ("org_id", "duty_id", "id")',
]

_POSTGRESQL = [
    'CREATE TABLE "duty" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "key" TEXT NOT NULL, '
    '"user_id" INTEGER, "due" DATE, "done_on" DATE, "reminded_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "duty_org_id_key" ON "duty" ("org_id", "key")',
    'CREATE INDEX "duty_due" ON "duty" ("org_id", "due") WHERE due IS NOT NULL',
    'CREATE TABLE "duty_done" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "duty_id" INTEGER NOT '
    'NULL, "done_on" DATE NOT NULL, "words" TEXT NOT NULL, "document_id" INTEGER, "sha256" TEXT NOT NULL, '
    '"user_id" INTEGER, "name" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "duty_id") REFERENCES "duty" ("org_id", "id") ON DELETE '
    'RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "duty_done_org_id_duty_id_id" ON "duty_done" ("org_id", "duty_id", "id")',
]

SQLITE = [*_SQLITE, *_BEGIN]

POSTGRESQL = [*_POSTGRESQL, *_BEGIN]

"""Contacts that may be the same, and merging them: who was merged names the one who is kept."""

SQLITE = [
    'ALTER TABLE "contact" ADD COLUMN "merged_into" INTEGER',
    'CREATE INDEX "contact_merged" ON "contact" ("org_id", "merged_into") WHERE merged_into IS NOT NULL',
    'CREATE TABLE "duplicate_search" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"import_id" INTEGER, "user_id" INTEGER, "state" TEXT NOT NULL, "total" INTEGER NOT NULL, "done" INTEGER NOT '
    'NULL, "found" INTEGER NOT NULL, "words" TEXT NOT NULL, "lease" TEXT, "created_at" TEXT NOT NULL, "ended_at" '
    'TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "duplicate_search_org_id_state" ON "duplicate_search" ("org_id", "state")',
    'CREATE TABLE "duplicate_pair" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "other_id" INTEGER NOT NULL, "score" INTEGER NOT NULL, "plain" INTEGER NOT '
    'NULL, "email" INTEGER NOT NULL, "telephone" INTEGER NOT NULL, "address" INTEGER NOT NULL, "identity" INTEGER '
    'NOT NULL, "is_doubtful" INTEGER NOT NULL, "ways" TEXT NOT NULL, "reasons" TEXT NOT NULL, "state" TEXT NOT '
    'NULL, "dismissed_by" TEXT NOT NULL, "search_id" INTEGER, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "other_id") REFERENCES "contact" ("org_id", "id") '
    'ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "duplicate_pair_org_id_contact_id_other_id" ON "duplicate_pair" ("org_id", "contact_id", '
    '"other_id")',
    'CREATE INDEX "duplicate_pair_org_id_other_id" ON "duplicate_pair" ("org_id", "other_id")',
    'CREATE INDEX "duplicate_pair_org_id_state_score_id" ON "duplicate_pair" ("org_id", "state", "score", "id")',
    'CREATE TABLE "contact_merge" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "merged_id" INTEGER NOT NULL, "user_id" INTEGER, "user_name" TEXT NOT NULL, '
    '"run_id" INTEGER, "data" TEXT NOT NULL, "created_at" TEXT NOT NULL, "undone_at" TEXT, "undone_by" TEXT NOT '
    'NULL, "stayed" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"merged_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_merge_org_id_contact_id" ON "contact_merge" ("org_id", "contact_id")',
    'CREATE INDEX "contact_merge_org_id_merged_id" ON "contact_merge" ("org_id", "merged_id")',
    'CREATE INDEX "contact_merge_org_id_created_at" ON "contact_merge" ("org_id", "created_at")',
    'CREATE TABLE "merge_run" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"user_id" INTEGER, "user_name" TEXT NOT NULL, "least" INTEGER NOT NULL, "state" TEXT NOT NULL, "total" '
    'INTEGER NOT NULL, "done" INTEGER NOT NULL, "merged" INTEGER NOT NULL, "last_id" INTEGER NOT NULL, "words" '
    'TEXT NOT NULL, "lease" TEXT, "created_at" TEXT NOT NULL, "ended_at" TEXT, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "merge_run_org_id_state" ON "merge_run" ("org_id", "state")',
]

POSTGRESQL = [
    'ALTER TABLE "contact" ADD COLUMN "merged_into" INTEGER',
    'ALTER TABLE "contact" ADD CONSTRAINT "contact_merged_into" FOREIGN KEY ("org_id", "merged_into") REFERENCES '
    '"contact" ("org_id", "id") ON DELETE RESTRICT',
    'CREATE INDEX "contact_merged" ON "contact" ("org_id", "merged_into") WHERE merged_into IS NOT NULL',
    'CREATE TABLE "duplicate_search" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "import_id" '
    'INTEGER, "user_id" INTEGER, "state" TEXT NOT NULL, "total" INTEGER NOT NULL, "done" INTEGER NOT NULL, "found" '
    'INTEGER NOT NULL, "words" TEXT NOT NULL, "lease" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, "ended_at" '
    'TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "duplicate_search_org_id_state" ON "duplicate_search" ("org_id", "state")',
    'CREATE TABLE "duplicate_pair" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "other_id" INTEGER NOT NULL, "score" INTEGER NOT NULL, "plain" INTEGER NOT NULL, "email" '
    'INTEGER NOT NULL, "telephone" INTEGER NOT NULL, "address" INTEGER NOT NULL, "identity" INTEGER NOT NULL, '
    '"is_doubtful" INTEGER NOT NULL, "ways" TEXT NOT NULL, "reasons" JSONB NOT NULL, "state" TEXT NOT NULL, '
    '"dismissed_by" TEXT NOT NULL, "search_id" INTEGER, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "other_id") REFERENCES "contact" ("org_id", "id") '
    'ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "duplicate_pair_org_id_contact_id_other_id" ON "duplicate_pair" ("org_id", "contact_id", '
    '"other_id")',
    'CREATE INDEX "duplicate_pair_org_id_other_id" ON "duplicate_pair" ("org_id", "other_id")',
    'CREATE INDEX "duplicate_pair_org_id_state_score_id" ON "duplicate_pair" ("org_id", "state", "score", "id")',
    'CREATE TABLE "contact_merge" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "merged_id" INTEGER NOT NULL, "user_id" INTEGER, "user_name" TEXT NOT NULL, "run_id" '
    'INTEGER, "data" JSONB NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, "undone_at" TIMESTAMPTZ, "undone_by" TEXT '
    'NOT NULL, "stayed" JSONB NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN '
    'KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"merged_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_merge_org_id_contact_id" ON "contact_merge" ("org_id", "contact_id")',
    'CREATE INDEX "contact_merge_org_id_merged_id" ON "contact_merge" ("org_id", "merged_id")',
    'CREATE INDEX "contact_merge_org_id_created_at" ON "contact_merge" ("org_id", "created_at")',
    'CREATE TABLE "merge_run" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "user_id" INTEGER, '
    '"user_name" TEXT NOT NULL, "least" INTEGER NOT NULL, "state" TEXT NOT NULL, "total" INTEGER NOT NULL, "done" '
    'INTEGER NOT NULL, "merged" INTEGER NOT NULL, "last_id" INTEGER NOT NULL, "words" TEXT NOT NULL, "lease" '
    'TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, "ended_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "merge_run_org_id_state" ON "merge_run" ("org_id", "state")',
]

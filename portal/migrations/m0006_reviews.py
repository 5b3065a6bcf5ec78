"""Reviews of who may see what, and looking as a colleague for a while."""

SQLITE = [
    'ALTER TABLE "session" ADD COLUMN "looking_as" INTEGER',
    'ALTER TABLE "session" ADD COLUMN "looking_until" TEXT',
    'CREATE TABLE "access_review" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"started_at" TEXT NOT NULL, "started_by" TEXT NOT NULL, "finished_at" TEXT, "signed_name" TEXT NOT NULL, '
    '"signed_by_id" INTEGER, "sha256" TEXT NOT NULL, "document_id" INTEGER, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "access_review_open" ON "access_review" ("org_id") WHERE finished_at IS NULL',
    'CREATE INDEX "access_review_org_id_finished_at" ON "access_review" ("org_id", "finished_at")',
    'CREATE TABLE "access_decision" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"review_id" INTEGER NOT NULL, "membership_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "email" TEXT NOT NULL, '
    '"role" TEXT NOT NULL, "rights" TEXT NOT NULL, "said" TEXT NOT NULL, "decision" TEXT NOT NULL, "note" TEXT '
    'NOT NULL, "decided_by" TEXT NOT NULL, "decided_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "review_id") REFERENCES "access_review" ("org_id", "id") '
    "ON DELETE RESTRICT)",
    'CREATE UNIQUE INDEX "access_decision_org_id_review_id_membership_id" ON "access_decision" ("org_id", '
    '"review_id", "membership_id")',
    'CREATE TABLE "review_reminder" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"since" TEXT NOT NULL, "period" INTEGER NOT NULL, "sent_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "review_reminder_org_id_since_period" ON "review_reminder" ("org_id", "since", "period")',
    'CREATE INDEX "log_entry_of_subject" ON "log_entry" ("org_id", "subject_id", "action", "seq") WHERE '
    "contact_id IS NULL AND subject_id IS NOT NULL",
]

POSTGRESQL = [
    'ALTER TABLE "session" ADD COLUMN "looking_as" INTEGER',
    'ALTER TABLE "session" ADD COLUMN "looking_until" TIMESTAMPTZ',
    'CREATE TABLE "access_review" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "started_at" '
    'TIMESTAMPTZ NOT NULL, "started_by" TEXT NOT NULL, "finished_at" TIMESTAMPTZ, "signed_name" TEXT NOT NULL, '
    '"signed_by_id" INTEGER, "sha256" TEXT NOT NULL, "document_id" INTEGER, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "access_review_open" ON "access_review" ("org_id") WHERE finished_at IS NULL',
    'CREATE INDEX "access_review_org_id_finished_at" ON "access_review" ("org_id", "finished_at")',
    'CREATE TABLE "access_decision" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "review_id" '
    'INTEGER NOT NULL, "membership_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "email" TEXT NOT NULL, "role" TEXT '
    'NOT NULL, "rights" JSONB NOT NULL, "said" JSONB NOT NULL, "decision" TEXT NOT NULL, "note" TEXT NOT NULL, '
    '"decided_by" TEXT NOT NULL, "decided_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "review_id") REFERENCES "access_review" ("org_id", "id") '
    "ON DELETE RESTRICT)",
    'CREATE UNIQUE INDEX "access_decision_org_id_review_id_membership_id" ON "access_decision" ("org_id", '
    '"review_id", "membership_id")',
    'CREATE TABLE "review_reminder" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "since" '
    'TIMESTAMPTZ NOT NULL, "period" INTEGER NOT NULL, "sent_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "review_reminder_org_id_since_period" ON "review_reminder" ("org_id", "since", "period")',
    'CREATE INDEX "log_entry_of_subject" ON "log_entry" ("org_id", "subject_id", "action", "seq") WHERE '
    "contact_id IS NULL AND subject_id IS NOT NULL",
]

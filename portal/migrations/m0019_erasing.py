"""What was erased or made nameless, by whom and why; and the rules on how long contacts are kept."""

SQLITE = [
    'CREATE TABLE "erasure" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "act" TEXT '
    'NOT NULL, "reason" TEXT NOT NULL, "rule_id" INTEGER, "ids" TEXT NOT NULL, "total" INTEGER NOT NULL, "done" '
    'INTEGER NOT NULL, "held" INTEGER NOT NULL, "counts" TEXT NOT NULL, "kept" TEXT NOT NULL, "state" TEXT NOT NULL, '
    '"problem" TEXT NOT NULL, "user_id" INTEGER, "user_name" TEXT NOT NULL, "log_seq" INTEGER NOT NULL, "log_hash" '
    'TEXT NOT NULL, "lease" TEXT, "created_at" TEXT NOT NULL, "ended_at" TEXT, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "erasure_org_id_created_at" ON "erasure" ("org_id", "created_at")',
    'CREATE INDEX "erasure_org_id_state" ON "erasure" ("org_id", "state")',
    'CREATE TABLE "nameless" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "kind" TEXT '
    'NOT NULL, "birth_year" INTEGER, "city" TEXT NOT NULL, "province" TEXT NOT NULL, "country" TEXT NOT NULL, '
    '"language" TEXT NOT NULL, "roles" TEXT NOT NULL, "source" TEXT NOT NULL, "added_in" INTEGER NOT NULL, "messages" '
    'INTEGER NOT NULL, "answers" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE TABLE "retention_rule" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"purpose_id" INTEGER, "trigger" TEXT NOT NULL, "group_id" INTEGER, "months" INTEGER NOT NULL, "action" TEXT NOT '
    'NULL, "law" TEXT NOT NULL, "is_automatic" INTEGER NOT NULL, "looked_at" TEXT, "archived_at" TEXT, "created_at" '
    'TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"purpose_id") REFERENCES "purpose" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "retention_rule_org_id_archived_at" ON "retention_rule" ("org_id", "archived_at")',
    'CREATE TABLE "retention_due" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"rule_id" INTEGER NOT NULL, "contact_id" INTEGER NOT NULL, "state" TEXT NOT NULL, "until" TEXT, "why" TEXT NOT '
    'NULL, "found_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "rule_id") REFERENCES "retention_rule" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "retention_due_org_id_rule_id_contact_id" ON "retention_due" ("org_id", "rule_id", '
    '"contact_id")',
    'CREATE INDEX "retention_due_org_id_contact_id" ON "retention_due" ("org_id", "contact_id")',
    'CREATE INDEX "retention_due_org_id_state_id" ON "retention_due" ("org_id", "state", "id")',
    'CREATE INDEX "delivery_event_org_id_contact_id_at" ON "delivery_event" ("org_id", "contact_id", "at")',
    'DROP INDEX "delivery_org_id_contact_id"',
    'CREATE INDEX "delivery_org_id_contact_id_handed_at" ON "delivery" ("org_id", "contact_id", "handed_at")',
]

POSTGRESQL = [
    'CREATE TABLE "erasure" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "act" TEXT NOT NULL, '
    '"reason" TEXT NOT NULL, "rule_id" INTEGER, "ids" JSONB NOT NULL, "total" INTEGER NOT NULL, "done" INTEGER NOT '
    'NULL, "held" INTEGER NOT NULL, "counts" JSONB NOT NULL, "kept" JSONB NOT NULL, "state" TEXT NOT NULL, "problem" '
    'TEXT NOT NULL, "user_id" INTEGER, "user_name" TEXT NOT NULL, "log_seq" INTEGER NOT NULL, "log_hash" TEXT NOT '
    'NULL, "lease" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, "ended_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "erasure_org_id_created_at" ON "erasure" ("org_id", "created_at")',
    'CREATE INDEX "erasure_org_id_state" ON "erasure" ("org_id", "state")',
    'CREATE TABLE "nameless" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, '
    '"birth_year" INTEGER, "city" TEXT NOT NULL, "province" TEXT NOT NULL, "country" TEXT NOT NULL, "language" TEXT '
    'NOT NULL, "roles" TEXT NOT NULL, "source" TEXT NOT NULL, "added_in" INTEGER NOT NULL, "messages" INTEGER NOT '
    'NULL, "answers" JSONB NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE TABLE "retention_rule" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "purpose_id" '
    'INTEGER, "trigger" TEXT NOT NULL, "group_id" INTEGER, "months" INTEGER NOT NULL, "action" TEXT NOT NULL, "law" '
    'TEXT NOT NULL, "is_automatic" INTEGER NOT NULL, "looked_at" TIMESTAMPTZ, "archived_at" TIMESTAMPTZ, "created_at" '
    'TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"purpose_id") REFERENCES "purpose" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "retention_rule_org_id_archived_at" ON "retention_rule" ("org_id", "archived_at")',
    'CREATE TABLE "retention_due" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "rule_id" INTEGER NOT '
    'NULL, "contact_id" INTEGER NOT NULL, "state" TEXT NOT NULL, "until" TIMESTAMPTZ, "why" TEXT NOT NULL, "found_at" '
    'TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"rule_id") REFERENCES "retention_rule" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") '
    'REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "retention_due_org_id_rule_id_contact_id" ON "retention_due" ("org_id", "rule_id", '
    '"contact_id")',
    'CREATE INDEX "retention_due_org_id_contact_id" ON "retention_due" ("org_id", "contact_id")',
    'CREATE INDEX "retention_due_org_id_state_id" ON "retention_due" ("org_id", "state", "id")',
    'CREATE INDEX "delivery_event_org_id_contact_id_at" ON "delivery_event" ("org_id", "contact_id", "at")',
    'DROP INDEX "delivery_org_id_contact_id"',
    'CREATE INDEX "delivery_org_id_contact_id_handed_at" ON "delivery" ("org_id", "contact_id", "handed_at")',
]

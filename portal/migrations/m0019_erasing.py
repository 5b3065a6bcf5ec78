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
]

"""Signed heads of the log, mailed once a day, checked in the background; deliveries sealed into it in batches."""

SQLITE = [
    """ALTER TABLE "log_head" ADD COLUMN "mac" TEXT NOT NULL DEFAULT ''""",
    'ALTER TABLE "delivery" ADD COLUMN "seal_id" INTEGER',
    'CREATE INDEX "delivery_unsealed" ON "delivery" ("org_id", "campaign_id", "state", "id") WHERE seal_id IS NULL',
    'CREATE INDEX "delivery_sealed" ON "delivery" ("org_id", "seal_id") WHERE seal_id IS NOT NULL',
    'CREATE TABLE "log_head_mail" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "day" '
    'DATE NOT NULL, "seq" INTEGER NOT NULL, "hash" TEXT NOT NULL, "at" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "log_head_mail_org_id_day" ON "log_head_mail" ("org_id", "day")',
    'CREATE TABLE "log_check" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "state" '
    'TEXT NOT NULL, "entries" INTEGER NOT NULL, "checked" INTEGER NOT NULL, "is_ok" INTEGER NOT NULL, "first_bad" '
    'INTEGER, "why" TEXT NOT NULL, "warnings" TEXT NOT NULL, "asked_by" TEXT NOT NULL, "lease" TEXT, "created_at" '
    'TEXT NOT NULL, "ended_at" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE INDEX "log_check_org_id_created_at" ON "log_check" ("org_id", "created_at")',
    'CREATE TABLE "delivery_seal" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"campaign_id" INTEGER NOT NULL, "count" INTEGER NOT NULL, "root" TEXT NOT NULL, "leaves" BLOB NOT NULL, '
    '"created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "campaign_id") REFERENCES "campaign" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "delivery_seal_org_id_campaign_id" ON "delivery_seal" ("org_id", "campaign_id")',
    'ALTER TABLE "sign_in_attempt" ADD COLUMN "is_told" INTEGER NOT NULL DEFAULT 1',  # what is past is not told of
    'CREATE INDEX "sign_in_attempt_untold" ON "sign_in_attempt" ("user_id") WHERE is_told = 0',
]

POSTGRESQL = [
    """ALTER TABLE "log_head" ADD COLUMN "mac" TEXT NOT NULL DEFAULT ''""",
    'ALTER TABLE "delivery" ADD COLUMN "seal_id" INTEGER',
    'CREATE INDEX "delivery_unsealed" ON "delivery" ("org_id", "campaign_id", "state", "id") WHERE seal_id IS NULL',
    'CREATE INDEX "delivery_sealed" ON "delivery" ("org_id", "seal_id") WHERE seal_id IS NOT NULL',
    'CREATE TABLE "log_head_mail" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "day" DATE NOT NULL, '
    '"seq" INTEGER NOT NULL, "hash" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "log_head_mail_org_id_day" ON "log_head_mail" ("org_id", "day")',
    'CREATE TABLE "log_check" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "state" TEXT NOT NULL, '
    '"entries" INTEGER NOT NULL, "checked" INTEGER NOT NULL, "is_ok" INTEGER NOT NULL, "first_bad" INTEGER, "why" '
    'TEXT NOT NULL, "warnings" JSONB NOT NULL, "asked_by" TEXT NOT NULL, "lease" TIMESTAMPTZ, "created_at" '
    'TIMESTAMPTZ NOT NULL, "ended_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE INDEX "log_check_org_id_created_at" ON "log_check" ("org_id", "created_at")',
    'CREATE TABLE "delivery_seal" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "campaign_id" INTEGER '
    'NOT NULL, "count" INTEGER NOT NULL, "root" TEXT NOT NULL, "leaves" BYTEA NOT NULL, "created_at" TIMESTAMPTZ NOT '
    'NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") '
    'REFERENCES "campaign" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "delivery_seal_org_id_campaign_id" ON "delivery_seal" ("org_id", "campaign_id")',
    'ALTER TABLE "sign_in_attempt" ADD COLUMN "is_told" INTEGER NOT NULL DEFAULT 1',  # what is past is not told of
    'CREATE INDEX "sign_in_attempt_untold" ON "sign_in_attempt" ("user_id") WHERE is_told = 0',
]

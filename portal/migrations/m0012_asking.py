"""Who was asked whether he may be written to, and the operators through whose hands details go."""

SQLITE = [
    'CREATE TABLE "approach" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "channel" '
    'TEXT NOT NULL, "mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "outcome" TEXT NOT NULL, "campaign_id" INTEGER, '
    '"delivery_id" INTEGER, "asked_at" TEXT NOT NULL, "answered_at" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "approach_org_id_channel_mac" ON "approach" ("org_id", "channel", "mac")',
    'CREATE INDEX "approach_delivery" ON "approach" ("org_id", "delivery_id") WHERE delivery_id IS NOT NULL',
    'CREATE INDEX "approach_org_id_campaign_id_outcome" ON "approach" ("org_id", "campaign_id", "outcome")',
]

POSTGRESQL = [
    'CREATE TABLE "approach" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "channel" TEXT NOT NULL, '
    '"mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "outcome" TEXT NOT NULL, "campaign_id" INTEGER, "delivery_id" '
    'INTEGER, "asked_at" TIMESTAMPTZ NOT NULL, "answered_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "approach_org_id_channel_mac" ON "approach" ("org_id", "channel", "mac")',
    'CREATE INDEX "approach_delivery" ON "approach" ("org_id", "delivery_id") WHERE delivery_id IS NOT NULL',
    'CREATE INDEX "approach_org_id_campaign_id_outcome" ON "approach" ("org_id", "campaign_id", "outcome")',
]

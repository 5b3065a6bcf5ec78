"""Who was asked whether he may be written to, what was asked and answered, and through whose hands details go."""

SQLITE = [
    'CREATE TABLE "approach" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "channel" '
    'TEXT NOT NULL, "mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "outcome" TEXT NOT NULL, "campaign_id" INTEGER, '
    '"delivery_id" INTEGER, "asked_at" TEXT NOT NULL, "answered_at" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "approach_org_id_channel_mac" ON "approach" ("org_id", "channel", "mac")',
    'CREATE INDEX "approach_delivery" ON "approach" ("org_id", "delivery_id") WHERE delivery_id IS NOT NULL',
    'CREATE INDEX "approach_org_id_campaign_id_outcome" ON "approach" ("org_id", "campaign_id", "outcome")',
    'CREATE TABLE "consent_request" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"campaign_id" INTEGER NOT NULL, "officer" TEXT NOT NULL, "causes" TEXT NOT NULL, "greeting" TEXT NOT NULL, '
    '"channels" TEXT NOT NULL, "wording_id" INTEGER NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") REFERENCES "campaign" '
    '("org_id", "id") ON DELETE CASCADE, FOREIGN KEY ("org_id", "wording_id") REFERENCES "wording" ("org_id", "id") '
    'ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "consent_request_org_id_campaign_id" ON "consent_request" ("org_id", "campaign_id")',
    'CREATE TABLE "consent_answer" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "delivery_id" INTEGER NOT NULL, "answer" TEXT NOT NULL, "channels" TEXT NOT NULL, '
    '"signed_name" TEXT NOT NULL, "address" TEXT NOT NULL, "agent" TEXT NOT NULL, "wording_id" INTEGER NOT NULL, "at" '
    'TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "delivery_id") '
    'REFERENCES "delivery" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "wording_id") REFERENCES '
    '"wording" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "consent_answer_org_id_contact_id" ON "consent_answer" ("org_id", "contact_id")',
    'CREATE INDEX "consent_answer_org_id_delivery_id" ON "consent_answer" ("org_id", "delivery_id")',
    'CREATE TABLE "operator" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "name" TEXT '
    'NOT NULL, "service" TEXT NOT NULL, "host" TEXT NOT NULL, "country" TEXT NOT NULL, "ground" TEXT NOT NULL, '
    '"contract_on" DATE, "note" TEXT NOT NULL, "archived_at" TEXT, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "operator_org_id_name" ON "operator" ("org_id", "name")',
]

POSTGRESQL = [
    'CREATE TABLE "approach" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "channel" TEXT NOT NULL, '
    '"mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "outcome" TEXT NOT NULL, "campaign_id" INTEGER, "delivery_id" '
    'INTEGER, "asked_at" TIMESTAMPTZ NOT NULL, "answered_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "approach_org_id_channel_mac" ON "approach" ("org_id", "channel", "mac")',
    'CREATE INDEX "approach_delivery" ON "approach" ("org_id", "delivery_id") WHERE delivery_id IS NOT NULL',
    'CREATE INDEX "approach_org_id_campaign_id_outcome" ON "approach" ("org_id", "campaign_id", "outcome")',
    'CREATE TABLE "consent_request" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "campaign_id" '
    'INTEGER NOT NULL, "officer" TEXT NOT NULL, "causes" TEXT NOT NULL, "greeting" TEXT NOT NULL, "channels" JSONB '
    'NOT NULL, "wording_id" INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") REFERENCES "campaign" ("org_id", "id") ON '
    'DELETE CASCADE, FOREIGN KEY ("org_id", "wording_id") REFERENCES "wording" ("org_id", "id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "consent_request_org_id_campaign_id" ON "consent_request" ("org_id", "campaign_id")',
    'CREATE TABLE "consent_answer" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "delivery_id" INTEGER NOT NULL, "answer" TEXT NOT NULL, "channels" JSONB NOT NULL, "signed_name" TEXT '
    'NOT NULL, "address" TEXT NOT NULL, "agent" TEXT NOT NULL, "wording_id" INTEGER NOT NULL, "at" TIMESTAMPTZ NOT '
    'NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") '
    'REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "delivery_id") REFERENCES '
    '"delivery" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "wording_id") REFERENCES "wording" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "consent_answer_org_id_contact_id" ON "consent_answer" ("org_id", "contact_id")',
    'CREATE INDEX "consent_answer_org_id_delivery_id" ON "consent_answer" ("org_id", "delivery_id")',
    'CREATE TABLE "operator" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "name" TEXT NOT NULL, '
    '"service" TEXT NOT NULL, "host" TEXT NOT NULL, "country" TEXT NOT NULL, "ground" TEXT NOT NULL, "contract_on" '
    'DATE, "note" TEXT NOT NULL, "archived_at" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "operator_org_id_name" ON "operator" ("org_id", "name")',
]

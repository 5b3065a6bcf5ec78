"""Forms by which people sign up, their versions, and who asked."""

SQLITE = [
    'CREATE TABLE "subscribe_form" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"name" TEXT NOT NULL, "address" TEXT NOT NULL, "design" TEXT NOT NULL, "revision" INTEGER NOT NULL, '
    '"changed_at" TEXT NOT NULL, "closed_at" TEXT, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "subscribe_form_org_id_address" ON "subscribe_form" ("org_id", "address")',
    'CREATE TABLE "form_version" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"form_id" INTEGER NOT NULL, "version" INTEGER NOT NULL, "design" TEXT NOT NULL, "published_by" TEXT NOT NULL, '
    '"published_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "form_id") REFERENCES "subscribe_form" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", '
    '"id"))',
    'CREATE UNIQUE INDEX "form_version_org_id_form_id_version" ON "form_version" ("org_id", "form_id", "version")',
    'CREATE TABLE "subscription" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER, "form_id" INTEGER NOT NULL, "version_id" INTEGER NOT NULL, "mac" TEXT NOT NULL, "day" '
    'DATE NOT NULL, "state" TEXT NOT NULL, "email" TEXT NOT NULL, "typed" TEXT NOT NULL, "said" TEXT NOT NULL, '
    '"abroad_wording_id" INTEGER, "address" TEXT NOT NULL, "agent" TEXT NOT NULL, "at" TEXT NOT NULL, "is_child" '
    'INTEGER NOT NULL, "confirmed_at" TEXT, "confirmed_address" TEXT NOT NULL, "confirmed_agent" TEXT NOT NULL, '
    'FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") '
    'REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "form_id") REFERENCES '
    '"subscribe_form" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "version_id") REFERENCES '
    '"form_version" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "subscription_org_id_mac_day" ON "subscription" ("org_id", "mac", "day")',
    'CREATE INDEX "subscription_org_id_form_id_state" ON "subscription" ("org_id", "form_id", "state")',
    'CREATE INDEX "subscription_org_id_state_at" ON "subscription" ("org_id", "state", "at")',
    'CREATE INDEX "subscription_of_contact" ON "subscription" ("org_id", "contact_id") WHERE contact_id IS NOT NULL',
    'CREATE TABLE "form_count" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"form_id" INTEGER NOT NULL, "key" TEXT NOT NULL, "hour" TEXT NOT NULL, "count" INTEGER NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "form_id") REFERENCES '
    '"subscribe_form" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "form_count_org_id_form_id_key_hour" ON "form_count" ("org_id", "form_id", "key", "hour")',
]

POSTGRESQL = [
    'CREATE TABLE "subscribe_form" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "name" TEXT NOT '
    'NULL, "address" TEXT NOT NULL, "design" JSONB NOT NULL, "revision" INTEGER NOT NULL, "changed_at" TIMESTAMPTZ '
    'NOT NULL, "closed_at" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "subscribe_form_org_id_address" ON "subscribe_form" ("org_id", "address")',
    'CREATE TABLE "form_version" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "form_id" INTEGER '
    'NOT NULL, "version" INTEGER NOT NULL, "design" JSONB NOT NULL, "published_by" TEXT NOT NULL, "published_at" '
    'TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "form_id") REFERENCES "subscribe_form" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", '
    '"id"))',
    'CREATE UNIQUE INDEX "form_version_org_id_form_id_version" ON "form_version" ("org_id", "form_id", "version")',
    'CREATE TABLE "subscription" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER, "form_id" INTEGER NOT NULL, "version_id" INTEGER NOT NULL, "mac" TEXT NOT NULL, "day" DATE NOT NULL, '
    '"state" TEXT NOT NULL, "email" TEXT NOT NULL, "typed" JSONB NOT NULL, "said" JSONB NOT NULL, '
    '"abroad_wording_id" INTEGER, "address" TEXT NOT NULL, "agent" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL, '
    '"is_child" INTEGER NOT NULL, "confirmed_at" TIMESTAMPTZ, "confirmed_address" TEXT NOT NULL, "confirmed_agent" '
    'TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "form_id") '
    'REFERENCES "subscribe_form" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "version_id") '
    'REFERENCES "form_version" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "subscription_org_id_mac_day" ON "subscription" ("org_id", "mac", "day")',
    'CREATE INDEX "subscription_org_id_form_id_state" ON "subscription" ("org_id", "form_id", "state")',
    'CREATE INDEX "subscription_org_id_state_at" ON "subscription" ("org_id", "state", "at")',
    'CREATE INDEX "subscription_of_contact" ON "subscription" ("org_id", "contact_id") WHERE contact_id IS NOT NULL',
    'CREATE TABLE "form_count" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "form_id" INTEGER NOT '
    'NULL, "key" TEXT NOT NULL, "hour" TIMESTAMPTZ NOT NULL, "count" INTEGER NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "form_id") REFERENCES "subscribe_form" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "form_count_org_id_form_id_key_hour" ON "form_count" ("org_id", "form_id", "key", "hour")',
]

"""Requests and complaints, the texts of answers, and who receives them."""

SQLITE = [
    'CREATE TABLE "request" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER, "year" INTEGER NOT NULL, "number" INTEGER NOT NULL, "kind" TEXT NOT NULL, "channel" TEXT NOT NULL, '
    '"who" TEXT NOT NULL, "reach" TEXT NOT NULL, "text" TEXT NOT NULL, "recording" TEXT NOT NULL, "mac" TEXT NOT '
    'NULL, "campaign_id" INTEGER, "received_on" DATE NOT NULL, "due" DATE NOT NULL, "extended_on" DATE, '
    '"extended_why" TEXT NOT NULL, "user_id" INTEGER, "added_by" TEXT NOT NULL, "verified_at" TEXT, "verified_how" '
    'TEXT NOT NULL, "verified_by" TEXT NOT NULL, "outcome" TEXT NOT NULL, "refused" TEXT NOT NULL, "ground" TEXT NOT '
    'NULL, "reasons" TEXT NOT NULL, "about" TEXT NOT NULL, "statement" TEXT NOT NULL, "answer" TEXT NOT NULL, '
    '"answered_how" TEXT NOT NULL, "answered_by" TEXT NOT NULL, "answered_at" TEXT, "mail_id" INTEGER, "closed_at" '
    'TEXT, "erased_at" TEXT, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE UNIQUE INDEX "request_org_id_year_number" ON "request" ("org_id", "year", "number")',
    'CREATE INDEX "request_org_id_contact_id" ON "request" ("org_id", "contact_id")',
    'CREATE INDEX "request_org_id_closed_at_due" ON "request" ("org_id", "closed_at", "due")',
    'CREATE TABLE "answer_text" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "key" '
    'TEXT NOT NULL, "text" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "answer_text_org_id_key" ON "answer_text" ("org_id", "key")',
    'CREATE TABLE "request_desk" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"user_id" INTEGER, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "request_desk_org_id" ON "request_desk" ("org_id")',
]

POSTGRESQL = [
    'CREATE TABLE "request" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER, '
    '"year" INTEGER NOT NULL, "number" INTEGER NOT NULL, "kind" TEXT NOT NULL, "channel" TEXT NOT NULL, "who" TEXT '
    'NOT NULL, "reach" TEXT NOT NULL, "text" TEXT NOT NULL, "recording" TEXT NOT NULL, "mac" TEXT NOT NULL, '
    '"campaign_id" INTEGER, "received_on" DATE NOT NULL, "due" DATE NOT NULL, "extended_on" DATE, "extended_why" TEXT '
    'NOT NULL, "user_id" INTEGER, "added_by" TEXT NOT NULL, "verified_at" TIMESTAMPTZ, "verified_how" TEXT NOT NULL, '
    '"verified_by" TEXT NOT NULL, "outcome" TEXT NOT NULL, "refused" TEXT NOT NULL, "ground" TEXT NOT NULL, "reasons" '
    'TEXT NOT NULL, "about" TEXT NOT NULL, "statement" TEXT NOT NULL, "answer" TEXT NOT NULL, "answered_how" TEXT NOT '
    'NULL, "answered_by" TEXT NOT NULL, "answered_at" TIMESTAMPTZ, "mail_id" INTEGER, "closed_at" TIMESTAMPTZ, '
    '"erased_at" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "request_org_id_year_number" ON "request" ("org_id", "year", "number")',
    'CREATE INDEX "request_org_id_contact_id" ON "request" ("org_id", "contact_id")',
    'CREATE INDEX "request_org_id_closed_at_due" ON "request" ("org_id", "closed_at", "due")',
    'CREATE TABLE "answer_text" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "key" TEXT NOT NULL, '
    '"text" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "answer_text_org_id_key" ON "answer_text" ("org_id", "key")',
    'CREATE TABLE "request_desk" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "user_id" INTEGER, '
    'FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "request_desk_org_id" ON "request_desk" ("org_id")',
]

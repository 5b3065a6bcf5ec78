"""What lets people see and change their own details."""

SQLITE = [
    'CREATE TABLE "profile_link" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "mac" TEXT NOT NULL, "user_id" INTEGER, "at" TEXT NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "profile_link_org_id_contact_id" ON "profile_link" ("org_id", "contact_id")',
    'CREATE TABLE "profile_code" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "link" INTEGER NOT NULL, "browser" TEXT NOT NULL, "code" '
    'TEXT NOT NULL, "mac" TEXT NOT NULL, "address" TEXT NOT NULL, "tries" INTEGER NOT NULL, "used_at" TEXT, "at" TEXT '
    'NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "profile_code_org_id_contact_id_at" ON "profile_code" ("org_id", "contact_id", "at")',
    'CREATE TABLE "known_browser" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "browser" TEXT NOT NULL, "until" TEXT NOT NULL, "at" TEXT NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "known_browser_org_id_contact_id_browser" ON "known_browser" ("org_id", "contact_id", '
    '"browser")',
    'CREATE INDEX "known_browser_org_id_until" ON "known_browser" ("org_id", "until")',
]

POSTGRESQL = [
    'CREATE TABLE "profile_link" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "mac" TEXT NOT NULL, "user_id" INTEGER, "at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON '
    'DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "profile_link_org_id_contact_id" ON "profile_link" ("org_id", "contact_id")',
    'CREATE TABLE "profile_code" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "kind" TEXT NOT NULL, "link" INTEGER NOT NULL, "browser" TEXT NOT NULL, "code" TEXT NOT NULL, "mac" '
    'TEXT NOT NULL, "address" TEXT NOT NULL, "tries" INTEGER NOT NULL, "used_at" TIMESTAMPTZ, "at" TIMESTAMPTZ NOT '
    'NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") '
    'REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "profile_code_org_id_contact_id_at" ON "profile_code" ("org_id", "contact_id", "at")',
    'CREATE TABLE "known_browser" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "browser" TEXT NOT NULL, "until" TIMESTAMPTZ NOT NULL, "at" TIMESTAMPTZ NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "known_browser_org_id_contact_id_browser" ON "known_browser" ("org_id", "contact_id", '
    '"browser")',
    'CREATE INDEX "known_browser_org_id_until" ON "known_browser" ("org_id", "until")',
]

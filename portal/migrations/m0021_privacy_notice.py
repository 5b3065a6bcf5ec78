"""The privacy notice: its draft and its versions."""

SQLITE = [
    'CREATE TABLE "notice_draft" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "parts" '
    'TEXT NOT NULL, "revision" INTEGER NOT NULL, "changed_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "notice_draft_org_id" ON "notice_draft" ("org_id")',
    'CREATE TABLE "privacy_notice" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"version" INTEGER NOT NULL, "organisation" TEXT NOT NULL, "parts" TEXT NOT NULL, "published_by" TEXT NOT NULL, '
    '"published_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "privacy_notice_org_id_version" ON "privacy_notice" ("org_id", "version")',
]

POSTGRESQL = [
    'CREATE TABLE "notice_draft" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "parts" JSONB NOT '
    'NULL, "revision" INTEGER NOT NULL, "changed_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "notice_draft_org_id" ON "notice_draft" ("org_id")',
    'CREATE TABLE "privacy_notice" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "version" INTEGER '
    'NOT NULL, "organisation" TEXT NOT NULL, "parts" JSONB NOT NULL, "published_by" TEXT NOT NULL, "published_at" '
    'TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "privacy_notice_org_id_version" ON "privacy_notice" ("org_id", "version")',
]

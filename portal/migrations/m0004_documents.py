"""Documents of contacts and organisations, and the photo of a contact."""

SQLITE = [
    'ALTER TABLE "org" ADD COLUMN "document_quota" INTEGER NOT NULL DEFAULT 1073741824',
    'ALTER TABLE "contact" ADD COLUMN "photo_id" INTEGER',
    'CREATE TABLE "document" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER, "folder" TEXT NOT NULL, "title" TEXT NOT NULL, "kind" TEXT NOT NULL, "filename" TEXT NOT '
    'NULL, "media_type" TEXT NOT NULL, "size" INTEGER NOT NULL, "sha256" TEXT NOT NULL, "place" TEXT NOT NULL, '
    '"sealed_key" TEXT NOT NULL, "pages" INTEGER, "state" TEXT NOT NULL, "state_words" TEXT NOT NULL, "needs" TEXT NOT NULL, "tells" TEXT NOT NULL, "keep_until" '
    'DATE, "added_by" INTEGER, "added_by_name" TEXT NOT NULL, "created_at" TEXT NOT NULL, "replaced_at" TEXT, FOREIGN '
    'KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES '
    '"contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "document_org_id_contact_id_folder_id" ON "document" ("org_id", "contact_id", "folder", "id")',
    'CREATE INDEX "document_org_id_keep_until" ON "document" ("org_id", "keep_until")',
    'CREATE INDEX "document_org_id_state" ON "document" ("org_id", "state")',
]

POSTGRESQL = [
    'ALTER TABLE "org" ADD COLUMN "document_quota" BIGINT NOT NULL DEFAULT 1073741824',
    'ALTER TABLE "contact" ADD COLUMN "photo_id" INTEGER',
    'CREATE TABLE "document" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER, '
    '"folder" TEXT NOT NULL, "title" TEXT NOT NULL, "kind" TEXT NOT NULL, "filename" TEXT NOT NULL, "media_type" TEXT '
    'NOT NULL, "size" BIGINT NOT NULL, "sha256" TEXT NOT NULL, "place" TEXT NOT NULL, "sealed_key" TEXT NOT NULL, '
    '"pages" INTEGER, "state" TEXT NOT NULL, "state_words" TEXT NOT NULL, "needs" TEXT NOT NULL, "tells" TEXT NOT NULL, "keep_until" DATE, "added_by" INTEGER, '
    '"added_by_name" TEXT NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, "replaced_at" TIMESTAMPTZ, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "document_org_id_contact_id_folder_id" ON "document" ("org_id", "contact_id", "folder", "id")',
    'CREATE INDEX "document_org_id_keep_until" ON "document" ("org_id", "keep_until")',
    'CREATE INDEX "document_org_id_state" ON "document" ("org_id", "state")',
]

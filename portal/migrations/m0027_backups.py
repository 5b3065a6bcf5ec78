"""Keeps which backups there are, and the public keys they are made for."""

SQLITE = [
    'CREATE TABLE "backup" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL, "state" TEXT NOT '
    'NULL, "words" TEXT NOT NULL, "recipient" TEXT NOT NULL, "size" INTEGER NOT NULL, "sha256" TEXT NOT NULL, "rows" '
    'INTEGER NOT NULL, "documents" INTEGER NOT NULL, "places" TEXT NOT NULL, "started_at" TEXT NOT NULL, "ended_at" '
    'TEXT, "checked_at" TEXT)',
    'CREATE UNIQUE INDEX "backup_name" ON "backup" ("name")',
    'CREATE TABLE "backup_key" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "recipient" TEXT NOT NULL, "signing" '
    'TEXT NOT NULL, "made_at" TEXT NOT NULL, "retired_at" TEXT)',
    'CREATE UNIQUE INDEX "backup_key_recipient" ON "backup_key" ("recipient")',
]

POSTGRESQL = [
    'CREATE TABLE "backup" ("id" SERIAL NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "state" TEXT NOT NULL, "words" '
    'TEXT NOT NULL, "recipient" TEXT NOT NULL, "size" BIGINT NOT NULL, "sha256" TEXT NOT NULL, "rows" BIGINT NOT '
    'NULL, "documents" INTEGER NOT NULL, "places" JSONB NOT NULL, "started_at" TIMESTAMPTZ NOT NULL, "ended_at" '
    'TIMESTAMPTZ, "checked_at" TIMESTAMPTZ)',
    'CREATE UNIQUE INDEX "backup_name" ON "backup" ("name")',
    'CREATE TABLE "backup_key" ("id" SERIAL NOT NULL PRIMARY KEY, "recipient" TEXT NOT NULL, "signing" TEXT NOT NULL, '
    '"made_at" TIMESTAMPTZ NOT NULL, "retired_at" TIMESTAMPTZ)',
    'CREATE UNIQUE INDEX "backup_key_recipient" ON "backup_key" ("recipient")',
]

"""Lets one organisation be put back from a backup while the others go on."""

SQLITE = ['ALTER TABLE "org" ADD COLUMN "restoring" TEXT NOT NULL DEFAULT \'\'']

POSTGRESQL = ['ALTER TABLE "org" ADD COLUMN "restoring" TEXT NOT NULL DEFAULT \'\'']

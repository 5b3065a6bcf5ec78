"""Whether an organisation's newsletters lead to the removal of one's details."""

SQLITE = ['ALTER TABLE "org" ADD COLUMN "offers_removal" INTEGER NOT NULL DEFAULT 0']

POSTGRESQL = SQLITE

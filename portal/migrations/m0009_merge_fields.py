"""Letters whose author says that they may show more than ordinary information."""

SQLITE = [
    'ALTER TABLE "campaign" ADD COLUMN "is_sensitive" INTEGER NOT NULL DEFAULT 0',
]

POSTGRESQL = [
    'ALTER TABLE "campaign" ADD COLUMN "is_sensitive" INTEGER NOT NULL DEFAULT 0',
]

"""Notes of a backup which documents it is without."""

SQLITE = [
    'ALTER TABLE "backup" ADD COLUMN "unread" TEXT NOT NULL DEFAULT \'[]\'',
]

POSTGRESQL = [
    'ALTER TABLE "backup" ADD COLUMN "unread" JSONB NOT NULL DEFAULT \'[]\'',
]

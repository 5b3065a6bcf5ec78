"""Lets an organisation have backups of its own, made for a key of its own."""

SQLITE = [
    'ALTER TABLE "backup" ADD COLUMN "org_id" INTEGER',
    'ALTER TABLE "backup_key" ADD COLUMN "org_id" INTEGER',
]

POSTGRESQL = [
    'ALTER TABLE "backup" ADD COLUMN "org_id" INTEGER',
    'ALTER TABLE "backup_key" ADD COLUMN "org_id" INTEGER',
]

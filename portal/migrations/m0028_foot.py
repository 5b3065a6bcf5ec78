"""Lets organisations arrange the foot of their messages."""

SQLITE = [
    'CREATE TABLE "message_foot" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "order" '
    'TEXT NOT NULL, "left_out" TEXT NOT NULL, "closing" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") '
    "ON DELETE RESTRICT)",
    'CREATE UNIQUE INDEX "message_foot_org_id" ON "message_foot" ("org_id")',
]

POSTGRESQL = [
    'CREATE TABLE "message_foot" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "order" JSONB NOT '
    'NULL, "left_out" JSONB NOT NULL, "closing" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    "DELETE RESTRICT)",
    'CREATE UNIQUE INDEX "message_foot_org_id" ON "message_foot" ("org_id")',
]

"""Tasks, and the orders in which the diary and the activity report read the log."""

SQLITE = [
    'CREATE TABLE "task" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER, "what" TEXT NOT NULL, "due" DATE NOT NULL, "first_due" DATE NOT NULL, "repeat" TEXT '
    'NOT NULL, "user_id" INTEGER, "follows_id" INTEGER, "done_at" TEXT, "done_by" TEXT NOT NULL, "added_by" TEXT '
    'NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE INDEX "task_open" ON "task" ("org_id", "due", "id") WHERE done_at IS NULL',
    'CREATE INDEX "task_org_id_contact_id_due" ON "task" ("org_id", "contact_id", "due")',
    'CREATE INDEX "task_org_id_done_at" ON "task" ("org_id", "done_at")',
    'CREATE INDEX "task_following" ON "task" ("org_id", "follows_id") WHERE follows_id IS NOT NULL',
    'DROP INDEX "log_entry_org_id_at"',
    'CREATE INDEX "log_entry_org_id_at_seq_action_user_id_contact_id" ON "log_entry" ("org_id", "at", "seq", '
    '"action", "user_id", "contact_id")',
    'CREATE INDEX "log_entry_org_id_user_id_at_seq" ON "log_entry" ("org_id", "user_id", "at", "seq")',
    'CREATE INDEX "log_entry_org_id_action_at_seq" ON "log_entry" ("org_id", "action", "at", "seq")',
    'CREATE INDEX "log_entry_org_id_user_id_action_at_seq" ON "log_entry" ("org_id", "user_id", "action", "at", "seq")',
]

POSTGRESQL = [
    'CREATE TABLE "task" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER, '
    '"what" TEXT NOT NULL, "due" DATE NOT NULL, "first_due" DATE NOT NULL, "repeat" TEXT NOT NULL, "user_id" '
    'INTEGER, "follows_id" INTEGER, "done_at" TIMESTAMPTZ, "done_by" TEXT NOT NULL, "added_by" TEXT NOT NULL, '
    '"created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE INDEX "task_open" ON "task" ("org_id", "due", "id") WHERE done_at IS NULL',
    'CREATE INDEX "task_org_id_contact_id_due" ON "task" ("org_id", "contact_id", "due")',
    'CREATE INDEX "task_org_id_done_at" ON "task" ("org_id", "done_at")',
    'CREATE INDEX "task_following" ON "task" ("org_id", "follows_id") WHERE follows_id IS NOT NULL',
    'DROP INDEX "log_entry_org_id_at"',
    'CREATE INDEX "log_entry_org_id_at_seq_action_user_id_contact_id" ON "log_entry" ("org_id", "at", "seq", '
    '"action", "user_id", "contact_id")',
    'CREATE INDEX "log_entry_org_id_user_id_at_seq" ON "log_entry" ("org_id", "user_id", "at", "seq")',
    'CREATE INDEX "log_entry_org_id_action_at_seq" ON "log_entry" ("org_id", "action", "at", "seq")',
    'CREATE INDEX "log_entry_org_id_user_id_action_at_seq" ON "log_entry" ("org_id", "user_id", "action", "at", "seq")',
]

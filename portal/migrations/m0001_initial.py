"""The first schema: organisations, users, contacts, consent, campaigns, deliveries, imports, the log."""

SQLITE = [
    'CREATE TABLE "org" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" TEXT NOT NULL, "name" TEXT NOT NULL, '
    '"legal_name" TEXT NOT NULL, "kind" TEXT NOT NULL, "registration" TEXT NOT NULL, "email" TEXT NOT NULL, '
    '"telephone" TEXT NOT NULL, "address" TEXT NOT NULL, "town" TEXT NOT NULL, "website" TEXT NOT NULL, '
    '"complaints_email" TEXT NOT NULL, "information_officer" TEXT NOT NULL, "timezone" TEXT NOT NULL, "colour" TEXT '
    'NOT NULL, "logo_id" INTEGER, "sender_name" TEXT NOT NULL, "reply_to" TEXT NOT NULL, "is_tracking" INTEGER NOT '
    'NULL, "is_sample" INTEGER NOT NULL, "suspended_at" TEXT, "suspended_reason" TEXT NOT NULL, "created_at" TEXT NOT '
    "NULL)",
    'CREATE UNIQUE INDEX "org_slug" ON "org" ("slug")',
    'CREATE TABLE "user" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "name" TEXT NOT '
    'NULL, "password_hash" TEXT NOT NULL, "is_support" INTEGER NOT NULL, "disabled_at" TEXT, "created_at" TEXT NOT '
    "NULL)",
    'CREATE UNIQUE INDEX "user_email" ON "user" ("email")',
    'CREATE TABLE "membership" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "user_id" '
    'INTEGER NOT NULL, "role" TEXT NOT NULL, "denied" TEXT NOT NULL, "only_group" INTEGER, "created_at" TEXT NOT '
    'NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("user_id") REFERENCES '
    '"user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "membership_org_id" ON "membership" ("org_id")',
    'CREATE INDEX "membership_user_id" ON "membership" ("user_id")',
    'CREATE UNIQUE INDEX "membership_org_id_user_id" ON "membership" ("org_id", "user_id")',
    'CREATE TABLE "sender_identity" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"name" TEXT NOT NULL, "email" TEXT NOT NULL, "reply_to" TEXT NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "sender_identity_org_id_email_name" ON "sender_identity" ("org_id", "email", "name")',
    'CREATE TABLE "campaign" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "name" TEXT '
    'NOT NULL, "channel" TEXT NOT NULL, "purpose" TEXT NOT NULL, "purpose_reason" TEXT NOT NULL, "subject" TEXT NOT '
    'NULL, "preheader" TEXT NOT NULL, "body" TEXT NOT NULL, "text" TEXT NOT NULL, "sender_id" INTEGER, "groups" TEXT '
    'NOT NULL, "excluded" TEXT NOT NULL, "state" TEXT NOT NULL, "scheduled_at" TEXT, "started_at" TEXT, "ended_at" '
    'TEXT, "frozen" INTEGER NOT NULL, "letter" TEXT, "is_tracked" INTEGER NOT NULL, "is_caught" INTEGER NOT NULL, '
    '"trouble" TEXT NOT NULL, "author_id" INTEGER, "version" INTEGER NOT NULL, "created_at" TEXT NOT NULL, '
    '"updated_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", '
    '"id"), FOREIGN KEY ("org_id", "sender_id") REFERENCES "sender_identity" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE INDEX "campaign_org_id_state" ON "campaign" ("org_id", "state")',
    'CREATE INDEX "campaign_org_id_created_at" ON "campaign" ("org_id", "created_at")',
    'CREATE TABLE "contact" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "kind" TEXT '
    'NOT NULL, "title" TEXT NOT NULL, "first_name" TEXT NOT NULL, "last_name" TEXT NOT NULL, "preferred_name" TEXT '
    'NOT NULL, "organisation" TEXT NOT NULL, "language" TEXT NOT NULL, "birth_date" DATE, "roles" TEXT NOT NULL, '
    '"source" TEXT NOT NULL, "is_untracked" INTEGER NOT NULL, "obtained" TEXT NOT NULL, "sort_name" TEXT NOT NULL, '
    '"search_names" TEXT NOT NULL, "search_emails" TEXT NOT NULL, "search_numbers" TEXT NOT NULL, "version" INTEGER '
    'NOT NULL, "created_at" TEXT NOT NULL, "updated_at" TEXT NOT NULL, "erased_at" TEXT, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_org_id_erased_at_sort_name_id" ON "contact" ("org_id", "erased_at", "sort_name", "id")',
    'CREATE INDEX "contact_org_id_updated_at" ON "contact" ("org_id", "updated_at")',
    'CREATE INDEX "contact_without_email" ON "contact" ("org_id", "erased_at", "search_emails", "sort_name", "id") '
    "WHERE search_emails = ''",
    'CREATE TABLE "contact_group" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "name" '
    'TEXT NOT NULL, "description" TEXT NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_group_org_id_name" ON "contact_group" ("org_id", "name")',
    'CREATE TABLE "import" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "user_id" '
    'INTEGER, "filename" TEXT NOT NULL, "path" TEXT NOT NULL, "mapping" TEXT NOT NULL, "existing" TEXT NOT NULL, '
    '"group_ids" TEXT NOT NULL, "source" TEXT NOT NULL, "obtained" TEXT NOT NULL, "channels" TEXT NOT NULL, "state" '
    'TEXT NOT NULL, "rows" INTEGER NOT NULL, "done" INTEGER NOT NULL, "added" INTEGER NOT NULL, "updated" INTEGER NOT '
    'NULL, "skipped" INTEGER NOT NULL, "failed" INTEGER NOT NULL, "problem" TEXT NOT NULL, "lease" TEXT, "created_at" '
    'TEXT NOT NULL, "ended_at" TEXT, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE '
    '("org_id", "id"))',
    'CREATE INDEX "import_org_id_created_at" ON "import" ("org_id", "created_at")',
    'CREATE TABLE "campaign_link" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"campaign_id" INTEGER NOT NULL, "place" INTEGER NOT NULL, "url" TEXT NOT NULL, "words" TEXT NOT NULL, FOREIGN '
    'KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") REFERENCES '
    '"campaign" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "campaign_link_org_id_campaign_id_place" ON "campaign_link" ("org_id", "campaign_id", '
    '"place")',
    'CREATE TABLE "delivery" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "campaign_id" INTEGER NOT NULL, "channel" TEXT NOT NULL, "mac" TEXT NOT NULL, '
    '"address" TEXT NOT NULL, "state" TEXT NOT NULL, "reason" TEXT NOT NULL, "reply" TEXT NOT NULL, "bounce" TEXT NOT '
    'NULL, "message_id" TEXT NOT NULL, "worker" TEXT NOT NULL, "token" TEXT NOT NULL, "lease" TEXT, "due" TEXT, '
    '"attempts" INTEGER NOT NULL, "handed_at" TEXT, "ended_at" TEXT, "created_at" TEXT NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") REFERENCES "campaign" ("org_id", '
    '"id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "delivery_org_id_campaign_id_mac" ON "delivery" ("org_id", "campaign_id", "mac")',
    'CREATE INDEX "delivery_org_id_campaign_id_state_id" ON "delivery" ("org_id", "campaign_id", "state", "id")',
    'CREATE INDEX "delivery_org_id_contact_id" ON "delivery" ("org_id", "contact_id")',
    'CREATE INDEX "delivery_org_id_mac_state" ON "delivery" ("org_id", "mac", "state")',
    'CREATE INDEX "delivery_org_id_message_id" ON "delivery" ("org_id", "message_id")',
    'CREATE INDEX "delivery_state_lease" ON "delivery" ("state", "lease")',
    'CREATE INDEX "delivery_bounced" ON "delivery" ("org_id", "campaign_id", "bounce") WHERE bounce <> \'\'',
    'CREATE TABLE "attachment" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"campaign_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "kind" TEXT NOT NULL, "body" BLOB NOT NULL, "size" INTEGER '
    'NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN '
    'KEY ("org_id", "campaign_id") REFERENCES "campaign" ("org_id", "id") ON DELETE CASCADE, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "attachment_org_id_campaign_id" ON "attachment" ("org_id", "campaign_id")',
    'CREATE TABLE "contact_address" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TEXT NOT NULL, '
    '"line1" TEXT NOT NULL, "line2" TEXT NOT NULL, "suburb" TEXT NOT NULL, "city" TEXT NOT NULL, "postal_code" TEXT '
    'NOT NULL, "province" TEXT NOT NULL, "country" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_address_org_id_contact_id" ON "contact_address" ("org_id", "contact_id")',
    'CREATE INDEX "contact_address_org_id_city" ON "contact_address" ("org_id", "city")',
    'CREATE TABLE "contact_email" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TEXT NOT NULL, '
    '"address" TEXT NOT NULL, "normal" TEXT NOT NULL, "state" TEXT NOT NULL, "state_reason" TEXT NOT NULL, '
    '"state_words" TEXT NOT NULL, "state_at" TEXT, "state_delivery_id" INTEGER, FOREIGN KEY ("org_id") REFERENCES '
    '"org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON '
    'DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_email_org_id_contact_id" ON "contact_email" ("org_id", "contact_id")',
    'CREATE INDEX "contact_email_org_id_normal" ON "contact_email" ("org_id", "normal")',
    'CREATE INDEX "contact_email_org_id_state_contact_id" ON "contact_email" ("org_id", "state", "contact_id") WHERE '
    "state <> ''",
    'CREATE INDEX "contact_email_since" ON "contact_email" ("org_id", "state", "state_at") WHERE state <> \'\'',
    'CREATE TABLE "contact_note" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TEXT NOT NULL, '
    '"text" TEXT NOT NULL, "author" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", '
    '"id"))',
    'CREATE INDEX "contact_note_org_id_contact_id" ON "contact_note" ("org_id", "contact_id")',
    'CREATE TABLE "contact_telephone" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TEXT NOT NULL, '
    '"number" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_telephone_org_id_contact_id" ON "contact_telephone" ("org_id", "contact_id")',
    'CREATE INDEX "contact_telephone_org_id_number" ON "contact_telephone" ("org_id", "number")',
    'CREATE TABLE "delivery_event" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "delivery_id" INTEGER NOT NULL, "campaign_id" INTEGER NOT NULL, "kind" TEXT NOT '
    'NULL, "detail" TEXT NOT NULL, "link_id" INTEGER, "is_machine" INTEGER NOT NULL, "source" TEXT NOT NULL, "agent" '
    'TEXT NOT NULL, "at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN '
    'KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"delivery_id") REFERENCES "delivery" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "link_id") '
    'REFERENCES "campaign_link" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "delivery_event_org_id_campaign_id_kind_is_machine_delivery_id_at" ON "delivery_event" ("org_id", '
    '"campaign_id", "kind", "is_machine", "delivery_id", "at")',
    'CREATE INDEX "delivery_event_org_id_delivery_id" ON "delivery_event" ("org_id", "delivery_id")',
    'CREATE INDEX "delivery_event_org_id_kind_at" ON "delivery_event" ("org_id", "kind", "at")',
    'CREATE INDEX "delivery_event_traced" ON "delivery_event" ("org_id", "at") WHERE source <> \'\'',
    'CREATE TABLE "group_member" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"group_id" INTEGER NOT NULL, "contact_id" INTEGER NOT NULL, "joined_at" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", '
    '"id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "group_id") REFERENCES "contact_group" ("org_id", "id") ON '
    "DELETE RESTRICT)",
    'CREATE UNIQUE INDEX "group_member_org_id_group_id_contact_id" ON "group_member" ("org_id", "group_id", '
    '"contact_id")',
    'CREATE INDEX "group_member_org_id_contact_id" ON "group_member" ("org_id", "contact_id")',
    'CREATE TABLE "import_problem" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"import_id" INTEGER NOT NULL, "row" INTEGER NOT NULL, "column" TEXT NOT NULL, "message" TEXT NOT NULL, "cells" '
    'TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE INDEX "import_problem_org_id_import_id_row" ON "import_problem" ("org_id", "import_id", "row")',
    'CREATE TABLE "justification" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER NOT NULL, "basis" TEXT NOT NULL, "channel" TEXT NOT NULL, "standing" TEXT NOT NULL, '
    '"source" TEXT NOT NULL, "detail" TEXT NOT NULL, "import_id" INTEGER, "created_at" TEXT NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "justification_org_id_contact_id" ON "justification" ("org_id", "contact_id")',
    'CREATE TABLE "log_entry" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"contact_id" INTEGER, "seq" INTEGER NOT NULL, "at" TEXT NOT NULL, "action" TEXT NOT NULL, "user_id" INTEGER, '
    '"subject_id" INTEGER, "detail" TEXT, "salt" TEXT, "digest" TEXT NOT NULL, "hash" TEXT NOT NULL, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "log_entry_org_id_seq" ON "log_entry" ("org_id", "seq")',
    'CREATE INDEX "log_entry_org_id_contact_id_seq" ON "log_entry" ("org_id", "contact_id", "seq")',
    'CREATE INDEX "log_entry_org_id_at" ON "log_entry" ("org_id", "at")',
    'CREATE TABLE "log_head" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, "seq" '
    'INTEGER NOT NULL, "hash" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "log_head_org_id" ON "log_head" ("org_id")',
    'CREATE TABLE "picture" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"campaign_id" INTEGER, "name" TEXT NOT NULL, "kind" TEXT NOT NULL, "body" BLOB NOT NULL, "width" INTEGER NOT '
    'NULL, "height" INTEGER NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") REFERENCES "campaign" ("org_id", "id") ON DELETE CASCADE, '
    'UNIQUE ("org_id", "id"))',
    'CREATE TABLE "pulse" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL, "at" TEXT NOT NULL)',
    'CREATE UNIQUE INDEX "pulse_name" ON "pulse" ("name")',
    'CREATE TABLE "rate_window" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "window" INTEGER NOT NULL, "used" '
    "INTEGER NOT NULL)",
    'CREATE UNIQUE INDEX "rate_window_window" ON "rate_window" ("window")',
    'CREATE TABLE "returned_mail" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "road" TEXT NOT NULL, "recipient" '
    'TEXT NOT NULL, "state" TEXT NOT NULL, "why" TEXT NOT NULL, "kind" TEXT NOT NULL, "source" BLOB NOT NULL, "lease" '
    'TEXT, "at" TEXT NOT NULL)',
    'CREATE INDEX "returned_mail_state_id" ON "returned_mail" ("state", "id")',
    'CREATE TABLE "session" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "token_hash" TEXT NOT NULL, "user_id" '
    'INTEGER NOT NULL, "membership_id" INTEGER, "started_at" TEXT NOT NULL, "seen_at" TEXT NOT NULL, "browser" TEXT '
    'NOT NULL, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE, FOREIGN KEY ("membership_id") '
    'REFERENCES "membership" ("id") ON DELETE CASCADE)',
    'CREATE UNIQUE INDEX "session_token_hash" ON "session" ("token_hash")',
    'CREATE INDEX "session_user_id" ON "session" ("user_id")',
    'CREATE INDEX "session_membership_id" ON "session" ("membership_id")',
    'CREATE TABLE "suppression" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"channel" TEXT NOT NULL, "mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "reason" TEXT NOT NULL, "delivery_id" '
    'INTEGER, "campaign_id" INTEGER, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "suppression_org_id_channel_mac" ON "suppression" ("org_id", "channel", "mac")',
    'CREATE TABLE "system_mail" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER NOT NULL, '
    '"user_id" INTEGER, "kind" TEXT NOT NULL, "subject_id" INTEGER, "recipient" TEXT NOT NULL, "sender" TEXT NOT '
    'NULL, "token" TEXT NOT NULL, "state" TEXT NOT NULL, "reply" TEXT NOT NULL, "message" TEXT NOT NULL, "lease" '
    'TEXT, "attempts" INTEGER NOT NULL, "created_at" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    "DELETE RESTRICT)",
    'CREATE INDEX "system_mail_org_id_state" ON "system_mail" ("org_id", "state")',
    "CREATE VIRTUAL TABLE contact_search USING fts5(search_names, search_emails, search_numbers, content='contact', "
    "content_rowid='id', tokenize='trigram', detail='none')",
    "CREATE TRIGGER contact_search_added AFTER INSERT ON contact BEGIN INSERT INTO contact_search (rowid, "
    "search_names, search_emails, search_numbers) VALUES (new.id, new.search_names, new.search_emails, "
    "new.search_numbers); END",
    "CREATE TRIGGER contact_search_removed AFTER DELETE ON contact BEGIN INSERT INTO contact_search (contact_search, "
    "rowid, search_names, search_emails, search_numbers) VALUES ('delete', old.id, old.search_names, "
    "old.search_emails, old.search_numbers); END",
    "CREATE TRIGGER contact_search_changed AFTER UPDATE OF search_names, search_emails, search_numbers ON contact "
    "BEGIN INSERT INTO contact_search (contact_search, rowid, search_names, search_emails, search_numbers) VALUES "
    "('delete', old.id, old.search_names, old.search_emails, old.search_numbers); INSERT INTO contact_search (rowid, "
    "search_names, search_emails, search_numbers) VALUES (new.id, new.search_names, new.search_emails, "
    "new.search_numbers); END",
]

POSTGRESQL = [
    'CREATE TABLE "org" ("id" SERIAL NOT NULL PRIMARY KEY, "slug" TEXT NOT NULL, "name" TEXT NOT NULL, "legal_name" '
    'TEXT NOT NULL, "kind" TEXT NOT NULL, "registration" TEXT NOT NULL, "email" TEXT NOT NULL, "telephone" TEXT NOT '
    'NULL, "address" TEXT NOT NULL, "town" TEXT NOT NULL, "website" TEXT NOT NULL, "complaints_email" TEXT NOT NULL, '
    '"information_officer" TEXT NOT NULL, "timezone" TEXT NOT NULL, "colour" TEXT NOT NULL, "logo_id" INTEGER, '
    '"sender_name" TEXT NOT NULL, "reply_to" TEXT NOT NULL, "is_tracking" INTEGER NOT NULL, "is_sample" INTEGER NOT '
    'NULL, "suspended_at" TIMESTAMPTZ, "suspended_reason" TEXT NOT NULL, "created_at" TIMESTAMPTZ NOT NULL)',
    'CREATE UNIQUE INDEX "org_slug" ON "org" ("slug")',
    'CREATE TABLE "user" ("id" SERIAL NOT NULL PRIMARY KEY, "email" TEXT NOT NULL, "name" TEXT NOT NULL, '
    '"password_hash" TEXT NOT NULL, "is_support" INTEGER NOT NULL, "disabled_at" TIMESTAMPTZ, "created_at" '
    "TIMESTAMPTZ NOT NULL)",
    'CREATE UNIQUE INDEX "user_email" ON "user" ("email")',
    'CREATE TABLE "membership" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "user_id" INTEGER NOT '
    'NULL, "role" TEXT NOT NULL, "denied" JSONB NOT NULL, "only_group" INTEGER, "created_at" TIMESTAMPTZ NOT NULL, '
    'FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("user_id") REFERENCES "user" '
    '("id") ON DELETE CASCADE)',
    'CREATE INDEX "membership_org_id" ON "membership" ("org_id")',
    'CREATE INDEX "membership_user_id" ON "membership" ("user_id")',
    'CREATE UNIQUE INDEX "membership_org_id_user_id" ON "membership" ("org_id", "user_id")',
    'CREATE TABLE "sender_identity" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "name" TEXT NOT '
    'NULL, "email" TEXT NOT NULL, "reply_to" TEXT NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "sender_identity_org_id_email_name" ON "sender_identity" ("org_id", "email", "name")',
    'CREATE TABLE "campaign" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "name" TEXT NOT NULL, '
    '"channel" TEXT NOT NULL, "purpose" TEXT NOT NULL, "purpose_reason" TEXT NOT NULL, "subject" TEXT NOT NULL, '
    '"preheader" TEXT NOT NULL, "body" TEXT NOT NULL, "text" TEXT NOT NULL, "sender_id" INTEGER, "groups" JSONB NOT '
    'NULL, "excluded" JSONB NOT NULL, "state" TEXT NOT NULL, "scheduled_at" TIMESTAMPTZ, "started_at" TIMESTAMPTZ, '
    '"ended_at" TIMESTAMPTZ, "frozen" INTEGER NOT NULL, "letter" JSONB, "is_tracked" INTEGER NOT NULL, "is_caught" '
    'INTEGER NOT NULL, "trouble" TEXT NOT NULL, "author_id" INTEGER, "version" INTEGER NOT NULL, "created_at" '
    'TIMESTAMPTZ NOT NULL, "updated_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, UNIQUE ("org_id", "id"), FOREIGN KEY ("org_id", "sender_id") REFERENCES "sender_identity" '
    '("org_id", "id") ON DELETE RESTRICT)',
    'CREATE INDEX "campaign_org_id_state" ON "campaign" ("org_id", "state")',
    'CREATE INDEX "campaign_org_id_created_at" ON "campaign" ("org_id", "created_at")',
    'CREATE TABLE "contact" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, '
    '"title" TEXT NOT NULL, "first_name" TEXT NOT NULL, "last_name" TEXT NOT NULL, "preferred_name" TEXT NOT NULL, '
    '"organisation" TEXT NOT NULL, "language" TEXT NOT NULL, "birth_date" DATE, "roles" TEXT NOT NULL, "source" TEXT '
    'NOT NULL, "is_untracked" INTEGER NOT NULL, "obtained" TEXT NOT NULL, "sort_name" TEXT NOT NULL, "search_names" '
    'TEXT NOT NULL, "search_emails" TEXT NOT NULL, "search_numbers" TEXT NOT NULL, "version" INTEGER NOT NULL, '
    '"created_at" TIMESTAMPTZ NOT NULL, "updated_at" TIMESTAMPTZ NOT NULL, "erased_at" TIMESTAMPTZ, FOREIGN KEY '
    '("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_org_id_erased_at_sort_name_id" ON "contact" ("org_id", "erased_at", "sort_name", "id")',
    'CREATE INDEX "contact_org_id_updated_at" ON "contact" ("org_id", "updated_at")',
    'CREATE INDEX "contact_without_email" ON "contact" ("org_id", "erased_at", "search_emails", "sort_name", "id") '
    "WHERE search_emails = ''",
    'CREATE TABLE "contact_group" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "name" TEXT NOT NULL, '
    '"description" TEXT NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") '
    'ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "contact_group_org_id_name" ON "contact_group" ("org_id", "name")',
    'CREATE TABLE "import" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "user_id" INTEGER, '
    '"filename" TEXT NOT NULL, "path" TEXT NOT NULL, "mapping" JSONB NOT NULL, "existing" TEXT NOT NULL, "group_ids" '
    'JSONB NOT NULL, "source" TEXT NOT NULL, "obtained" TEXT NOT NULL, "channels" JSONB NOT NULL, "state" TEXT NOT '
    'NULL, "rows" INTEGER NOT NULL, "done" INTEGER NOT NULL, "added" INTEGER NOT NULL, "updated" INTEGER NOT NULL, '
    '"skipped" INTEGER NOT NULL, "failed" INTEGER NOT NULL, "problem" TEXT NOT NULL, "lease" TIMESTAMPTZ, '
    '"created_at" TIMESTAMPTZ NOT NULL, "ended_at" TIMESTAMPTZ, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "import_org_id_created_at" ON "import" ("org_id", "created_at")',
    'CREATE TABLE "campaign_link" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "campaign_id" INTEGER '
    'NOT NULL, "place" INTEGER NOT NULL, "url" TEXT NOT NULL, "words" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") REFERENCES "campaign" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "campaign_link_org_id_campaign_id_place" ON "campaign_link" ("org_id", "campaign_id", '
    '"place")',
    'CREATE TABLE "delivery" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER NOT '
    'NULL, "campaign_id" INTEGER NOT NULL, "channel" TEXT NOT NULL, "mac" TEXT NOT NULL, "address" TEXT NOT NULL, '
    '"state" TEXT NOT NULL, "reason" TEXT NOT NULL, "reply" TEXT NOT NULL, "bounce" TEXT NOT NULL, "message_id" TEXT '
    'NOT NULL, "worker" TEXT NOT NULL, "token" TEXT NOT NULL, "lease" TIMESTAMPTZ, "due" TIMESTAMPTZ, "attempts" '
    'INTEGER NOT NULL, "handed_at" TIMESTAMPTZ, "ended_at" TIMESTAMPTZ, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN '
    'KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES '
    '"contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "campaign_id") REFERENCES "campaign" '
    '("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "delivery_org_id_campaign_id_mac" ON "delivery" ("org_id", "campaign_id", "mac")',
    'CREATE INDEX "delivery_org_id_campaign_id_state_id" ON "delivery" ("org_id", "campaign_id", "state", "id")',
    'CREATE INDEX "delivery_org_id_contact_id" ON "delivery" ("org_id", "contact_id")',
    'CREATE INDEX "delivery_org_id_mac_state" ON "delivery" ("org_id", "mac", "state")',
    'CREATE INDEX "delivery_org_id_message_id" ON "delivery" ("org_id", "message_id")',
    'CREATE INDEX "delivery_state_lease" ON "delivery" ("state", "lease")',
    'CREATE INDEX "delivery_bounced" ON "delivery" ("org_id", "campaign_id", "bounce") WHERE bounce <> \'\'',
    'CREATE TABLE "attachment" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "campaign_id" INTEGER '
    'NOT NULL, "name" TEXT NOT NULL, "kind" TEXT NOT NULL, "body" BYTEA NOT NULL, "size" INTEGER NOT NULL, '
    '"created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN '
    'KEY ("org_id", "campaign_id") REFERENCES "campaign" ("org_id", "id") ON DELETE CASCADE, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "attachment_org_id_campaign_id" ON "attachment" ("org_id", "campaign_id")',
    'CREATE TABLE "contact_address" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, '
    '"line1" TEXT NOT NULL, "line2" TEXT NOT NULL, "suburb" TEXT NOT NULL, "city" TEXT NOT NULL, "postal_code" TEXT '
    'NOT NULL, "province" TEXT NOT NULL, "country" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_address_org_id_contact_id" ON "contact_address" ("org_id", "contact_id")',
    'CREATE INDEX "contact_address_org_id_city" ON "contact_address" ("org_id", "city")',
    'CREATE TABLE "contact_email" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, "address" '
    'TEXT NOT NULL, "normal" TEXT NOT NULL, "state" TEXT NOT NULL, "state_reason" TEXT NOT NULL, "state_words" TEXT '
    'NOT NULL, "state_at" TIMESTAMPTZ, "state_delivery_id" INTEGER, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, '
    'UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_email_org_id_contact_id" ON "contact_email" ("org_id", "contact_id")',
    'CREATE INDEX "contact_email_org_id_normal" ON "contact_email" ("org_id", "normal")',
    'CREATE INDEX "contact_email_org_id_state_contact_id" ON "contact_email" ("org_id", "state", "contact_id") WHERE '
    "state <> ''",
    'CREATE INDEX "contact_email_since" ON "contact_email" ("org_id", "state", "state_at") WHERE state <> \'\'',
    'CREATE TABLE "contact_note" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, "text" TEXT '
    'NOT NULL, "author" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_note_org_id_contact_id" ON "contact_note" ("org_id", "contact_id")',
    'CREATE TABLE "contact_telephone" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" '
    'INTEGER NOT NULL, "label" TEXT NOT NULL, "is_primary" INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, '
    '"number" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY '
    '("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "contact_telephone_org_id_contact_id" ON "contact_telephone" ("org_id", "contact_id")',
    'CREATE INDEX "contact_telephone_org_id_number" ON "contact_telephone" ("org_id", "number")',
    'CREATE TABLE "delivery_event" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "delivery_id" INTEGER NOT NULL, "campaign_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "detail" JSONB '
    'NOT NULL, "link_id" INTEGER, "is_machine" INTEGER NOT NULL, "source" TEXT NOT NULL, "agent" TEXT NOT NULL, "at" '
    'TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", '
    '"contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "delivery_id") '
    'REFERENCES "delivery" ("org_id", "id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "link_id") REFERENCES '
    '"campaign_link" ("org_id", "id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "delivery_event_org_id_campaign_id_kind_is_machine_delivery_id_at" ON "delivery_event" ("org_id", '
    '"campaign_id", "kind", "is_machine", "delivery_id", "at")',
    'CREATE INDEX "delivery_event_org_id_delivery_id" ON "delivery_event" ("org_id", "delivery_id")',
    'CREATE INDEX "delivery_event_org_id_kind_at" ON "delivery_event" ("org_id", "kind", "at")',
    'CREATE INDEX "delivery_event_traced" ON "delivery_event" ("org_id", "at") WHERE source <> \'\'',
    'CREATE TABLE "group_member" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "group_id" INTEGER NOT '
    'NULL, "contact_id" INTEGER NOT NULL, "joined_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" '
    '("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", "id") ON DELETE '
    'RESTRICT, FOREIGN KEY ("org_id", "group_id") REFERENCES "contact_group" ("org_id", "id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "group_member_org_id_group_id_contact_id" ON "group_member" ("org_id", "group_id", '
    '"contact_id")',
    'CREATE INDEX "group_member_org_id_contact_id" ON "group_member" ("org_id", "contact_id")',
    'CREATE TABLE "import_problem" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "import_id" INTEGER '
    'NOT NULL, "row" INTEGER NOT NULL, "column" TEXT NOT NULL, "message" TEXT NOT NULL, "cells" JSONB NOT NULL, '
    'FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE INDEX "import_problem_org_id_import_id_row" ON "import_problem" ("org_id", "import_id", "row")',
    'CREATE TABLE "justification" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER '
    'NOT NULL, "basis" TEXT NOT NULL, "channel" TEXT NOT NULL, "standing" TEXT NOT NULL, "source" TEXT NOT NULL, '
    '"detail" TEXT NOT NULL, "import_id" INTEGER, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact" ("org_id", '
    '"id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE INDEX "justification_org_id_contact_id" ON "justification" ("org_id", "contact_id")',
    'CREATE TABLE "log_entry" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "contact_id" INTEGER, '
    '"seq" INTEGER NOT NULL, "at" TIMESTAMPTZ NOT NULL, "action" TEXT NOT NULL, "user_id" INTEGER, "subject_id" '
    'INTEGER, "detail" JSONB, "salt" TEXT, "digest" TEXT NOT NULL, "hash" TEXT NOT NULL, FOREIGN KEY ("org_id") '
    'REFERENCES "org" ("id") ON DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "log_entry_org_id_seq" ON "log_entry" ("org_id", "seq")',
    'CREATE INDEX "log_entry_org_id_contact_id_seq" ON "log_entry" ("org_id", "contact_id", "seq")',
    'CREATE INDEX "log_entry_org_id_at" ON "log_entry" ("org_id", "at")',
    'CREATE TABLE "log_head" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "seq" INTEGER NOT NULL, '
    '"hash" TEXT NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT)',
    'CREATE UNIQUE INDEX "log_head_org_id" ON "log_head" ("org_id")',
    'CREATE TABLE "picture" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "campaign_id" INTEGER, '
    '"name" TEXT NOT NULL, "kind" TEXT NOT NULL, "body" BYTEA NOT NULL, "width" INTEGER NOT NULL, "height" INTEGER '
    'NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE RESTRICT, '
    'FOREIGN KEY ("org_id", "campaign_id") REFERENCES "campaign" ("org_id", "id") ON DELETE CASCADE, UNIQUE '
    '("org_id", "id"))',
    'CREATE TABLE "pulse" ("id" SERIAL NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL)',
    'CREATE UNIQUE INDEX "pulse_name" ON "pulse" ("name")',
    'CREATE TABLE "rate_window" ("id" SERIAL NOT NULL PRIMARY KEY, "window" BIGINT NOT NULL, "used" INTEGER NOT NULL)',
    'CREATE UNIQUE INDEX "rate_window_window" ON "rate_window" ("window")',
    'CREATE TABLE "returned_mail" ("id" SERIAL NOT NULL PRIMARY KEY, "road" TEXT NOT NULL, "recipient" TEXT NOT NULL, '
    '"state" TEXT NOT NULL, "why" TEXT NOT NULL, "kind" TEXT NOT NULL, "source" BYTEA NOT NULL, "lease" TIMESTAMPTZ, '
    '"at" TIMESTAMPTZ NOT NULL)',
    'CREATE INDEX "returned_mail_state_id" ON "returned_mail" ("state", "id")',
    'CREATE TABLE "session" ("id" SERIAL NOT NULL PRIMARY KEY, "token_hash" TEXT NOT NULL, "user_id" INTEGER NOT '
    'NULL, "membership_id" INTEGER, "started_at" TIMESTAMPTZ NOT NULL, "seen_at" TIMESTAMPTZ NOT NULL, "browser" TEXT '
    'NOT NULL, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE, FOREIGN KEY ("membership_id") '
    'REFERENCES "membership" ("id") ON DELETE CASCADE)',
    'CREATE UNIQUE INDEX "session_token_hash" ON "session" ("token_hash")',
    'CREATE INDEX "session_user_id" ON "session" ("user_id")',
    'CREATE INDEX "session_membership_id" ON "session" ("membership_id")',
    'CREATE TABLE "suppression" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "channel" TEXT NOT '
    'NULL, "mac" TEXT NOT NULL, "key_version" TEXT NOT NULL, "reason" TEXT NOT NULL, "delivery_id" INTEGER, '
    '"campaign_id" INTEGER, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON '
    'DELETE RESTRICT, UNIQUE ("org_id", "id"))',
    'CREATE UNIQUE INDEX "suppression_org_id_channel_mac" ON "suppression" ("org_id", "channel", "mac")',
    'CREATE TABLE "system_mail" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER NOT NULL, "user_id" INTEGER, '
    '"kind" TEXT NOT NULL, "subject_id" INTEGER, "recipient" TEXT NOT NULL, "sender" TEXT NOT NULL, "token" TEXT NOT '
    'NULL, "state" TEXT NOT NULL, "reply" TEXT NOT NULL, "message" TEXT NOT NULL, "lease" TIMESTAMPTZ, "attempts" '
    'INTEGER NOT NULL, "created_at" TIMESTAMPTZ NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE '
    "RESTRICT)",
    'CREATE INDEX "system_mail_org_id_state" ON "system_mail" ("org_id", "state")',
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX contact_search ON contact USING gin (search_names gin_trgm_ops, search_emails gin_trgm_ops, "
    "search_numbers gin_trgm_ops)",
]

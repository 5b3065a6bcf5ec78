"""Signing in by device, place and second factor: what it keeps, and the countries of each organisation."""

SQLITE = [
    'DELETE FROM "session"',
    'ALTER TABLE "org" ADD COLUMN "countries" TEXT NOT NULL DEFAULT \'["ZA"]\'',
    'ALTER TABLE "org" ADD COLUMN "requires_factor" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "session" ADD COLUMN "device_id" INTEGER',
    'ALTER TABLE "session" ADD COLUMN "confirmed_at" TEXT NOT NULL DEFAULT \'2000-01-01 00:00:00.000000\'',
    'ALTER TABLE "session" ADD COLUMN "address" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "session" ADD COLUMN "country" TEXT NOT NULL DEFAULT \'\'',
    'CREATE TABLE "place_exception" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "org_id" INTEGER, "user_id" '
    'INTEGER, "country" TEXT NOT NULL, "until" TEXT, "asked_at" TEXT NOT NULL, "granted_at" TEXT, "granted_by" TEXT '
    'NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE CASCADE, FOREIGN KEY ("user_id") REFERENCES '
    '"user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "place_exception_org_id" ON "place_exception" ("org_id")',
    'CREATE INDEX "place_exception_user_id" ON "place_exception" ("user_id")',
    'CREATE TABLE "device" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" INTEGER NOT NULL, "token_hash" '
    'TEXT NOT NULL, "browser" TEXT NOT NULL, "address" TEXT NOT NULL, "country" TEXT NOT NULL, "first_at" TEXT NOT '
    'NULL, "seen_at" TEXT NOT NULL, "revoked_at" TEXT, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE '
    "CASCADE)",
    'CREATE INDEX "device_user_id" ON "device" ("user_id")',
    'CREATE UNIQUE INDEX "device_user_id_token_hash" ON "device" ("user_id", "token_hash")',
    'CREATE INDEX "device_token_hash" ON "device" ("token_hash")',
    'CREATE TABLE "begun" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "purpose" TEXT NOT NULL, "user_id" '
    'INTEGER, "mac" TEXT NOT NULL, "secret_hash" TEXT NOT NULL, "link_hash" TEXT, "number" TEXT NOT NULL, "browser" '
    'TEXT NOT NULL, "address" TEXT NOT NULL, "network" TEXT NOT NULL, "country" TEXT NOT NULL, "target" TEXT NOT '
    'NULL, "guesses" INTEGER NOT NULL, "codes" INTEGER NOT NULL, "begun_at" TEXT NOT NULL, "proved_at" TEXT, '
    '"factor_at" TEXT, "ended_at" TEXT, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "begun_user_id" ON "begun" ("user_id")',
    'CREATE UNIQUE INDEX "begun_secret_hash" ON "begun" ("secret_hash")',
    'CREATE UNIQUE INDEX "begun_link_hash" ON "begun" ("link_hash")',
    'CREATE INDEX "begun_mac_begun_at" ON "begun" ("mac", "begun_at")',
    'CREATE INDEX "begun_user_id_begun_at" ON "begun" ("user_id", "begun_at")',
    'CREATE TABLE "wrong_series" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "key" TEXT NOT NULL, "user_id" '
    'INTEGER, "wrong" INTEGER NOT NULL, "first_at" TEXT NOT NULL, "last_at" TEXT NOT NULL, "told_at" TEXT)',
    'CREATE UNIQUE INDEX "wrong_series_key" ON "wrong_series" ("key")',
    'CREATE TABLE "sign_in_attempt" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "at" TEXT NOT NULL, "mac" TEXT '
    'NOT NULL, "user_id" INTEGER, "address" TEXT NOT NULL, "network" TEXT NOT NULL, "country" TEXT NOT NULL, '
    '"browser" TEXT NOT NULL, "device_id" INTEGER, "outcome" TEXT NOT NULL)',
    'CREATE INDEX "sign_in_attempt_at" ON "sign_in_attempt" ("at")',
    'CREATE INDEX "sign_in_attempt_mac_at" ON "sign_in_attempt" ("mac", "at")',
    'CREATE INDEX "sign_in_attempt_user_id_at" ON "sign_in_attempt" ("user_id", "at")',
    'CREATE INDEX "sign_in_attempt_network_at" ON "sign_in_attempt" ("network", "at")',
    'CREATE TABLE "used_captcha" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "nonce" TEXT NOT NULL, "at" TEXT '
    "NOT NULL)",
    'CREATE UNIQUE INDEX "used_captcha_nonce" ON "used_captcha" ("nonce")',
    'CREATE TABLE "second_factor" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" INTEGER NOT NULL, '
    '"kind" TEXT NOT NULL, "secret" TEXT NOT NULL, "waiting" TEXT NOT NULL, "last_step" INTEGER NOT NULL, '
    '"created_at" TEXT NOT NULL, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "second_factor_user_id" ON "second_factor" ("user_id")',
    'CREATE UNIQUE INDEX "second_factor_user_id_kind" ON "second_factor" ("user_id", "kind")',
    'CREATE TABLE "recovery_code" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" INTEGER NOT NULL, "mac" '
    'TEXT NOT NULL, "used_at" TEXT, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "recovery_code_user_id" ON "recovery_code" ("user_id")',
    'CREATE UNIQUE INDEX "recovery_code_user_id_mac" ON "recovery_code" ("user_id", "mac")',
    'CREATE TABLE "first_run" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "code_hash" TEXT NOT NULL)',
    'CREATE TABLE "portal_mail" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" INTEGER, "kind" TEXT NOT '
    'NULL, "recipient" TEXT NOT NULL, "sender" TEXT NOT NULL, "token" TEXT NOT NULL, "state" TEXT NOT NULL, "reply" '
    'TEXT NOT NULL, "message" TEXT NOT NULL, "good_until" TEXT, "lease" TEXT, "attempts" INTEGER NOT NULL, '
    '"created_at" TEXT NOT NULL)',
    'CREATE INDEX "portal_mail_state" ON "portal_mail" ("state")',
]

POSTGRESQL = [
    'DELETE FROM "session"',
    'ALTER TABLE "org" ADD COLUMN "countries" JSONB NOT NULL DEFAULT \'["ZA"]\'',
    'ALTER TABLE "org" ADD COLUMN "requires_factor" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "session" ADD COLUMN "device_id" INTEGER',
    'ALTER TABLE "session" ADD COLUMN "confirmed_at" TIMESTAMPTZ NOT NULL DEFAULT \'2000-01-01 00:00:00+00\'',
    'ALTER TABLE "session" ADD COLUMN "address" TEXT NOT NULL DEFAULT \'\'',
    'ALTER TABLE "session" ADD COLUMN "country" TEXT NOT NULL DEFAULT \'\'',
    'CREATE TABLE "place_exception" ("id" SERIAL NOT NULL PRIMARY KEY, "org_id" INTEGER, "user_id" INTEGER, "country" '
    'TEXT NOT NULL, "until" TIMESTAMPTZ, "asked_at" TIMESTAMPTZ NOT NULL, "granted_at" TIMESTAMPTZ, "granted_by" TEXT '
    'NOT NULL, FOREIGN KEY ("org_id") REFERENCES "org" ("id") ON DELETE CASCADE, FOREIGN KEY ("user_id") REFERENCES '
    '"user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "place_exception_org_id" ON "place_exception" ("org_id")',
    'CREATE INDEX "place_exception_user_id" ON "place_exception" ("user_id")',
    'CREATE TABLE "device" ("id" SERIAL NOT NULL PRIMARY KEY, "user_id" INTEGER NOT NULL, "token_hash" TEXT NOT NULL, '
    '"browser" TEXT NOT NULL, "address" TEXT NOT NULL, "country" TEXT NOT NULL, "first_at" TIMESTAMPTZ NOT NULL, '
    '"seen_at" TIMESTAMPTZ NOT NULL, "revoked_at" TIMESTAMPTZ, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON '
    "DELETE CASCADE)",
    'CREATE INDEX "device_user_id" ON "device" ("user_id")',
    'CREATE UNIQUE INDEX "device_user_id_token_hash" ON "device" ("user_id", "token_hash")',
    'CREATE INDEX "device_token_hash" ON "device" ("token_hash")',
    'CREATE TABLE "begun" ("id" SERIAL NOT NULL PRIMARY KEY, "purpose" TEXT NOT NULL, "user_id" INTEGER, "mac" TEXT '
    'NOT NULL, "secret_hash" TEXT NOT NULL, "link_hash" TEXT, "number" TEXT NOT NULL, "browser" TEXT NOT NULL, '
    '"address" TEXT NOT NULL, "network" TEXT NOT NULL, "country" TEXT NOT NULL, "target" TEXT NOT NULL, "guesses" '
    'INTEGER NOT NULL, "codes" INTEGER NOT NULL, "begun_at" TIMESTAMPTZ NOT NULL, "proved_at" TIMESTAMPTZ, '
    '"factor_at" TIMESTAMPTZ, "ended_at" TIMESTAMPTZ, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE '
    "CASCADE)",
    'CREATE INDEX "begun_user_id" ON "begun" ("user_id")',
    'CREATE UNIQUE INDEX "begun_secret_hash" ON "begun" ("secret_hash")',
    'CREATE UNIQUE INDEX "begun_link_hash" ON "begun" ("link_hash")',
    'CREATE INDEX "begun_mac_begun_at" ON "begun" ("mac", "begun_at")',
    'CREATE INDEX "begun_user_id_begun_at" ON "begun" ("user_id", "begun_at")',
    'CREATE TABLE "wrong_series" ("id" SERIAL NOT NULL PRIMARY KEY, "key" TEXT NOT NULL, "user_id" INTEGER, "wrong" '
    'INTEGER NOT NULL, "first_at" TIMESTAMPTZ NOT NULL, "last_at" TIMESTAMPTZ NOT NULL, "told_at" TIMESTAMPTZ)',
    'CREATE UNIQUE INDEX "wrong_series_key" ON "wrong_series" ("key")',
    'CREATE TABLE "sign_in_attempt" ("id" SERIAL NOT NULL PRIMARY KEY, "at" TIMESTAMPTZ NOT NULL, "mac" TEXT NOT '
    'NULL, "user_id" INTEGER, "address" TEXT NOT NULL, "network" TEXT NOT NULL, "country" TEXT NOT NULL, "browser" '
    'TEXT NOT NULL, "device_id" INTEGER, "outcome" TEXT NOT NULL)',
    'CREATE INDEX "sign_in_attempt_at" ON "sign_in_attempt" ("at")',
    'CREATE INDEX "sign_in_attempt_mac_at" ON "sign_in_attempt" ("mac", "at")',
    'CREATE INDEX "sign_in_attempt_user_id_at" ON "sign_in_attempt" ("user_id", "at")',
    'CREATE INDEX "sign_in_attempt_network_at" ON "sign_in_attempt" ("network", "at")',
    'CREATE TABLE "used_captcha" ("id" SERIAL NOT NULL PRIMARY KEY, "nonce" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL)',
    'CREATE UNIQUE INDEX "used_captcha_nonce" ON "used_captcha" ("nonce")',
    'CREATE TABLE "second_factor" ("id" SERIAL NOT NULL PRIMARY KEY, "user_id" INTEGER NOT NULL, "kind" TEXT NOT '
    'NULL, "secret" TEXT NOT NULL, "waiting" TEXT NOT NULL, "last_step" INTEGER NOT NULL, "created_at" TIMESTAMPTZ '
    'NOT NULL, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "second_factor_user_id" ON "second_factor" ("user_id")',
    'CREATE UNIQUE INDEX "second_factor_user_id_kind" ON "second_factor" ("user_id", "kind")',
    'CREATE TABLE "recovery_code" ("id" SERIAL NOT NULL PRIMARY KEY, "user_id" INTEGER NOT NULL, "mac" TEXT NOT NULL, '
    '"used_at" TIMESTAMPTZ, FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "recovery_code_user_id" ON "recovery_code" ("user_id")',
    'CREATE UNIQUE INDEX "recovery_code_user_id_mac" ON "recovery_code" ("user_id", "mac")',
    'CREATE TABLE "first_run" ("id" SERIAL NOT NULL PRIMARY KEY, "code_hash" TEXT NOT NULL)',
    'CREATE TABLE "portal_mail" ("id" SERIAL NOT NULL PRIMARY KEY, "user_id" INTEGER, "kind" TEXT NOT NULL, '
    '"recipient" TEXT NOT NULL, "sender" TEXT NOT NULL, "token" TEXT NOT NULL, "state" TEXT NOT NULL, "reply" TEXT '
    'NOT NULL, "message" TEXT NOT NULL, "good_until" TIMESTAMPTZ, "lease" TIMESTAMPTZ, "attempts" INTEGER NOT NULL, '
    '"created_at" TIMESTAMPTZ NOT NULL)',
    'CREATE INDEX "portal_mail_state" ON "portal_mail" ("state")',
]

"""Every table and place of the installation, and how the erasure of a contact empties it. A test compares this with the
schema, so that a new table is not forgotten: it has a holder, is swept, or stands here as being about no contact.
"""

# Emptied by the erasure itself: contacts.record and activity.log.
OWN = frozenset(
    {
        "contact", "contact_email", "contact_telephone", "contact_address", "contact_note", "group_member",
        "contact_value", "log_entry",
    }
)  # fmt: skip
# Tables that may name a contact without a column of his, and the sweep that empties them: privacy.sweeping.
SWEPT: dict[str, str] = {
    "import_problem": "rows of files that could not be brought in",
    "import": "files that wait to be brought in",
    "system_mail": "messages of the portal to colleagues",
    "returned_mail": "returned messages",
    "subscription": "sign-ups that wait to be confirmed",
}
# What stays on purpose, and tells nothing to who has the database alone.
LAWFUL_REMAINDER: dict[str, str] = {
    "suppression": "a keyed hash of the address, so that it is left alone",
    "approach": "a keyed hash of an address that was asked for consent, once ever",
    "erasure": "how much was erased, when, why and by whom",
    "nameless": "a row for statistics that is tied to no contact",
}
# The others, each with the reason why no contact stands in it.
NOT_ABOUT_CONTACTS: dict[str, str] = {
    "access_decision": "about users",
    "access_review": "about users",
    "answer_text": "answers before they are filled in",
    "attachment": "a file that goes to everybody of a campaign",
    "backup": "which archives there are",
    "backup_key": "public keys",
    "begun": "a sign-in of a user",
    "campaign": "what is written to all; names are filled in as it is sent",
    "campaign_link": "the links of a campaign",
    "consent_request": "what is asked of all",
    "contact_field": "the design of fields",
    "contact_group": "the names of groups",
    "contact_page": "the design of pages",
    "delivery_seal": "digests of keyed hashes",
    "device": "a browser of a user",
    "duplicate_search": "how many were compared",
    "duty": "whose a duty is",
    "duty_done": "when a duty was done, and what shows it",
    "export": "what a file is for; whom it names stands in export_contact, and the list asked for is emptied",
    "first_run": "how the installation was begun",
    "form_count": "how often a form was sent",
    "form_version": "what all were shown",
    "ground_run": "for how many a ground was written down",
    "import_declaration": "what a user signed about a whole file",
    "import_mapping": "the headings of files",
    "import_undo": "how many were taken back",
    "log_check": "how many entries were checked",
    "log_head": "the last hash of the log",
    "log_head_mail": "the hash that was mailed",
    "membership": "about users",
    "message_foot": "how messages end",
    "merge_run": "how many were merged",
    "notice_draft": "what all are told",
    "operator": "who keeps details for the organisation",
    "own_page": "what people may see of themselves",
    "org": "the organisation itself",
    "picture": "pictures of newsletters",
    "place_exception": "about users",
    "portal_mail": "messages to users and to support",
    "privacy_notice": "what all were told",
    "pulse": "whether workers live",
    "purpose": "for what people are kept",
    "rate_window": "how many messages left",
    "recovery_code": "about users",
    "request_desk": "who receives requests",
    "retention_rule": "how long contacts are kept",
    "review_reminder": "about users",
    "schema_migration": "the schema",
    "second_factor": "about users",
    "sender_identity": "addresses of the organisation",
    "session": "about users",
    "sign_in_attempt": "about users",
    "used_captcha": "pictures that were solved",
    "subscribe_form": "the design of a form",
    "user": "about users",
    "wording": "the words that all were shown",
    "wrong_series": "about users",
}
# Places of the data folder, beside the database.
FOLDERS: dict[str, str] = {
    "documents": "encrypted one by one; the file and its key go",
    "imports": "the file of an import goes when it ends, at the latest; one that waits and names him is given up",
    "caught": "messages to him, or that name his address, go",
    "anchors": "hashes",
    "erasures": "ids and keyed hashes: the journal",
    "backups": "encrypted for a key that is not here, and gone after 90 days",
    "keys": "keys",
    "redis": "ids of what is to be done",
}

"""Entries of the log in words. Data is written; sentences are made when they are read, and can be made better later."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.activity.models import LogEntry

# action -> (icon, what was done)
ACTIONS: dict[str, tuple[str, str]] = {
    "contact.added": ("plus", "added this contact"),
    "contact.imported": ("upload", "imported this contact"),
    "contact.updated_by_import": ("upload", "updated this contact by an import"),
    "contact.import_undone": ("undo-2", "took back what an import had done"),
    "contact.details_changed": ("pencil", "changed the details"),
    "contact.roles_changed": ("tag", "changed the roles"),
    "contact.email_added": ("mail", "added an email address"),
    "contact.email_changed": ("mail", "changed the email address"),
    "contact.email_removed": ("mail", "removed an email address"),
    "contact.email_state_changed": ("mail-x", "noted what came of an email address"),
    "contact.telephone_added": ("phone", "added a telephone"),
    "contact.telephone_changed": ("phone", "changed the telephone"),
    "contact.telephone_removed": ("phone", "removed a telephone"),
    "contact.address_added": ("map-pin", "added an address"),
    "contact.address_changed": ("map-pin", "changed the address"),
    "contact.address_removed": ("map-pin", "removed an address"),
    "contact.note_added": ("sticky-note", "wrote a note"),
    "contact.note_removed": ("sticky-note", "removed a note"),
    "contact.grouped": ("layers", "put this contact into the group"),
    "contact.ungrouped": ("layers", "took this contact out of the group"),
    "contact.fields_changed": ("pencil", "filled in a page"),
    "contact.unsubscribed": ("ban", "unsubscribed from email"),
    "contact.resubscribed": ("check", "asked to be written to again"),
    "contact.complained": ("ban", "called a message spam"),
    "contact.consent_requested": ("mail", "asked for consent"),
    "contact.consent_granted": ("check", "recorded a consent"),
    "contact.consent_reconfirmed": ("check", "recorded a consent that was given anew"),
    "contact.consent_withheld": ("ban", "recorded that consent was refused"),
    "contact.consent_withdrawn": ("ban", "recorded that a consent was taken back"),
    "contact.consent_expired": ("clock", "noted that a consent has run out"),
    "contact.objected": ("ban", "recorded an objection to direct marketing"),
    "contact.justified": ("shield-check", "recorded on what ground this contact is kept"),
    "contact.justification_ended": ("undo-2", "noted that a ground holds no more"),
    "contact.special_justified": ("shield-check", "recorded on what ground special information is kept"),
    "contact.special_justification_ended": ("undo-2", "noted that a ground for special information holds no more"),
    "contact.restricted": ("shield", "restricted this contact: nothing may be done but keeping"),
    "contact.unrestricted": ("undo-2", "lifted the restriction of this contact"),
    "purpose.added": ("plus", "added a purpose to the register"),
    "purpose.changed": ("pencil", "changed a purpose of the register"),
    "purpose.archived": ("inbox", "put a purpose of the register away"),
    "purpose.restored": ("undo-2", "took a purpose of the register out again"),
    "campaign.purpose_changed": ("pencil", "said what a campaign is for"),
    "grounds.recorded": ("shield-check", "recorded for many on what ground they are kept"),
    "contact.identity_added": ("key-round", "added a number"),
    "contact.identity_changed": ("key-round", "changed a number"),
    "contact.identity_removed": ("key-round", "removed a number"),
    "contact.identity_shown": ("eye", "was shown the whole number"),
    "contact.relation_added": ("users", "noted who belongs to this contact"),
    "contact.relation_changed": ("users", "changed how two contacts belong together"),
    "contact.relation_removed": ("users", "removed a relation"),
    "contact.deceased": ("circle-x", "noted that this person has died"),
    "contact.not_deceased": ("undo-2", "took back that this person has died"),
    "contact.archived": ("inbox", "archived this contact"),
    "contact.unarchived": ("undo-2", "brought this contact back from the archive"),
    "contact.photo_changed": ("image", "changed the photo"),
    "contact.photo_removed": ("image", "removed the photo"),
    "document.added": ("paperclip", "added a document"),
    "document.changed": ("pencil", "changed what is noted of a document"),
    "document.replaced": ("refresh-cw", "put another file in place of a document"),
    "document.removed": ("trash-2", "removed a document"),
    "document.opened": ("eye", "opened a document"),
    "document.quarantined": ("triangle-alert", "found malware in a document, which is held back"),
    "contact.merged": ("users", "merged another contact into this one"),
    "contact.merge_undone": ("undo-2", "took two contacts apart that had been merged"),
    "duplicates.searched": ("search", "looked for duplicates"),
    "duplicates.dismissed": ("x", "said of two contacts that they are not one"),
    "duplicates.restored": ("undo-2", "took back that two contacts are not one"),
    "duplicates.merge_begun": ("users", "began to merge duplicates"),
    "duplicates.merge_stopped": ("pause", "stopped merging duplicates"),
    "duplicates.merge_resumed": ("play", "went on merging duplicates"),
    "duplicates.merge_finished": ("users", "merged duplicates"),
    "contact.erased": ("trash-2", "deleted this contact"),
    "contact.confirmed": ("circle-check", "confirmed that this contact's details are right"),
    "erasure.begun": ("trash-2", "began to remove many contacts"),
    "erasure.stopped": ("pause", "stopped removing contacts"),
    "erasure.resumed": ("play", "went on removing contacts"),
    "erasure.finished": ("trash-2", "removed many contacts"),
    "erasure.certified": ("download", "took along a certificate of erasure"),
    "retention.added": ("clock", "said how long contacts are kept"),
    "retention.changed": ("clock", "changed how long contacts are kept"),
    "retention.archived": ("inbox", "put away a rule on how long contacts are kept"),
    "retention.restored": ("undo-2", "took out again a rule on how long contacts are kept"),
    "retention.found": ("clock", "found contacts whose time is over"),
    "retention.kept": ("clock", "decided to keep contacts whose time is over"),
    "contact.de_identified": ("trash-2", "made this contact nameless"),
    "page.added": ("plus", "added a page of fields"),
    "page.changed": ("pencil", "renamed a page of fields"),
    "page.moved": ("list", "put the pages of fields into another order"),
    "page.archived": ("inbox", "put a page of fields away"),
    "page.restored": ("undo-2", "took a page of fields out again"),
    "page.removed": ("trash-2", "deleted a page of fields"),
    "field.added": ("plus", "added a field"),
    "field.changed": ("pencil", "changed a field"),
    "field.moved": ("list", "put the fields of a page into another order"),
    "field.archived": ("inbox", "put a field away"),
    "field.restored": ("undo-2", "took a field out again"),
    "field.exported": ("download", "took along what stands in a field"),
    "field.removed": ("trash-2", "deleted a field and what stood in it"),
    "import.undo_begun": ("undo-2", "began to undo an import"),
    "import.undo_stopped": ("pause", "stopped undoing an import"),
    "import.undo_resumed": ("play", "went on undoing an import"),
    "import.undone": ("undo-2", "undid an import"),
    "operator.added": ("map-pin", "added a line to the register of where details go"),
    "operator.changed": ("map-pin", "changed a line of the register of where details go"),
    "operator.archived": ("inbox", "put away a line of the register of where details go"),
    "contact.code_sent": ("mail", "asked for a code to reach the own page"),
    "contact.browser_known": ("shield-check", "opened the own page with a code"),
    "contact.own_page_sent": ("mail", "sent the link to the own page"),
    "contact.own_page_asked": ("mail", "asked for the link to the own page"),
    "contact.address_brought_back": ("undo-2", "brought an address back that had been removed"),
    "notice.changed": ("file-text", "changed the draft of the privacy notice"),
    "notice.published": ("file-text", "published the privacy notice"),
    "task.added": ("clock", "noted a task"),
    "task.changed": ("pencil", "changed a task"),
    "task.done": ("circle-check", "did a task"),
    "task.reopened": ("undo-2", "took back that a task was done"),
    "task.removed": ("trash-2", "removed a task"),
    "group.added": ("layers", "added a group"),
    "group.changed": ("layers", "changed a group"),
    "group.removed": ("layers", "deleted a group"),
    "export.asked": ("download", "asked for contacts as a file"),
    "export.made": ("file-text", "had a file of contacts made"),
    "export.downloaded": ("download", "took contacts along as a file"),
    "export.password_shown": ("key-round", "was shown the password of a file"),
    "export.cancelled": ("x", "cancelled a file of contacts"),
    "export.failed": ("triangle-alert", "could not make a file of contacts"),
    "export.destroyed": ("trash-2", "confirmed that a file of contacts was destroyed"),
    "export.removed": ("trash-2", "removed a file of contacts from the portal"),
    "report.exported": ("download", "took a report along as a file"),
    "campaign.added": ("send", "began a newsletter"),
    "campaign.changed": ("send", "wrote on a newsletter"),
    "campaign.removed": ("send", "deleted a newsletter"),
    "campaign.audience_changed": ("send", "chose whom a newsletter goes to"),
    "campaign.tested": ("send", "sent a test of a newsletter"),
    "campaign.scheduled": ("send", "planned when a newsletter leaves"),
    "campaign.started": ("send", "let a newsletter go"),
    "campaign.finished": ("send", "sent a newsletter to its end"),
    "campaign.halted": ("triangle-alert", "stopped a newsletter that could not go on"),
    "campaign.paused": ("pause", "paused a newsletter"),
    "campaign.resumed": ("play", "let a newsletter go on"),
    "campaign.cancelled": ("x", "cancelled a newsletter"),
    "campaign.file_added": ("paperclip", "added a file to a newsletter"),
    "campaign.file_removed": ("paperclip", "took a file out of a newsletter"),
    "campaign.list_exported": ("download", "took along whom a newsletter reached"),
    "sender.added": ("mail", "added a sender"),
    "sender.changed": ("mail", "changed a sender"),
    "sender.removed": ("mail", "removed a sender"),
    "organisation.added": ("building-2", "began this organisation"),
    "organisation.changed": ("building-2", "changed the details of the organisation"),
    "organisation.suspended": ("ban", "suspended the organisation"),
    "organisation.resumed": ("check", "lifted the suspension of the organisation"),
    "organisation.countries_changed": ("map-pin", "changed from which countries people sign in"),
    "organisation.risky_country_confirmed": ("map-pin", "confirmed a country of high risk"),
    "user.signed_in": ("user", "signed in"),
    "user.signed_out": ("user", "signed out"),
    "user.abroad_asked": ("map-pin", "asked to sign in from another country"),
    "user.abroad_allowed": ("map-pin", "allowed signing in from another country"),
    "user.abroad_refused": ("map-pin", "refused signing in from another country"),
    "user.abroad_ended": ("map-pin", "ended signing in from another country"),
    "user.refused_abroad": ("ban", "was refused from another country"),
    "user.added": ("user", "added a user"),
    "user.role_changed": ("key-round", "gave a user another role"),
    "user.rights_changed": ("key-round", "changed the rights of a user"),
    "user.removed": ("user", "removed a user"),
    "user.seen_as": ("eye", "began to look as a user"),
    "user.seen_as_ended": ("eye", "stopped looking as a user"),
    "review.started": ("shield-check", "began a review of who may see what"),
    "review.signed": ("shield-check", "signed a review of who may see what"),
    "campaign.audience_frozen": ("users", "fixed whom a newsletter goes to"),
    "campaign.deliveries_sealed": ("shield-check", "sealed what became of messages"),
    "contact.proof_made": ("shield-check", "made a proof pack of this contact"),
    "import.begun": ("upload", "began to bring in a file"),
    "import.declared": ("upload", "said where the people of a file come from"),
    "import.finished": ("upload", "brought in a file"),
    "import.cancelled": ("x", "stopped bringing in a file"),
    "import.failed": ("triangle-alert", "could not bring in a file"),
    "user.sign_in_refused": ("ban", "refused a user at signing in"),
    "user.device_trusted": ("monitor", "signed in on a new device"),
    "user.device_revoked": ("monitor", "took a device out of the known ones"),
    "user.devices_disowned": ("triangle-alert", "said that a sign-in was somebody else's"),
    "user.recovery_code_used": ("key-round", "signed in with a recovery code"),
    "user.second_factor_added": ("key-round", "set up a second factor"),
    "user.second_factor_removed": ("key-round", "turned the second factor off"),
    "user.recovery_codes_renewed": ("key-round", "made new recovery codes"),
    "user.password_changed": ("key-round", "set a new password"),
    "user.locked": ("ban", "locked the account of a user"),
    "user.unlocked": ("undo-2", "opened the account of a user again"),
    "user.let_in_by_command": ("key-round", "let a user in by command"),
    "duty.assigned": ("shield-check", "said who looks after a duty, and by when"),
    "duty.done": ("shield-check", "noted that a duty was done"),
    "duty.missing_told": ("mail", "told support what is missing among the duties"),
    "user.written_to_by_support": ("mail", "wrote to a user"),
}
WORDS = {
    "first_name": "first name", "last_name": "last name", "preferred_name": "known as", "birth_date": "birth date",
    "organisation": "organisation", "kind": "kind", "id_number": "ID number", "vat_number": "VAT number",
    "body_kind": "kind of organisation", "registration": "registration number", "deceased_on": "died on",
    "deceased_note": "known from", "archived_at": "archived on", "archived_note": "why",
    "consented_on": "consent of", "consent_note": "how it was given", "is_marketing_too": "also for appeals",
    "obtained": "how they came here", "source": "source", "due": "by", "said_on": "said on", "given_by": "said by",
    "detail": "in words", "purpose_class": "kind of messages", "keeping": "how long it is kept",
}  # fmt: skip

Show = Callable[[str, Any], str]


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Sentence:
    """A line of history: who did what, and the pairs of before and after."""

    icon: str
    actor: str
    words: str
    changes: list[Change]
    entry: LogEntry


def sentence(
    entry: LogEntry, show: Show, hides: Callable[[str], bool], label: Callable[[str], str | None] = WORDS.get
) -> Sentence:
    """The entry in words. `show` writes a value for people; `hides` says which fields the reader may not see; `label`
    names those that have a name of their own.
    """
    icon, words = ACTIONS.get(entry.action, ("history", entry.action.replace(".", ": ").replace("_", " ")))
    if entry.detail is None:
        return Sentence(icon, "", "The details of this entry were removed", [], entry)
    pairs = (entry.detail.get("changes") or {}).items()
    changes = [
        Change(label(name) or WORDS.get(name, name.replace("_", " ")), show(name, old), show(name, new))
        for name, (old, new) in pairs
        if not hides(name) and (old or new)
    ]
    return Sentence(icon, entry.detail.get("actor", ""), words, changes, entry)

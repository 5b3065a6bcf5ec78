"""What the portal reads by itself of how the duties stand. Features above, such as backups, register theirs at
portal.core.readings; those below stand here, a line each.
"""

from datetime import datetime, timedelta

from portal.accounts.service import current_org
from portal.activity.models import LogCheck
from portal.consent import unjustified
from portal.consent.models import Purpose
from portal.consent.queries import sender_facts
from portal.consent.rules import IDENTITY
from portal.contacts.models import Email
from portal.core.clock import now
from portal.core.permissions import DataSet, Permission
from portal.core.readings import Reading, register_reading
from portal.core.written import day
from portal.delivery import notices, transport
from portal.documents import keeping
from portal.duplicates import queries as duplicates
from portal.exports import out_there
from portal.imports import signs
from portal.imports.models import Import
from portal.privacy import retention
from portal.privacy_notice import service as privacy_notice
from portal.transfers import service as transfers
from portal.users import reminding

LATELY = timedelta(days=90)
OLDEST_CHECK = timedelta(days=31)


def register() -> None:
    register_reading("purpose", _purposes, Permission.SETTINGS)
    register_reading("purpose", _unjustified, Permission.REPORT_READ)
    register_reading("proof", _proof, Permission.SETTINGS)
    register_reading("review", _review, Permission.USERS)
    register_reading("undeliverable", _undeliverable, Permission.REPORT_READ, DataSet.EMAIL)
    register_reading("records", _log, Permission.PRIVACY)
    register_reading("signing_in", _factor, Permission.USERS)
    register_reading("website", _encrypted)
    register_reading("documents", _scanner)
    register_reading("abroad", _transfers, Permission.SETTINGS)
    register_reading("sender", _sender, Permission.SETTINGS)
    register_reading("sender", _officer, Permission.SETTINGS)
    register_reading("sender", _complaints, Permission.SETTINGS)
    register_reading("bought", _imports, Permission.CONTACT_IMPORT)
    register_reading("duplicates", _duplicates, Permission.CONTACT_MERGE)
    register_reading("outside", _files, Permission.CONTACT_EXPORT)
    register_reading("outdated", _due, Permission.SETTINGS)
    register_reading("up_to_date", _notice, Permission.SETTINGS)


def _purposes() -> Reading:
    count = Purpose.select().where(Purpose.archived_at.is_null()).count()
    words = f"{_number(count, 'purpose is', 'purposes are')} written down."
    return Reading(words, count > 0, "consent.all_purposes")


def _unjustified() -> Reading:
    count = unjustified.count()
    words = f"{_number(count, 'contact is', 'contacts are')} kept without any ground on record."
    return Reading(words if count else "Every contact is kept on some ground.", count == 0, "consent.list_unjustified")


def _proof() -> Reading:
    if current_org().requires_proof:
        return Reading("Consents count only once they can be proven.", True, "consent.all_purposes")
    return Reading("Consents count also where you only know of them.", None, "consent.all_purposes")


def _review() -> Reading:
    found = reminding.counted_from()
    if found is None:
        return Reading("One person works here alone; there is nobody to look through.", True, "users.index")
    since, is_review = found
    if is_review:
        return Reading(f"The last review was signed on {_day(since)}.", not reminding.is_due(), "users.index")
    return Reading("The users were never looked through.", False if reminding.is_due() else None, "users.index")


def _undeliverable() -> Reading:
    count = Email.select().where(Email.state == "undeliverable").count()
    words = f"{_number(count, 'address', 'addresses')} could not be reached."
    return Reading(words if count else "Every address could be reached so far.", count == 0, "reports.undeliverable")


def _log() -> Reading:
    last = LogCheck.select().where(LogCheck.state == "done").order_by(LogCheck.created_at.desc()).first()
    if last is None:
        return Reading("The record was never checked.", False, "log.show")
    if not last.is_ok:
        return Reading(f"The check of {_day(last.ended_at)} found that the record was changed.", False, "log.show")
    words = f"The record was checked on {_day(last.ended_at)} and holds."
    return Reading(words, last.ended_at > now() - OLDEST_CHECK, "log.show")


def _factor() -> Reading:
    if current_org().requires_factor:
        return Reading("Every user needs a second factor.", True, "places.show")
    return Reading("A second factor is left to each user.", False, "places.show")


def _encrypted() -> Reading:
    if transport.base_url().startswith("https://"):
        return Reading("The portal is reached over encrypted connections.", True)
    return Reading("The portal is reached without encryption.", False)


def _scanner() -> Reading:
    if not keeping.has_scanner():
        return Reading("Uploaded files are not looked through for harmful programs: none is set up here.", False)
    if keeping.scanner_trouble():
        return Reading("What looks through uploaded files cannot be reached at the moment.", False)
    return Reading("Uploaded files are looked through for harmful programs.", True)


def _transfers() -> Reading:
    if without := transfers.without_ground():
        return Reading(f"Details would go abroad through {without} without a ground.", False, "transfers.index")
    if host := transfers.unnoted_relay():
        return Reading(f"Mail leaves through {host}, which is not noted.", False, "transfers.index")
    count = len(transfers.current())
    if not count:
        return Reading("Nothing is noted yet of where details go.", False, "transfers.index")
    words = f"{_number(count, 'line stands', 'lines stand')} in the register of where details go."
    return Reading(words, True, "transfers.index")


def _sender() -> Reading:
    _, missing = sender_facts()
    if missing:
        names = ", ".join(IDENTITY[name] for name in missing)
        return Reading(f"Not set: {names}.", False, "settings.organisation")
    return Reading("All that must stand at the foot of a message is set.", True, "settings.organisation")


def _officer() -> Reading:
    name = current_org().information_officer
    words = f"The information officer is {name}." if name else "No information officer is named."
    return Reading(words, bool(name), "settings.organisation")


def _complaints() -> Reading:
    words = (
        "An address for complaints is set." if current_org().complaints_email else "No address for complaints is set."
    )
    return Reading(words, bool(current_org().complaints_email), "settings.organisation")


def _imports() -> Reading:
    count = Import.select().where(Import.score >= signs.HIGH, Import.created_at > now() - LATELY).count()
    if not count:
        return Reading("No import of the last 90 days has strong signs of a bought list.", True, "imports.index")
    words = f"{_number(count, 'import', 'imports')} of the last 90 days {'has' if count == 1 else 'have'} signs"
    return Reading(f"{words} of a bought list.", False, "imports.index")


def _duplicates() -> Reading:
    if not (count := duplicates.count("certain")):
        return Reading("Nobody is known to be kept twice for certain.", None, "duplicates.index")
    words = f"{_number(count, 'pair is', 'pairs are')} certainly the same person or body."
    return Reading(words, False, "duplicates.index")


def _files() -> Reading:
    if not (count := out_there.overdue()):
        return Reading("No file of contacts is out there longer than was said.", True, "exports.index")
    words = f"{_number(count, 'file is', 'files are')} out there longer than was said."
    return Reading(words, False, "exports.index")


def _due() -> Reading:
    rules = [line for line in retention.lines() if not line.rule.archived_at]
    if not rules:
        return Reading("No rule says yet how long contacts are kept.", False, "retention.index")
    if not (count := sum(line.due for line in rules)):
        return Reading("By your rules nobody is due to be removed or looked at.", True, "retention.index")
    words = f"By your rules {_number(count, 'contact is', 'contacts are')} due to be removed or looked at."
    return Reading(words, False, "retention.index")


def _notice() -> Reading:
    if version := privacy_notice.version_now():
        return Reading(f"Version {version} of your privacy notice is published.", True, "privacy_notice.edit")
    return Reading("No privacy notice is published.", False, "privacy_notice.edit")


def _day(moment: datetime) -> str:
    return day(moment, notices.HOME)


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"

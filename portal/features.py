"""What pages, workers and commands need alike before they begin: the database, the keys, the queue, and what each
feature tells the lower ones. Knows no Flask, so that a worker stays small.
"""

from portal.accounts import places, strength
from portal.activity import anchors
from portal.asking import holding as asking
from portal.backups import stores, telling, whereabouts
from portal.campaigns import panel, sending, spacing
from portal.compliance import readings, reminding
from portal.compliance import service as compliance
from portal.config import BadSettings, Settings
from portal.consent import approaching, gatekeeping, purposes, restricting, sayings
from portal.contacts import field_facts, own_facts, person, photos, scope
from portal.core import db, keys, queue, shutting
from portal.delivery import holding, leaving, seals, transport
from portal.diary import home
from portal.documents import keeping
from portal.duplicates import holding as duplicates
from portal.exports import keeping as exports
from portal.imports import panel as imports
from portal.privacy import journal, retention, sweeping
from portal.profile import asked as asked_changes
from portal.profile import confirming
from portal.profile import deciding as deciding_changes
from portal.profile import sending as profile
from portal.requests import holding as requests
from portal.run import watch
from portal.subscribing import holding as subscribing
from portal.transfers import service as transfers

RULES = (
    shutting.register,
    scope.register,
    own_facts.register,
    field_facts.register,
    photos.register,
    purposes.register,
    restricting.register,
    sayings.register,
    gatekeeping.register,
    approaching.register,
    person.register,
    holding.register,
    leaving.register,
    sending.register,
    spacing.register,
    panel.register,
    asking.register,
    transfers.register,
    imports.register,
    exports.register,
    seals.register,
    home.register,
    deciding_changes.register,
    profile.register,
    subscribing.register,
    asked_changes.register,
    confirming.register,
    compliance.register,
    readings.register,
    reminding.register,
    duplicates.register,
    journal.register,
    sweeping.register,
    retention.register,
    requests.register,
    telling.register,
    whereabouts.register,
)


def prepare(settings: Settings) -> None:
    """Point the process at its installation. Opens no connection. Raises BadSettings while one is being put back: what
    it holds may name people who were erased since.
    """
    being_restored = settings.data_dir / "restoring"
    if being_restored.exists() and any(being_restored.iterdir()):
        raise BadSettings("A backup is being put back, or that was broken off: run portal restore again.")
    db.connect(settings.database_url)
    keys.use(settings.address_keys)
    queue.use(settings.redis_url)
    transport.use(settings)
    places.use(settings)
    strength.use(settings)
    keeping.use(settings)
    anchors.use(settings)
    journal.use(settings)
    sweeping.use(settings)
    stores.use(settings)
    watch.use(settings)
    for register in RULES:
        register()

"""Everything that happens by the clock, on one page. A tick finds what is due in the database and rings for it; to
tick twice does no harm, and a time missed while the machine was off is made up at the next tick.
"""

from collections.abc import Callable
from dataclasses import dataclass

from portal.run.pulse import EVERY
from workers import (
    backups,
    bounces,
    delivery,
    documents,
    duplicates,
    exports,
    grounds,
    imports,
    log,
    privacy,
    pulse,
    tidying,
    watching,
)


@dataclass(frozen=True)
class Periodic:
    name: str
    seconds: int
    run: Callable[[], None]


PERIODIC: tuple[Periodic, ...] = (
    Periodic("campaigns", 15, delivery.ring_for_campaigns),
    Periodic("mail", 20, delivery.ring_for_mail),
    Periodic("returned", 20, bounces.ring_for_returned),
    Periodic("mailbox", 60, bounces.ring_for_mailbox),
    Periodic("imports", 20, imports.ring_for_imports),
    Periodic("exports", 20, exports.ring_for_exports),
    Periodic("grounds", 20, grounds.ring_for_grounds),
    Periodic("duplicates", 20, duplicates.ring_for_duplicates),
    Periodic("documents", 60, documents.ring_for_documents),
    Periodic("seals", 60, log.ring_for_seals),
    Periodic("checks", 20, log.ring_for_checks),
    Periodic("refusals", 600, log.tell_of_refusals),
    Periodic("anchors", 3600, log.anchor),
    Periodic("erasures", 20, privacy.ring_for_erasures),
    Periodic("retention", 86_400, privacy.look_who_is_due),
    Periodic("scrubbing", 86_400, privacy.scrub_by_night),
    Periodic("tidying", 3600, tidying.tidy),
    Periodic("backups", 300, backups.ring_for_backup),
    Periodic("journal", 60, backups.ring_for_journal),
    Periodic("watch", 120, watching.look_after),
    Periodic("pulse", EVERY, pulse.ring_for_pulse),
)

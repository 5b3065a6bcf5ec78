"""What is looked at all the time: for the status page and /metrics when they are asked, for the alarms by the clock.

An alarm goes by mail to support when something becomes wrong, with a sentence and the command that helps, once a day
while it stays so, and once more when it is well again. It is handed over by whoever notices it, for the workers may be
what is gone. When its own row cannot be written no mail leaves: the alarm of a disk comes while there is room yet.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from shutil import disk_usage

from portal.config import Settings
from portal.core import watching
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.watching import GOOD, WRONG, Figure, Finding
from portal.delivery import system_mail
from portal.delivery.models import PortalMail
from portal.run import doctor_machine, organisation_shut, pulse, queue_state, standing
from portal.run.models import Pulse
from portal.signin import telling

log = logging.getLogger("portal.watch")
AGAIN = timedelta(days=1)
_TOLD = "told: "
_settings: list[Settings] = []
_suspected: set[str] = set()  # what was wrong a moment ago

LOOKS: tuple[Callable[[Settings], Finding], ...] = (
    doctor_machine.room,
    doctor_machine.queue,
    doctor_machine.processes,
    standing.mail_stands_still,
    organisation_shut.organisations,
)


def use(settings: Settings) -> None:
    _settings[:] = [settings]


def findings() -> list[Finding]:
    """How everything stands that is looked at all the time."""
    own = [doctor_machine.ask(partial(look, _settings[0]), look.__name__) for look in LOOKS]
    return own + [doctor_machine.ask(look, look.__name__) for look in watching.looks(watched_only=True)]


def queue() -> queue_state.QueueState:
    return queue_state.read(_settings[0].redis_url)


def figures() -> list[Figure]:
    """Everything as numbers."""
    disk, state, mail = disk_usage(_settings[0].data_dir), queue(), standing.mail()
    silent = [(name, pulse.last(name)) for name in (pulse.SCHEDULER, pulse.WORKERS)]
    return [
        Figure("disk_free_bytes", "Room left where the data lies.", disk.free),
        Figure("disk_size_bytes", "Room there is where the data lies.", disk.total),
        Figure("queue_answers", "Whether Redis can be reached.", state.answers),
        Figure("queue_jobs", "Jobs that wait, and that failed within a day.", state.waiting, {"state": "waiting"}),
        Figure("queue_jobs", "Jobs that wait, and that failed within a day.", state.failed, {"state": "failed"}),
        Figure("workers", "Processes that work.", len(state.workers)),
        *[
            Figure("seconds_since_sign_of_life", "How long a kind of process has been silent.",
                   round((now() - at).total_seconds(), 1), {"process": name})
            for name, at in silent if at is not None
        ],
        Figure("messages_waiting", "Messages that are to leave.", mail.of_campaigns, {"kind": "campaign"}),
        Figure("messages_waiting", "Messages that are to leave.", mail.single, {"kind": "single"}),
        Figure("messages_handed_lately", "Messages of campaigns handed over in five minutes.", mail.handed_lately),
        *[
            Figure("well", "Whether what is watched is well.", found.level != WRONG, {"name": found.name})
            for found in findings()
        ],
        *watching.figures(),
    ]  # fmt: skip


def look_after() -> None:
    """Tell support of what has become wrong or well. Called by the clock; what is wrong once may be on its way up."""
    told = {row.name.removeprefix(_TOLD): row.at for row in Pulse.select().where(Pulse.name.startswith(_TOLD))}
    before = set(_suspected)
    _suspected.clear()
    for found in findings():
        if found.level == WRONG:
            _suspected.add(found.name)
            if found.name in before and (found.name not in told or now() - told[found.name] > AGAIN):
                _tell(found, is_over=False)
        elif found.level == GOOD and found.name in told:
            _tell(found, is_over=True)


def _tell(found: Finding, *, is_over: bool) -> None:
    log.warning("%s is %s", found.name, "well again" if is_over else "wrong")
    with transaction():
        if is_over:
            Pulse.delete().where(Pulse.name == _TOLD + found.name).execute()
        else:
            pulse.beat(_TOLD + found.name)
        mails = telling.tell_support("trouble", found=found, is_over=is_over, at=now(), path="/support/status")
    for mail_id in mails:
        system_mail.deliver(mail_id, PortalMail)

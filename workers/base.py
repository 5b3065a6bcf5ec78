"""How a job enters: with a connection, as the portal itself, for the organisation it was rung for and no other."""

import logging
from collections.abc import Callable
from functools import wraps

from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.db import connected
from portal.core.shutting import Shut
from portal.core.tenancy import Org

log = logging.getLogger("portal.workers")


class JobFailed(RuntimeError):
    """A job could not be done. Its work stays due in the database and is rung for again."""


def org_job(run: Callable[..., None]) -> Callable[..., None]:
    """A job of one organisation. Its arguments are ids. What fails is logged here and told to the queue without its
    words, for the queue keeps what it is told.
    """

    @wraps(run)
    def job(org_id: int, **ids: int) -> None:
        try:
            with connected(), acting_as(system(org_id)):
                shutting.refuse(org_id)
                run(**ids)
        except Shut:
            log.info("a job waits until its organisation is put back", extra={"job": run.__name__, "org_id": org_id})
        except Exception as error:
            log.exception("a job failed", extra={"job": run.__name__, "org_id": org_id})
            raise JobFailed(f"{run.__name__}: {type(error).__name__}") from None

    return job


def portal_job(run: Callable[..., None]) -> Callable[..., None]:
    """A job of the installation, for no organisation. Fails like one of an organisation."""

    @wraps(run)
    def job(**ids: int) -> None:
        try:
            with connected():
                run(**ids)
        except Shut:
            log.info("a job waits until an organisation is put back", extra={"job": run.__name__})
        except Exception as error:
            log.exception("a job failed", extra={"job": run.__name__})
            raise JobFailed(f"{run.__name__}: {type(error).__name__}") from None

    return job


def each_org(run: Callable[[], None]) -> None:
    """Do something for every organisation, as the portal itself in each. One that fails does not stop the others."""
    with connected():
        for org_id in [org.id for org in Org.select(Org.id)]:
            try:
                with acting_as(system(org_id)):
                    shutting.refuse(org_id)
                    run()
            except Shut:
                continue
            except Exception:
                log.exception("a sweep failed", extra={"job": run.__name__, "org_id": org_id})

"""What is done every hour: what nobody needs any more is forgotten, the database learns how it has grown, and who
should look through something is reminded.
"""

from portal.compliance import reminding as duties
from portal.core.db import connected, learn_sizes
from portal.delivery import bouncing, system_mail, tracking
from portal.delivery.models import PortalMail
from portal.documents import sweeping
from portal.duplicates import parting
from portal.exports import keeping, out_there
from portal.imports import service as imports
from portal.profile import codes
from portal.requests import service as requests
from portal.signin import service as signin
from portal.subscribing import signing_up
from portal.users import reminding
from workers.base import each_org


def tidy() -> None:
    with connected():
        signin.tidy()
        bouncing.tidy()
        system_mail.tidy(PortalMail)
        sweeping.sweep()
        learn_sizes()
    each_org(_tidy)


def _tidy() -> None:
    system_mail.tidy()
    tracking.tidy()
    imports.tidy()
    codes.tidy()
    signing_up.tidy()
    keeping.tidy()
    out_there.remind()
    parting.tidy()
    requests.tidy()
    reminding.remind()
    duties.remind()

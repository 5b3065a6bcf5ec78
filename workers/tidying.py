"""What is forgotten after its time: nobody needs it any more, and it may name people."""

from portal.delivery import system_mail
from portal.imports import service as imports
from portal.signin import service as signin
from workers.base import connection, each_org


def tidy() -> None:
    with connection():
        signin.tidy()
    each_org(_tidy)


def _tidy() -> None:
    system_mail.tidy()
    imports.tidy()

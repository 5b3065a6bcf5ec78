"""What is wrong with the installation is told by mail, by the scheduler itself: the workers may be what is gone."""

from portal.run import watch
from workers.base import connection


def look_after() -> None:
    with connection():
        watch.look_after()

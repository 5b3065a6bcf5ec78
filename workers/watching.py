"""What is wrong with the installation is told by mail, by the scheduler itself: the workers may be what is gone."""

from portal.core.db import connected
from portal.run import watch


def look_after() -> None:
    with connected():
        watch.look_after()

"""Signs of life, for those who watch the installation."""

from portal.core import queue
from portal.core.db import connected
from portal.run import pulse


def beat() -> None:
    """A worker's sign of life. Concerns no organisation."""
    with connected():
        pulse.beat(pulse.WORKERS)


def ring_for_pulse() -> None:
    with connected():
        pulse.beat(pulse.SCHEDULER)
    queue.ring(queue.BEAT)

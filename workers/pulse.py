"""Signs of life, for those who watch the installation."""

from portal.core import queue
from portal.run import pulse
from workers.base import connection


def beat() -> None:
    """A worker's sign of life. Concerns no organisation."""
    with connection():
        pulse.beat(pulse.WORKERS)


def ring_for_pulse() -> None:
    with connection():
        pulse.beat(pulse.SCHEDULER)
    queue.ring(queue.BEAT)

"""Long jobs have processes of their own, which live as long as there are some: no message waits behind a backup or an
import, and an idle installation is as small as if there were none. The scheduler forks them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from portal.core import db, queue
from portal.run.tree import Forked, end_all

LONGEST_PAUSE = 30.0  # seconds, after processes that failed one after another
GRACE = 4.0  # shorter than that of the tree, which waits for the scheduler


@dataclass
class Lane:
    """The jobs of one bell, and how many processes are at them at most."""

    bell: str
    most: int
    running: list[Forked] = field(default_factory=list)
    pause: float = 0.0
    due: float = 0.0

    def clear(self) -> None:
        """Forget those that ended. After one that failed nothing begins for a growing while."""
        ended = [process for process in self.running if process.poll() is not None]
        self.running = [process for process in self.running if process not in ended]
        if any(process.returncode for process in ended):
            self.pause = min(LONGEST_PAUSE, max(1.0, self.pause * 2))
            self.due = time.monotonic() + self.pause
        elif ended:
            self.pause = 0.0


class Lanes:
    """`answer` is what a process does: it answers a bell until nothing waits there."""

    def __init__(self, answer: Callable[[str], None], most: int) -> None:
        self._answer = answer
        self._lanes = [Lane(queue.WORK, most), Lane(queue.WHOLE, 1)]

    def look(self) -> None:
        """Start a process where something waits and there is room for one."""
        for lane in self._lanes:
            lane.clear()
            if len(lane.running) < lane.most and time.monotonic() >= lane.due and queue.waiting(lane.bell):
                name = lane.bell.removeprefix(f"{queue.NAME}-")
                db.disconnect()  # two processes on one connection would read each other's answers
                lane.running.append(Forked(name, partial(self._answer, lane.bell)))

    def end(self) -> None:
        """End all. What is broken off is done again from where it was."""
        end_all([process for lane in self._lanes for process in lane.running], GRACE)

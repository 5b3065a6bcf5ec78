"""A supervised tree of processes: what ends is started again, and all end together.

A child that dies at once is tried again after a growing pause. Children are told by the kernel to end when the
supervisor is killed, so that none is left over. A child is a command, or a function: then it is forked and shares
the memory of what this process has loaded.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

log = logging.getLogger("portal.run")
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG
LONGEST_PAUSE = 30.0
GRACE = 8.0


@dataclass
class Child:
    """One process of the tree. Those of a lower `layer` start first and end last."""

    name: str
    command: list[str] = field(default_factory=list)
    run: Callable[[], None] | None = None  # instead of a command
    layer: int = 1
    before: Callable[[], None] = lambda: None
    process: "subprocess.Popen[bytes] | Forked | None" = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)


class Forked:
    """A child that runs a function, with the words of Popen that the tree uses."""

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        parent = os.getpid()
        self._process = get_context("fork").Process(target=_live, args=(name, run, parent), name=name)
        self._process.start()
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode


class Tree:
    def __init__(self, children: list[Child], environ: Mapping[str, str], folder: str, grace: float = GRACE) -> None:
        self.grace = grace
        self.children = sorted(children, key=lambda child: child.layer)
        self.environ = dict(environ)
        self.folder = folder
        self.is_ending = False
        self.begins_anew = False

    def start(self, layer: int) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_end)
        signal.signal(signal.SIGHUP, self._asked_to_begin_anew)
        for child in self.children:
            if child.layer == layer:
                self._start(child)

    def watch(self) -> None:
        """Keep the tree whole until a signal asks it to end; then end it, within ten seconds."""
        while not self.is_ending:
            self._restart_what_ended()
            time.sleep(0.2)
        self.end()

    def end(self) -> None:
        for layer in sorted({child.layer for child in self.children}, reverse=True):
            self._end([child for child in self.children if child.layer == layer], self.grace if layer else 1.5)

    def _asked_to_end(self, _number: int, _frame: object) -> None:
        self.is_ending = True

    def _asked_to_begin_anew(self, _number: int, _frame: object) -> None:
        self.is_ending = self.begins_anew = True

    def _start(self, child: Child) -> None:
        child.before()
        child.started = time.monotonic()
        if child.run is not None:
            child.process = Forked(child.name, child.run)
            return
        parent = os.getpid()
        child.process = subprocess.Popen(
            child.command,
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the supervisor, which ends the children in order
            preexec_fn=lambda: _end_with(parent),
        )

    def _restart_what_ended(self) -> None:
        at = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                lived = at - child.started
                child.pause = 0.2 if lived > 30 else min(LONGEST_PAUSE, max(0.2, child.pause * 2))
                log.warning("%s ended with %s; started again", child.name, child.process.returncode)
                child.process, child.due = None, at + child.pause
            if child.process is None and at >= child.due:
                self._start(child)

    def _end(self, children: list[Child], grace: float) -> None:
        end_all([child.process for child in children if child.process is not None], grace)


def end_all(processes: "Iterable[subprocess.Popen[bytes] | Forked]", grace: float) -> None:
    """Ask all of them to end at once; kill those that have not after so many seconds."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    until = time.monotonic() + grace
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _live(name: str, run: Callable[[], None], parent: int) -> None:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    _end_with(parent)
    call_this(name)
    try:
        run()
    except Exception:
        log.exception("%s failed", name)
        sys.exit(1)


def call_this(name: str) -> None:
    """Give this process the name that ps and top show, of at most fifteen letters."""
    Path("/proc/self/comm").write_text(name[:15])


def _end_with(parent: int) -> None:
    """In the child: be ended when the supervisor dies, however it dies."""
    ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)

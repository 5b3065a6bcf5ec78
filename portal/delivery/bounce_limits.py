"""Reads a returned message in a process of its own, with little time and memory: a poisoned one harms nobody (F02)."""

import resource
from multiprocessing import get_context
from multiprocessing.connection import Connection

from portal.delivery.bounce_reading import UNREADABLE, Finding, read

SECONDS = 5
MEMORY = 256 * 1024 * 1024


def read_within(source: bytes) -> Finding:
    """What the message is; `unreadable` also when reading it took too long or too much."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_read, args=(source, there))
    process.start()
    there.close()
    try:
        finding = here.recv() if here.poll(SECONDS + 1) else Finding(UNREADABLE)
    except EOFError:
        finding = Finding(UNREADABLE)
    finally:
        process.kill()
        process.join()
        here.close()
    return finding


def _read(source: bytes, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_size() + MEMORY, _size() + MEMORY))
    answer.send(read(source))


def _size() -> int:
    """The address space this process has already."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()

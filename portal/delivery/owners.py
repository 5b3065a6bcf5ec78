"""Who holds a claimed row: a process, named so that its own machine can tell whether it still lives.

A lease frees what an owner left, whichever machine it was on; knowing that he is gone frees it at once.
"""

import os
import socket
from pathlib import Path


def me() -> str:
    """This process: its machine, its process namespace (containers count by themselves), its number."""
    return f"{_place()}:{os.getpid()}"


def is_gone(owner: str) -> bool:
    """Whether this was a process of this machine that has ended. False when only the lease can tell."""
    place, _, number = owner.rpartition(":")
    if place != _place() or not number.isdigit():
        return False
    stat = Path(f"/proc/{number}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"  # ended, but not yet taken notice of
    except FileNotFoundError:
        return Path("/proc/self").exists()
    except (OSError, IndexError):
        return False


def _place() -> str:
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()}/{namespace}"

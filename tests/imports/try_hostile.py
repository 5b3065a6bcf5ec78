"""Run as a program with little memory: opens each hostile file as an import does, and says what came of it."""

import json
import resource
import sys
import tempfile
from pathlib import Path

from portal.imports.limits import UnreadableFile
from portal.imports.reading import open_table
from tests.imports import hostile


def main(which: str, megabytes: int) -> None:
    outcomes = {}
    files = getattr(hostile, which)
    seconds = 10 + 2 * len(files)  # of the processor, with the making of them; whoever takes more is killed
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    for name, make in files.items():
        with tempfile.NamedTemporaryFile() as file:
            file.write(make())
            file.flush()
            outcomes[name] = _open(Path(file.name), megabytes)
    print(json.dumps(outcomes))


def _open(path: Path, megabytes: int) -> str:
    """What was said of it, with so much more memory than before."""
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * 2**20, resource.RLIM_INFINITY))
    try:
        for _ in open_table(path, "people.xlsx").rows:
            pass
        return "taken in"
    except UnreadableFile as refusal:
        return str(refusal)
    except MemoryError:
        return "out of memory"
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""Commands of the portal in processes of their own, each forked from one that has read the program already: a script's
view of them, at a tenth of the price.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping

from portal.cli import main

LONGEST = 300  # seconds, on a machine that has much else to do
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["pytest", "portal.cli"])


def command(words: tuple[object, ...], environ: Mapping[str, str], text: str = "") -> tuple[int, str, str]:
    """`portal …` with this environment and nothing else of it: its exit code, what it said, and what it said of faults.
    `text` is what is typed into it.
    """
    with tempfile.TemporaryFile() as typed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        typed.write(text.encode())
        typed.seek(0)
        streams = [multiprocessing.reduction.DupFd(file.fileno()) for file in (typed, out, err)]
        process = _forking.Process(target=_run, args=([str(word) for word in words], dict(environ), streams))
        process.start()
        process.join(LONGEST)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"portal {words} has not ended")
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
        return process.exitcode, said[0], said[1]


def _run(words: list[str], environ: dict[str, str], streams: list) -> None:
    for target, stream in enumerate(streams):
        os.dup2(stream.detach(), target)
    sys.stdin = os.fdopen(0, "r", encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["portal", *words]
    main()

"""`python -m workers work|schedule|listen|together N`: what the commands of these names and `portal up` run."""

import gc
import os
import sys
from functools import partial

from portal.config import Settings
from portal.core import db, logs
from portal.features import prepare
from portal.run import web
from portal.run.tree import Child, Tree, call_this
from portal.run.up import WORKERS
from workers import run

GRACE = 7.0  # shorter than that of `portal up`, which waits for this process


def main() -> None:
    logs.setup()
    settings = Settings.from_environment()
    match sys.argv[1:]:
        case ["together", count]:
            together(settings, int(count))
        case words:
            prepare(settings)
            alone(settings, *words)


def alone(settings: Settings, what: str) -> None:
    match what:
        case "schedule":
            run.schedule(settings, WORKERS)
        case "listen":
            from portal.delivery import bounce_listener

            bounce_listener.serve(settings.bounce_listen, settings.bounce_address)
        case _:
            run.work(settings)


def together(settings: Settings, count: int) -> None:
    """The web server, the scheduler, so many workers and, without SMTP_URL, the mail catcher: all forked from this
    process, so that what it has loaded is in memory once.
    """
    import wsgi  # noqa: F401  # loads the program for all of them

    call_this("portal")
    children = [Child("web", run=partial(web.serve, settings.port))]
    children += [Child("scheduler", run=partial(run.schedule, settings, count))]
    children += [Child(f"worker {number + 1}", run=partial(run.work, settings)) for number in range(count)]
    if settings.smtp_url is None:
        from portal.delivery import catcher  # not loaded where nothing is caught

        children.append(
            Child("mail catcher", run=partial(catcher.serve, settings.data_dir, settings.catcher_port_file))
        )
    if settings.bounce_listen:
        from portal.delivery import bounce_listener  # not loaded where nobody delivers to us

        serve = partial(bounce_listener.serve, settings.bounce_listen, settings.bounce_address)
        children.append(Child("bounces", run=serve))
    db.disconnect()
    gc.collect()
    gc.freeze()
    tree = Tree(children, os.environ, os.getcwd(), GRACE)
    tree.start(1)
    tree.watch()


if __name__ == "__main__":
    main()

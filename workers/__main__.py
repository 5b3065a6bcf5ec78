"""`python -m workers work|schedule`: what `portal worker` and `portal schedule` run."""

import sys

from portal.config import Settings
from portal.core import logs
from portal.features import prepare
from workers import run


def main() -> None:
    logs.setup()
    settings = Settings.from_environment()
    prepare(settings)
    if sys.argv[1:] == ["schedule"]:
        run.schedule()
    else:
        run.work(settings)


if __name__ == "__main__":
    main()

"""`make bench`: reproducible figures, each beside a reference measured in the same run.

`python -m bench [PART] [--contacts N] [--fields N] [--recipients N] [--entries N] [--tries N] [--megabytes N]
[--backups N] [--postgresql] [--splink PYTHON]`. Numbers are of this machine and this moment; read the ratios.
"""

import argparse

from bench import (
    activity,
    backups,
    campaign,
    contacts,
    documents,
    duplicates,
    exports,
    fields,
    groups,
    history,
    imports,
    log,
    signin,
    weight,
)

PARTS = (
    "contacts",
    "fields",
    "groups",
    "history",
    "log",
    "import",
    "export",
    "campaign",
    "weight",
    "signin",
    "documents",
    "activity",
    "duplicates",
    "backups",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=("all", *PARTS))
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--fields", type=int, default=100)
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--backups", type=int, default=100)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--tries", type=int, default=100)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true", help="of the part activity: on a cluster of its own")
    parser.add_argument(
        "--splink", default="", help="of the part duplicates: a Python that has splink, to compare with"
    )
    chosen = parser.parse_args()
    if chosen.what in ("all", "weight"):
        weight.run()
    if chosen.what in ("all", "import"):
        imports.run(chosen.contacts)
    if chosen.what in ("all", "export"):
        exports.run(chosen.contacts)
    if chosen.what in ("all", "contacts"):
        contacts.run(chosen.contacts)
    if chosen.what in ("all", "fields"):
        fields.run(chosen.contacts, chosen.fields)
    if chosen.what in ("all", "groups"):
        groups.run(chosen.contacts)
    if chosen.what in ("all", "history"):
        history.run(chosen.contacts)
    if chosen.what in ("all", "log"):
        log.run(chosen.entries, chosen.recipients)
    if chosen.what in ("all", "campaign"):
        campaign.run(chosen.recipients)
    if chosen.what in ("all", "signin"):
        signin.run(chosen.tries)
    if chosen.what in ("all", "documents"):
        documents.run(chosen.megabytes)
    if chosen.what in ("all", "activity"):
        activity.run(chosen.entries, is_postgresql=chosen.postgresql)
    if chosen.what in ("all", "duplicates"):
        duplicates.run(chosen.contacts, chosen.splink)
    if chosen.what in ("all", "backups"):
        backups.run(chosen.contacts, chosen.backups)


if __name__ == "__main__":
    main()

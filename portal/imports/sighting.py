"""Looks through a file, before it runs, for signs that the list was bought."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from portal.contacts.models import Email
from portal.core.actor import seeing_everything
from portal.imports.consents import held_back
from portal.imports.headings import IGNORE
from portal.imports.models import Import
from portal.imports.reading import open_table
from portal.imports.signs import Count, Facts

LOOKED_AT = 20_000  # rows; what a list is like shows in these
ASKED_FOR = 5_000  # addresses that are looked up
NAMES = frozenset({"first_name", "last_name", "name", "organisation"})
_AT_ONCE = 500


def look_through(the_import: Import, mapping: Mapping[str, str]) -> Facts:
    """What the first rows of the file are like, its columns being these."""
    table = open_table(Path(the_import.path), the_import.filename)
    emails = [place for place, heading in enumerate(table.headings) if mapping.get(heading) == "email"]
    names = [place for place, heading in enumerate(table.headings) if mapping.get(heading) in NAMES]
    used = [place for place, heading in enumerate(table.headings) if mapping.get(heading, IGNORE) != IGNORE]
    count, asked = Count(), set[str]()
    for _, cells in islice(table.rows, LOOKED_AT):
        found = [cells[place].strip().casefold() for place in emails if "@" in cells[place]]
        has_name = any(cells[place].strip() for place in names)
        count.add(found, has_name=has_name, filled=sum(bool(cells[place].strip()) for place in used))
        if len(asked) < ASKED_FOR:
            asked.update(found[:1])
    count.refused = _refused(sorted(asked))
    return count.facts(the_import.filename, table.headings)


def _refused(normals: list[str]) -> int:
    """How many of these addresses are known not to be reached, or not to want it. A number, and nobody's."""
    found = set(held_back(normals))
    with seeing_everything():
        for start in range(0, len(normals), _AT_ONCE):
            few = normals[start : start + _AT_ONCE]
            query = Email.select(Email.normal).where(Email.normal.in_(few), Email.state != "")
            found.update(row[0] for row in query.tuples())
    return len(found)

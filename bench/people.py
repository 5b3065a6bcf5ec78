"""Files of people as a real import meets them: who is there already, who left, and rows that cannot be read.

`python -m bench.people FOLDER [--rows 50000] [--there 5000]` writes, the same every time:

- `there.csv`: the people who are there first; import this one before, with consent to email.
- `left.txt`: addresses among them that unsubscribed.
- `members.csv`: the rows to import. Three in a hundred are people of `there.csv`: a third of these an import recognises
  by their address, those of `left.txt` among them; the others it cannot (another address, a name misspelt) and a search
  for duplicates should. Two hundred rows cannot be read.
- `duplicates.csv`: which row of `members.csv` is which row of `there.csv`, and by what it can be seen.
"""

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from portal.sample.people import FIRST, LAST, PLACES, STREETS

HEAD = ("First name", "Last name", "Email", "Cell", "Birth date", "Address", "Suburb", "Town", "Postal code")
BAD = 200
UNREADABLE = (
    ("Email", "somebody at example.org"), ("Cell", "082"), ("Birth date", "31 February 1980"), ("Postal code", "X"),
)  # fmt: skip
KINDS = ("address",) * 3 + ("cell", "birth_date", "street") * 2
Person = list[str]


def write(folder: Path, rows: int = 50_000, there: int = 5_000, seed: int = 6) -> None:
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    known = [_person(chance, number) for number in range(there)]
    new = (_person(chance, number) for number in range(there, there + rows))
    members, pairs = _members(chance, known, new, rows)
    left = [known[there_row][2] for _, there_row, kind in pairs if kind == "address"][: max(1, rows // 800)]
    _save(folder / "there.csv", HEAD, known)
    _save(folder / "members.csv", HEAD, members)
    _save(folder / "duplicates.csv", ("Row", "Is row", "Seen by"), [[a + 2, b + 2, kind] for a, b, kind in pairs])
    (folder / "left.txt").write_text("".join(f"{address}\n" for address in left))


def _members(
    chance: random.Random, known: Sequence[Person], new: Iterator[Person], rows: int
) -> tuple[list[Person], list[tuple[int, int, str]]]:
    places = chance.sample(range(rows), rows * 3 // 100 + min(BAD, rows // 10))
    again, bad = places[: rows * 3 // 100], places[rows * 3 // 100 :]
    whom = [number % len(known) for number in chance.sample(range(max(len(known), len(again))), len(again))]
    members = [next(new) for _ in range(rows)]
    pairs = []
    for number, (row, there_row) in enumerate(zip(again, whom, strict=True)):
        kind = KINDS[number % len(KINDS)]
        members[row] = _as_somebody_again(chance, known[there_row], members[row], kind)
        pairs.append((row, there_row, kind))
    for number, row in enumerate(bad):
        column, text = UNREADABLE[number % len(UNREADABLE)]
        members[row][HEAD.index(column)] = text
    return members, sorted(pairs)


def _as_somebody_again(chance: random.Random, person: Person, other: Person, kind: str) -> Person:
    """The same person as another list has him: what is not the sign is the other row's, or misspelt."""
    if kind == "address":
        return [*person[:3], other[3], *person[4:]]
    if kind == "birth_date":
        return [person[0], person[1], other[2], other[3], person[4], *other[5:]]
    first, last = person[0], _misspelt(chance, person[1])
    if kind == "cell":
        return [first, last, other[2], person[3], "", *other[5:]]
    return [first, last, other[2], other[3], "", *person[5:]]


def _misspelt(chance: random.Random, name: str) -> str:
    at = chance.randrange(1, max(2, len(name) - 1))
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :] if len(name) > 3 else name + name[-1]


def _person(chance: random.Random, number: int) -> Person:
    language = chance.choice(list(FIRST))
    first, last = chance.choice(FIRST[language]), chance.choice(LAST[language])
    suburb, town, code, _ = chance.choice(PLACES)
    born = f"{chance.randint(1940, 2006)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    street = f"{chance.randint(1, 240)} {chance.choice(STREETS)}"
    cell = f"08{2 + number % 3}{1_000_000 + number:07}"
    return [first, last, f"person{number}@people.example", cell, born, street, suburb, town, code]


def _save(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.people", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--there", type=int, default=5_000)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.rows, chosen.there)


if __name__ == "__main__":
    main()

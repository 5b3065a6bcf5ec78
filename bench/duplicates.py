"""Looking for duplicates among so many contacts with planted pairs: three in a hundred are somebody again, a third of
them with the same email, a third with the same telephone, the rest with a slip in the name and the same town. With the
Python of an environment that has splink, it looks through the same people in the same run, for comparison.
"""

import csv
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench.stage import installation, seconds
from portal.contacts import record
from portal.contacts.models import Contact
from portal.contacts.rules import NewContact
from portal.core.db import learn_sizes
from portal.duplicates import finding
from portal.duplicates.models import Pair
from portal.duplicates.rules import LEVELS

SYLLABLES = [consonant + vowel for consonant in "bdfklmnprstwz" for vowel in "aeiou"]
PAIRS = tuple[int, int]


def run(count: int, splink: str = "") -> None:
    people, planted = make(count)
    with installation() as stage:
        ids = []
        for start in range(0, count, 20_000):
            ids += record.add_many([_contact(p) for p in people[start : start + 20_000]], "contact.added")
        learn_sizes()
        truth = {(min(ids[a], ids[b]), max(ids[a], ids[b])) for a, b in planted}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        search = finding.begin_search()
        busy = time.process_time()
        took = seconds(lambda: finding.run(search.id))
        busy = time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"duplicates  {count:,} contacts, {len(truth):,} planted pairs: {took:.1f} s ({busy:.1f} s of processor)")
        print(f"            peak {peak} MB, {before} MB before")
        for words, least, _ in LEVELS.values():
            found = {(p.contact_id, p.other_id) for p in Pair.select().where(Pair.score >= least)}
            print(f"            {words.lower()} and better: {_judged(found, truth)}")
        assert Contact.select().count() == count
        if splink:
            _compare(stage.folder, splink, people, {(min(p), max(p)) for p in planted})


def make(count: int, seed: int = 5) -> tuple[list[dict[str, str]], list[PAIRS]]:
    """People with random names in forty towns, and which of them are one."""
    chance = random.Random(seed)
    towns = [f"Town {n}" for n in range(40)]

    def name(syllables: int) -> str:
        return "".join(chance.choice(SYLLABLES) for _ in range(syllables)).capitalize()

    lasts = [name(chance.choice((2, 3, 3, 4))) for _ in range(8_000)]
    firsts = [name(chance.choice((2, 2, 3))) for _ in range(3_000)]
    people: list[dict[str, str]] = []
    planted = []
    for number in range(count):
        person = {
            "first": chance.choice(firsts), "last": chance.choice(lasts), "email": f"p{number}@example.org",
            "telephone": f"+2782{number:07}", "city": chance.choice(towns),
        }  # fmt: skip
        if number > 100 and chance.random() < 0.03:
            whom = chance.randrange(number)
            planted.append((whom, number))
            person = _again(chance, people[whom], person)
        people.append(person)
    return people, planted


def _again(chance: random.Random, whom: dict[str, str], person: dict[str, str]) -> dict[str, str]:
    """The same person, as another list has him."""
    way = chance.random()
    same = {"first": whom["first"], "last": whom["last"], "city": whom["city"]}
    if way < 0.3:
        return person | same | {"email": whom["email"]}
    if way < 0.6:
        return person | same | {"telephone": whom["telephone"]}
    at = chance.randrange(1, len(whom["last"]) - 1)
    slip = whom["last"][:at] + whom["last"][at + 1] + whom["last"][at] + whom["last"][at + 2 :]
    return person | same | {"last": slip}


def _contact(person: dict[str, str]) -> NewContact:
    email, number = person["email"], person["telephone"]
    return NewContact(
        fields={"kind": "person", "first_name": person["first"], "last_name": person["last"], "source": "own"},
        emails=[{"address": email, "normal": email, "is_primary": 1}],
        telephones=[{"number": number, "is_primary": 1}],
        addresses=[{"city": person["city"], "country": "ZA", "is_primary": 1}],
    )


def _judged(found: set[PAIRS], truth: set[PAIRS]) -> str:
    hits = len(found & truth)
    recall, precision = hits / max(1, len(truth)), hits / max(1, len(found))
    return f"{len(found):,} pairs, recall {recall:.3f}, precision {precision:.3f}"


def _compare(folder: Path, python: str, people: list[dict[str, str]], truth: set[PAIRS]) -> None:
    table, answer = folder / "people.csv", folder / "pairs.json"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["unique_id", *people[0]])
        writer.writeheader()
        writer.writerows({"unique_id": n, **person} for n, person in enumerate(people))
    program = Path(__file__).with_name("by_splink.py")
    ended = subprocess.run([python, str(program), str(table), str(answer)], capture_output=True, text=True, check=False)
    if ended.returncode:
        print(f"            splink did not run: {ended.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return
    told = json.loads(answer.read_text())
    found = {(min(pair), max(pair)) for pair in told["pairs"]}
    print(f"splink      {told['seconds']:.1f} s to train and predict, peak {told['peak']} MB: {_judged(found, truth)}")

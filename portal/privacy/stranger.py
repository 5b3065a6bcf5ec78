"""Checks a proof pack. Needs Python 3 and nothing else: no network, no other program, no trust in who made the pack.

    python verify.py [--anchor SEQ:HASH]…

It makes every digest and every link anew from what lies beside it and says what that proves. `--anchor` is the mark of
an entry that somebody else kept, such as the message mailed to the information officer on a day.
"""

import argparse
import hashlib
import json
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Broken(Exception):
    """Something is not what it was when the pack was made."""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Broken(f"{name} cannot be read: {type(error).__name__}.") from error


def check_files(folder: Path) -> str:
    """Every file is the one that was put into the pack; the digest of the list names the pack."""
    listed = read(folder, "manifest.json")
    for name, digest in listed.items():
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            raise Broken(f"{name} is missing.") from None
        if found != digest:
            raise Broken(f"{name} was changed after the pack was made.")
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def fields_of(entry: Entry) -> str:
    plain = [entry[name] for name in ("seq", "at", "action", "user_id", "contact_id", "subject_id", "digest")]
    return sha256(canonical(plain))


def check_words(entry: Entry) -> bool:
    """What an entry says belongs to its digest; what was left out of the pack cannot be checked."""
    if entry["salt"] is None:
        if entry["detail"] is not None:
            raise Broken(f"What entry {entry['seq']} says cannot be checked: its salt was taken out.")
        return False
    if sha256(entry["salt"] + canonical(entry["detail"])) != entry["digest"]:
        raise Broken(f"What entry {entry['seq']} says was changed.")
    return True


def walk(run: dict[str, Any], entries: dict[int, Entry], known: dict[int, str]) -> tuple[set[int], set[int]]:
    """Follow the links from one entry to the next noted mark. Returns the entries proven and the marks met."""
    link = run["previous"]
    proven: set[int] = set()
    waiting: set[int] = set()
    marks: set[int] = set()
    for seq, fields in enumerate(run["links"], run["first"]):
        entry = entries.get(seq)
        if fields.startswith("="):  # linked in an older way, which cannot be followed without others' entries
            link, waiting = fields[1:], set()
        else:
            if entry is not None and fields_of(entry) != fields:
                raise Broken(f"Entry {seq} is not the one that stands in the chain.")
            link = sha256(canonical([link, fields]))
            waiting.add(seq)
        if entry is not None and entry["hash"] != link:
            raise Broken(f"The chain does not lead to entry {seq}.")
        if seq in known:
            if known[seq] != link:
                raise Broken(f"The chain does not end at the mark noted of entry {seq}.")
            marks.add(seq)
            proven |= waiting
    return proven & set(entries), marks


def check_sealed(delivery: dict[str, Any], entries: dict[int, Entry]) -> None:
    """A message belongs to a batch whose root stands in an entry of the chain."""
    row, number = delivery["sealed"], delivery["sealed"][0]
    digest = hashlib.sha256(canonical(row).encode()).digest()
    node = hashlib.sha256(b"\0" + struct.pack(">QQ32s", number, row[2], digest)).digest()
    for side, other in delivery["path"]:
        pair = bytes.fromhex(other) + node if side == "left" else node + bytes.fromhex(other)
        node = hashlib.sha256(b"\1" + pair).digest()
    entry = entries.get(delivery["entry"])
    if entry is None or entry["detail"] is None or entry["detail"].get("root") != node.hex():
        raise Broken(f"Message {number} is not the one that was sealed.")


def check(folder: Path, others: list[tuple[int, str]]) -> Iterator[str]:
    pack = check_files(folder)
    chain = read(folder, "chain.json")
    entries = {entry["seq"]: entry for entry in chain["entries"]}
    if len(entries) != len(chain["entries"]):
        raise Broken("An entry stands in the pack twice.")
    told = sum(check_words(entry) for entry in entries.values())
    known = {anchor["seq"]: anchor["hash"] for anchor in chain["anchors"]}
    for seq, mark in others:
        if known.setdefault(seq, mark) != mark:
            raise Broken(f"The mark of entry {seq} that you hold is another one than the one in the pack.")
    proven: set[int] = set()
    marks: set[int] = set()
    for run in chain["runs"]:
        more, met = walk(run, entries, known)
        proven |= more
        marks |= met
    for delivery in chain["deliveries"]:
        check_sealed(delivery, entries)
    yield f"The pack is whole. Its own mark is {pack}."
    yield f"{len(entries)} entries; what {told} of them say is here and is what was written."
    yield f"{len(proven)} of them lead, link by link, to a mark noted on its day: entry {listed(marks)}."
    if len(proven) < len(entries):
        yield f"{len(entries) - len(proven)} cannot be followed to a mark; see README.txt."
    sealed = sum(delivery["entry"] in proven for delivery in chain["deliveries"])
    yield f"{sealed} messages are the ones that were sealed."
    if sealed < len(chain["deliveries"]):
        yield f"{len(chain['deliveries']) - sealed} messages were sealed by entries that cannot be followed to a mark."
    if others:
        yield f"Of the marks that you hold, the chain passes through {listed({seq for seq, _ in others} & marks)}."


def listed(numbers: Iterable[int]) -> str:
    few = [str(number) for number in sorted(numbers)]
    return ", ".join(few[:6] + [f"and {len(few) - 6} more"] * (len(few) > 6)) or "none"


def anchor(text: str) -> tuple[int, str]:
    seq, _, mark = text.partition(":")
    return int(seq), mark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--anchor", type=anchor, action="append", default=[], metavar="SEQ:HASH")
    others = parser.parse_args().anchor
    try:
        for line in list(check(Path(__file__).resolve().parent, others)):
            print(line)
    except Broken as broken:
        sys.exit(f"Not as it was: {broken}")
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, struct.error) as error:
        sys.exit(f"Not as it was: the pack cannot be understood ({type(error).__name__}).")


if __name__ == "__main__":
    main()

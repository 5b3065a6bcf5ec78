"""`python -m tests.oracle --sabotage`: takes one check after another out of the gate, and says after how many steps the
witness cries. A check that another one stands behind, or that only spares people, is not missed.
"""

from collections.abc import Collection
from random import Random
from unittest.mock import patch

from portal.consent import rules
from tests.oracle.later import CHANGES
from tests.oracle.machine import ACTS, OFTEN, world
from tests.oracle.world import Cried

AT_ONCE = 120
# Checks behind which another one stands: these go together.
TOGETHER = (
    ("complained", "unsubscribed", "withdrawn", "suppressed"), ("objected", "withdrawn", "withheld", "no_consent"),
    ("unjustified", "incompatible"), ("weekly", "monthly"),
)  # fmt: skip


def cry_without(reasons: Collection[str], steps: int) -> tuple[int, str]:
    """Let things happen while the gate lacks a check: after how many steps the witness cried, and what; 0 if never."""
    acts = [name for name in (*ACTS, *CHANGES) for _ in range(OFTEN.get(name, 1))]
    left = tuple(check for check in rules.CHECKS if check.reason not in reasons)
    done = 0
    with patch.object(rules, "CHECKS", left):
        while done < steps:
            dice = Random(done)
            with world() as made:
                for _ in range(AT_ONCE):
                    done += 1
                    name = dice.choice(acts)
                    try:
                        CHANGES[name](made, dice) if name in CHANGES else getattr(made, name)(dice)
                    except Cried as cry:
                        return done, str(cry).rpartition(": ")[2]
    return 0, ""


def report(steps: int) -> None:
    for reasons in (*TOGETHER, *((check.reason,) for check in rules.CHECKS)):
        after, cry = cry_without(reasons, steps)
        said = f"cried after {after} steps: {cry}" if after else f"no cry in {steps} steps"
        print(f"{', '.join(reasons):14} {said}", flush=True)

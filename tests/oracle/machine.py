"""The machine that lets things happen at random: hypothesis chooses what, dice choose to whom."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from portal.accounts import service as accounts
from portal.core.actor import acting_as, system
from tests.oracle.later import CHANGES
from tests.oracle.world import FEWEST, World

NUMBERS = st.integers(0, 2**24)
# What happens often stands here more than once: hypothesis chooses among the rules evenly.
OFTEN = {"hand": 12, "claim": 3, "begin": 5, "tell": 3, "click": 5, "bounce": 2}
ACTS = (
    "hand", "claim", "begin", "interrupt", "disturb", "add", "change_address", "be_born", "die", "put_away", "restrict",
    "tell", "justify", "agree_for_child", "click", "complain", "answer", "bounce", "retry", "bring_in", "undo_import",
    "space_out",
)  # fmt: skip
DETAILS = {
    "legal_name": "Hope House NPC", "email": "office@hopehouse.example", "telephone": "+27315550100",
    "address": "12 Marion Avenue, Durban", "information_officer": "Nomsa Dube",
}  # fmt: skip
_made = iter(range(10**9))


@contextmanager
def world() -> Iterator[World]:
    """A new organisation with a few people in it, in the database of the moment."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        org = accounts.create_org(f"House {next(_made)}", **DETAILS)
        stack.enter_context(acting_as(system(org.id)))
        made = World(org, folder)
        for number in range(FEWEST):
            made.add(Random(number))
        for number in range(3):  # so that something is on its way from the first step on
            made.begin(Random(number))
        yield made


class Machine(RuleBasedStateMachine):
    """Every step is one act; the witness cries from within, at the message that must not leave."""

    steps = 0
    left = 0
    let_through = 0

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.world = self._stack.enter_context(world())

    def teardown(self) -> None:
        try:
            self.world.finish()
        finally:
            Machine.left += self.world.left
            Machine.let_through += self.world.let_through
            self._stack.close()


def _act(name: str) -> Any:
    def act(self: Machine, number: int) -> None:
        Machine.steps += 1
        change = CHANGES.get(name)
        if change is not None:
            change(self.world, Random(number))
        else:
            getattr(self.world, name)(Random(number))

    act.__name__ = name
    return rule(number=NUMBERS)(act)


for _name in (*ACTS, *CHANGES):
    for _time in range(OFTEN.get(_name, 1)):
        setattr(Machine, f"{_name}_{_time}", _act(_name))


def run(steps: int, *, at_once: int = 100) -> None:
    """Let about so many things happen, `at_once` in each organisation; always the same ones."""
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=max(1, steps // at_once), stateful_step_count=at_once, deadline=None, database=None,
            derandomize=True, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )  # fmt: skip

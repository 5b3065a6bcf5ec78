"""Whatever happens, no message leaves to whom it must not; `python -m tests.oracle 100000` goes on for longer."""

from tests.oracle.machine import Machine, run


def test_no_message_leaves_to_somebody_whom_what_happened_refuses(app):
    before = Machine.steps, Machine.left

    run(300, at_once=75)

    assert Machine.steps - before[0] > 100
    assert Machine.left > before[1]

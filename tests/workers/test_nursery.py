"""Who is forked ahead of time knows the tables of that time, and goes when they do."""

import os
from pathlib import Path

from actors.workers.sandbox.nursery import SPARES
from events.frames import Drop, Dropped, Limits, New, Opened
from tests.workers.test_supervisor import Program, ends, serving


def forked(program: Program, count: int) -> list[int]:
    """Wait until the program has so many children; which."""
    children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children")
    while len(found := children.read_text().split()) < count:
        os.sched_yield()
    return [int(pid) for pid in found]


def test_who_was_forked_ahead_of_time_does_not_outlive_a_table_that_it_knows(tmp_path: Path) -> None:
    with serving(Program(tmp_path)) as program:
        spares = forked(program, SPARES)
        program.say(0, Drop(dataset="d"))
        assert program.hear() == Dropped(dataset="d")
        program.say(1, New(dataset="d", limits=Limits()))
        refused = program.hear()
        assert isinstance(refused, Opened)
        assert "KeyError: 'd'" in refused.problem
        for spare in spares:
            ends(spare)

"""What a branch has of the processors, and what its supervisor has of them meanwhile."""

import os
import sys
from pathlib import Path

import pytest

from events.frames import Close, Exit, Limits, New, Opened, RunCell
from tests.workers.test_branches import branched, opened, rested, shown
from tests.workers.test_supervisor import Program, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has branches")

SPEND = """
import time
def spend(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
"""


@pytest.mark.full
def test_a_branch_has_what_the_earlier_cells_left_of_the_cpu_time(program: Program) -> None:
    """As a fresh run of the same cells has."""
    program.say(50, New(dataset="d", limits=Limits(cell_seconds=60.0, cpu_seconds=2), branchable=True))
    assert program.hear() == Opened()
    shown(program, 50, SPEND + "spend(0.7)")
    branched(program, 50, 51)
    shown(program, 51, "spend(0.7)")
    branched(program, 51, 52)
    program.say(52, RunCell(number=1, code="spend(60)"))
    told = program.hear()
    assert isinstance(told, Exit)
    assert told.end.reason == "cpu_limit"
    assert 2.0 - 1.5 < told.end.cpu_seconds < 2.0 - 0.7, "what it had itself is told"
    program.say(50, Close())
    program.say(51, Close())


SLOW = """
import time
import actors.workers.sandbox.twin as twin
class Copies(twin.Copies):
    def __init__(self, *given):
        time.sleep(1)
        super().__init__(*given)
twin.Copies = Copies
"""
OWNS_DISK = """
from actors.workers.sandbox import service, supervisor
from actors.workers.sandbox.room import Room, Use
class Empty(Room):
    at = classmethod(lambda cls, folder: cls(Use(), Use(2**30, 2**16)))
supervisor.Room = Empty
service.main()
"""


@pytest.mark.full
def test_a_supervisor_is_idle_while_a_session_copies_its_files(tmp_path: Path) -> None:
    with serving(Program(tmp_path, "--own-disk", entry=("-c", OWNS_DISK))) as started:
        opened(started, 1)
        shown(started, 1, SLOW)
        rested(started, 1)
        before = spent(started.process.pid)
        branched(started, 1, 2)
        assert spent(started.process.pid) - before < 0.5


def spent(pid: int) -> float:
    """Seconds of CPU time that a process had."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

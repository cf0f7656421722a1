"""Who ended before the supervisor heard of it: what it was told as depends on whose group of processes it was in."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from events.frames import Branch, Branched, Exit
from tests.abuse.twins import FOLLOWS, MEETS
from tests.workers.test_branches import children, ended, opened, rested, shown
from tests.workers.test_supervisor import ROOT, Program, ends

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has branches")


def is_in_state(pid: int, letter: str) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith(letter)


def unseen(program: Program, folder: Path, code: str, *, killed: bool) -> list[str]:
    """A twin speaks, its prefix ends, and it may be killed, before its supervisor looks: what that tells of both."""
    prefix = opened(program, 40)
    shown(program, 40, code)
    before = rested(program, 1)
    program.say(40, Branch(twin=41))
    assert program.hear() == Branched()
    (twin,) = children(program) - before
    (place,) = folder.rglob(str(prefix))
    awaited((place / "41" / "own" / "here").exists)  # until then it asks its supervisor for what it does
    os.kill(program.process.pid, signal.SIGSTOP)
    awaited(lambda: is_in_state(program.process.pid, "T"))
    (place / "41" / "own" / "go").touch()
    awaited((place / "41" / "own" / "said").exists)
    (place / "own" / "go").touch()
    awaited(lambda: is_in_state(prefix, "Z"))
    if killed:
        os.kill(twin, signal.SIGKILL)
        awaited(lambda: is_in_state(twin, "Z"))
    os.kill(program.process.pid, signal.SIGCONT)
    ends(twin)
    heard = [program.hear(), program.hear()]
    return sorted(f"{one.end.reason}: {one.end.detail}" for one in heard if isinstance(one, Exit))


def awaited(holds: Callable[[], bool]) -> None:
    while not holds():
        os.sched_yield()


@pytest.mark.parametrize("killed", [False, True])
def test_who_stays_in_the_group_of_another_and_is_killed_with_it_is_never_lost(
    program: Program, folder: Path, *, killed: bool
) -> None:
    exited, refused = unseen(program, folder, FOLLOWS + MEETS, killed=killed)
    assert refused.startswith("crashed: there is no such branch: it did not leave the group of processes")
    assert exited == "crashed: the process exited with 5"


def test_a_twin_that_was_killed_before_it_was_heard_is_lost(program: Program, folder: Path) -> None:
    assert unseen(program, folder, MEETS, killed=True) == ["crashed: the process exited with 5"]
    assert ended(program).startswith("lost: the session was killed by signal 9")


UNHEARD = """
import os, pathlib, sys
from actors.workers.sandbox.nursery import Nursery
heard = []
nursery = Nursery(pathlib.Path(sys.argv[1]), {}, int, lambda: heard.append(nursery.leads_its_group(pid)), walled=False)
for leads in (True, False):
    pid = os.fork()
    if pid == 0:
        if leads:
            os.setpgid(0, 0)
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert list(nursery.reap(lambda child: None)) == []
assert heard == [True, False], heard
assert not nursery.leads_its_group(pid)
"""


def test_of_who_ended_it_is_known_until_the_burial_whether_it_led_a_group(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", UNHEARD, str(tmp_path)], cwd=ROOT, check=True)

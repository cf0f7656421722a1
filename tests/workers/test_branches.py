"""The supervisor's part in a branch: what it forks, what it keeps, and what becomes of a twin that never spoke."""

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from actors.workers.sandbox.gate import is_listener
from actors.workers.sandbox.nursery import SPARES
from events.frames import Branch, Branched, Close, Exit, Frame, Limits, New, Opened, Result, RunCell
from tests.abuse.twins import HALF, MUTE
from tests.workers.test_supervisor import (
    LIGHT,
    WITHOUT_WALLS,
    Program,
    ends,
    kept_busy,
    pid_of,
    serving,
)

QUICK = """
from actors.workers.sandbox import child, unborn
from tests.workers.light import service
unborn.BRANCH_SECONDS, child.OPENING_SECONDS = 0.4, 1.0
service.main()
"""
HURRIED = ("-c", QUICK)


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One that waits for sessions for a moment only."""
    with serving(Program(tmp_path_factory.mktemp("hurried"), entry=HURRIED)) as started:
        yield started


def children(program: Program) -> set[int]:
    """Of the supervisor."""
    return forked_by(program.process.pid)


def forked_by(pid: int) -> set[int]:
    """The children of a process of one thread."""
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def opened(program: Program, session: int) -> int:
    program.say(session, New(dataset="d", limits=Limits(), branchable=True))
    assert program.hear() == Opened()
    return pid_of(program, session)


def branched(program: Program, session: int, twin: int) -> None:
    program.say(session, Branch(twin=twin))
    heard: list[Frame] = [program.hear(), program.hear()]
    assert Branched() in heard
    assert Opened() in heard


def shown(program: Program, session: int, code: str) -> str | None:
    program.say(session, RunCell(number=0, code=code))
    result = program.hear()
    assert isinstance(result, Result)
    return result.result.display


def rested(program: Program, sessions: int) -> set[int]:
    """The children of a supervisor that has all its spares, and so forks no more by itself."""
    while len(found := children(program)) != sessions + SPARES:
        os.sched_yield()
    return found


def ended(program: Program) -> str:
    """Of which session's end the supervisor tells next, and why."""
    told = program.hear()
    assert isinstance(told, Exit)
    return f"{told.end.reason}: {told.end.detail}"


def test_eight_continuations_are_eight_children_of_the_supervisor(program: Program) -> None:
    opened(program, 10)
    shown(program, 10, "x = 41")
    before = rested(program, 1)
    for twin in range(11, 19):
        branched(program, 10, twin)
    new = children(program) - before
    assert {pid_of(program, twin) for twin in range(11, 19)} == new
    assert len(new) == 8
    assert {shown(program, twin, "x + 1") for twin in range(11, 19)} == {"42"}
    for session in range(10, 19):
        program.say(session, Close())
    for pid in new:
        ends(pid)


def test_a_branch_that_is_asked_of_nobody_is_no_branch(program: Program) -> None:
    program.say(20, New(dataset="d", limits=Limits()))
    assert program.hear() == Opened()
    program.say(20, Branch(twin=21))
    told = program.hear()
    assert isinstance(told, Exit)
    assert told.end.reason == "crashed"
    assert shown(program, 20, "41 + 1") == "42"
    program.say(20, Close())


def test_what_a_family_wrote_goes_with_its_last_member(program: Program, folder: Path) -> None:
    pid = opened(program, 30)
    shown(program, 30, "open('f', 'w').write('x')")
    branched(program, 30, 31)
    (root,) = folder.rglob(str(pid))
    program.say(30, Close())
    ends(pid)
    assert shown(program, 31, "open('f').read()") == "'x'"
    twin = pid_of(program, 31)
    program.say(31, Close())
    ends(twin)
    opened(program, 32)  # its answer comes after the burial
    assert not root.exists()
    program.say(32, Close())


@pytest.mark.parametrize("entry", [LIGHT, WITHOUT_WALLS], ids=["walled", "unwalled"])
def test_all_sessions_end_with_a_supervisor_that_was_killed(tmp_path: Path, entry: Sequence[str]) -> None:
    """Busy ones, which do not notice the end of their channel."""
    with serving(Program(tmp_path, entry=entry)) as started:
        opened(started, 1)
        branched(started, 1, 2)
        started.say(3, New(dataset="d", limits=Limits()))
        assert started.hear() == Opened()
        pids = [pid_of(started, session) for session in (1, 2, 3)]
        for session in (1, 2, 3):
            kept_busy(started, session, tmp_path)
        started.process.kill()
        for pid in pids:
            ends(pid)


def test_a_twin_that_never_spoke_is_killed_and_told(hurried: Program) -> None:
    opened(hurried, 1)
    shown(hurried, 1, MUTE)
    before = rested(hurried, 1)
    hurried.say(1, Branch(twin=2))
    assert hurried.hear() == Branched()
    (stray,) = children(hurried) - before
    assert "did not speak in time" in ended(hurried)
    ends(stray)
    assert shown(hurried, 1, "41 + 1") == "42"
    hurried.say(1, Close())


def test_a_twin_that_never_speaks_of_one_that_ended_over_it_is_killed_and_told(hurried: Program) -> None:
    opened(hurried, 21)
    shown(hurried, 21, MUTE.replace("line.send(Branched())", "os._exit(5)"))
    before = rested(hurried, 1)
    hurried.say(21, Branch(twin=22))
    assert ended(hurried) == "crashed: the process exited with 5"
    stray = children(hurried) - before
    assert "did not speak in time" in ended(hurried)
    for pid in stray:
        ends(pid)


def test_a_twin_that_does_not_say_all_that_it_owes_ends_and_nobody_else(hurried: Program) -> None:
    opened(hurried, 11)
    shown(hurried, 11, HALF)
    hurried.say(11, Branch(twin=12))
    assert hurried.hear() == Branched()
    assert ended(hurried) == "crashed: it did not stand in time"
    assert shown(hurried, 11, "41 + 1") == "42"
    hurried.say(11, Close())


def test_a_session_that_does_not_stand_in_time_is_tried_again(hurried: Program) -> None:
    spares = rested(hurried, 0)
    for pid in spares:
        os.kill(pid, signal.SIGSTOP)
    hurried.say(21, New(dataset="d", limits=Limits()))
    assert hurried.hear() == Opened()
    assert len(spares & children(hurried)) == 1
    hurried.say(21, Close())


@pytest.mark.full
def test_a_twin_that_was_closed_before_it_spoke_ends_unheard(tmp_path: Path) -> None:
    with serving(Program(tmp_path)) as started:
        opened(started, 1)
        before = rested(started, 1)
        started.say(1, Branch(twin=2))
        started.say(2, Close())
        heard = started.hear()
        assert heard == Branched()
        assert shown(started, 1, "41 + 1") == "42"
        for pid in children(started) - before:
            ends(pid)
    assert started.process.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def unwalled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with serving(Program(tmp_path_factory.mktemp("unwalled"), entry=WITHOUT_WALLS)) as started:
        yield started


def test_without_walls_a_session_branches_as_well(unwalled: Program) -> None:
    opened(unwalled, 1)
    shown(unwalled, 1, "x = 41")
    branched(unwalled, 1, 2)
    assert shown(unwalled, 2, "x + 1") == "42"


@pytest.mark.parametrize("which", ["program", "unwalled"])
def test_a_session_is_the_first_to_go_and_is_let_lock_no_memory(
    which: str, request: pytest.FixtureRequest
) -> None:
    program: Program = request.getfixturevalue(which)
    opened(program, 60)
    branched(program, 60, 61)
    for session in (60, 61):
        assert Path(f"/proc/{pid_of(program, session)}/oom_score_adj").read_text() == "1000\n"
        assert shown(program, session, "import resource as r\nr.getrlimit(r.RLIMIT_MEMLOCK)") == "(0, 0)"


def test_without_walls_nobody_of_the_same_user_looks_into_a_session_or_its_branch(unwalled: Program) -> None:
    opened(unwalled, 70)
    branched(unwalled, 70, 71)
    for session in (70, 71):
        assert shown(unwalled, session, "import ctypes\nctypes.CDLL(None).prctl(3, 0, 0, 0, 0)") == "0"


def test_what_no_filter_came_with_is_no_listener(tmp_path: Path) -> None:
    read, write = os.pipe()
    other = os.open(tmp_path, os.O_RDONLY)
    assert not any(map(is_listener, (read, write, other)))
    for descriptor in (read, write, other):
        os.close(descriptor)

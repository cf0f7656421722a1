"""Nothing of a worker outlives it, whoever was killed and whatever the code of its sessions did against it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.workers.folders import LOCK, PREFIX, clear_forsaken, name_worker
from actors.workers.local import LocalBackend
from actors.workers.orphans import end_orphans
from actors.workers.pool import running_pool
from events.worker import WorkerStarted
from tests.abuse.twins import STAYS
from tests.contracts.conftest import CSV, LIMITS, READER, Announced, table_id
from tests.workers.test_branches import branched, forked_by, opened, shown
from tests.workers.test_supervisor import ENTRY, Program, ends, pid_of, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has branches")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A worker's, among temporary ones that no other process knows."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / LOCK).touch()
    return folder


@pytest.fixture
def program(folder: Path) -> Iterator[Program]:
    """As its host starts it: by that it is known."""
    with serving(Program(folder, "--folder", str(folder), entry=ENTRY)) as started:
        yield started


def alive(pid: int) -> bool:
    """Whether a process runs, and is not about to end."""
    told = Path(f"/proc/{pid}/status").read_text()
    pending = sum(int(line.split()[1], 16) for line in told.splitlines() if line[:6] in ("SigPnd", "ShdPnd"))
    return "State:\tZ" not in told and not pending & 1 << signal.SIGKILL - 1


def left_by(program: Program) -> int:
    """A twin that goes on when its supervisor was killed."""
    opened(program, 1)
    shown(program, 1, STAYS)
    branched(program, 1, 2)
    assert shown(program, 2, "left") == "False"
    stays = pid_of(program, 2)
    program.process.kill()
    program.process.wait(10)
    assert alive(stays)
    return stays


def test_what_a_worker_left_that_was_killed_is_ended_by_its_host(program: Program, folder: Path) -> None:
    stays = left_by(program)
    end_orphans(folder)
    ends(stays)


def test_where_the_host_was_killed_too_the_next_start_ends_it(program: Program, folder: Path) -> None:
    name_worker(folder, program.process.pid)
    stays = left_by(program)
    clear_forsaken()
    ends(stays)
    assert not folder.exists()


def test_what_a_worker_that_lives_has_forked_stays(program: Program, folder: Path) -> None:
    opened(program, 1)
    end_orphans(folder)
    assert shown(program, 1, "1") == "1"


def test_who_is_no_session_stays_whoever_started_it(folder: Path) -> None:
    left = "import subprocess; print(subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL).pid)"
    with subprocess.Popen(
        [sys.executable, "-c", left], stdout=subprocess.PIPE, start_new_session=True
    ) as leader:
        assert leader.stdout is not None
        pid = int(leader.stdout.readline())
    try:
        assert os.getsid(pid) == leader.pid
        (folder / str(leader.pid)).mkdir()
        end_orphans(folder)
        assert alive(pid)
    finally:
        os.kill(pid, signal.SIGKILL)


async def test_a_pool_whose_worker_was_killed_leaves_nothing_of_it() -> None:
    announced = Announced()
    async with running_pool(LocalBackend(), announced, limits=LIMITS) as pool:
        await pool.offer(table_id(), CSV, READER)
        if pool.level == "process":
            pytest.skip("no wall can be raised here, and no attack is made without one")
        (started,) = announced
        assert isinstance(started, WorkerStarted)
        worker = int(started.worker)
        async with pool.session(table_id(), branchable=True) as session:
            await session.run(STAYS)
            async with session.branch() as twin:
                assert (await twin.run("left")).display == "False"
                left = forked_by(worker)
                os.kill(worker, signal.SIGKILL)
    for pid in left:
        ends(pid)

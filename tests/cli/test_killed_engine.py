"""What is told and lost when the Docker Engine itself is ended under its workers, and that work goes on.

The times that are asked for here are generous, for a loaded machine.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import aiodocker
import anyio
import anyio.lowlevel
import pytest
from aiodocker.containers import DockerContainer
from anyio import to_thread

from actors.ports import InfrastructureError, Limits, Session
from actors.workers import containers as containers_module
from actors.workers.containers import LABEL_OWNER, Owner
from actors.workers.docker import DockerBackend, swept
from actors.workers.engine import worker_image
from actors.workers.link import StopFailed
from actors.workers.pool import running_pool
from actors.workers.restarts import Restarts
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed
from tests.cli.containers import containers, demand_engine
from tests.cli.program import Program
from tests.contracts.conftest import CSV, READER, Announced, table_id
from tests.workers.failing_engines import reached_at
from tests.workers.own_engine import OwnEngine, Signal, why_none

pytestmark = [pytest.mark.docker, pytest.mark.full]
HERE = Owner("an engine that is killed")
TOLD_WITHIN = 2.0
BACKEND = DockerBackend(worker_image(), HERE)
REMOVED = "removed"
LONG = Limits(cell_seconds=60.0)


@pytest.fixture(scope="module")
def loaded() -> Iterator[OwnEngine]:
    """An engine that has our image, and is ended."""
    if (problem := why_none()) is not None:
        pytest.skip(problem)
    anyio.run(demand_engine)
    with OwnEngine() as engine:
        engine.start(live_restore=False)
        engine.load(worker_image())
        engine.end("TERM")
        yield engine


@pytest.fixture
def engine(loaded: OwnEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnEngine]:
    """The same, as the engine that this process asks."""
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    reached_at(loaded.socket, monkeypatch.setenv)
    yield loaded
    loaded.end("KILL")


async def listed() -> list[DockerContainer]:
    async with aiodocker.Docker() as client:
        label = {"label": [f"{LABEL_OWNER}={HERE.home}"]}
        found: list[DockerContainer] = await client.containers.list(all=True, filters=label)
        return found


async def told_of_the_end(engine: OwnEngine, session: Session, signal: Signal) -> tuple[str, float]:
    """What a cell that is running ends with when the engine is ended, and after how long."""
    told, began = ("", 0.0), 0.0

    async def end() -> None:
        nonlocal began
        await session.run("ready = True")
        tasks.start_soon(cell)
        began = time.monotonic()
        await to_thread.run_sync(engine.end, signal)

    async def cell() -> None:
        nonlocal told
        with pytest.raises(InfrastructureError) as raised:
            await session.run("while True: pass")
        told = str(raised.value), time.monotonic() - began

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(end)
    return told


async def until_told_of_a_failed_stop(announced: Announced) -> None:
    with anyio.fail_after(30):
        while not any(isinstance(one, WorkerStopFailed) for one in announced):
            await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize(
    ("live_restore", "signal", "left"),
    [
        pytest.param(False, "KILL", {"exited"}, id="killed"),
        # It ends its containers first, and may be there yet to remove ours, or not.
        pytest.param(False, "TERM", {REMOVED, "exited"}, id="stopped"),
        pytest.param(True, "KILL", {"running"}, id="killed with live-restore"),
        pytest.param(True, "TERM", {"running"}, id="stopped with live-restore"),
    ],
)
async def test_the_end_of_the_engine_is_told_at_once_and_work_goes_on_when_it_is_back(
    engine: OwnEngine, live_restore: bool, signal: Signal, left: set[str]
) -> None:
    await to_thread.run_sync(partial(engine.start, live_restore=live_restore))
    announced, often = Announced(), partial(Restarts, limit=1000, longest=0.2)
    async with running_pool(BACKEND, announced, limits=LONG, restarts=often) as pool:
        await pool.offer(table_id(), CSV, READER)
        async with pool.session(table_id()) as session:
            told, after = await told_of_the_end(engine, session, signal)
        assert "ended its output" in told
        assert after < TOLD_WITHIN
        if REMOVED not in left:
            await until_told_of_a_failed_stop(announced)
        await to_thread.run_sync(partial(engine.start, live_restore=live_restore))
        async with pool.session(table_id()) as session:
            assert (await session.run("len(df)")).display == "30"
        first = announced[0]
        assert isinstance(first, WorkerStarted)
        state = {one.id: str(one["State"]) for one in await listed()}.get(first.worker, REMOVED)
        assert state in left
    lost = [one for one in announced if isinstance(one, WorkerLost)]
    assert (lost[0].worker, lost[0].error in told) == (first.worker, True)
    # What the engine could not be asked to remove is told, and removed by whoever holds the home next.
    failed = [one.worker for one in announced if isinstance(one, WorkerStopFailed)]
    assert failed == ([] if state == REMOVED else [first.worker])
    assert await swept(HERE) == []
    assert await listed() == []


async def test_over_a_socket_no_session_notices_the_end_of_an_engine_that_its_container_outlives(
    engine: OwnEngine,
) -> None:
    await to_thread.run_sync(partial(engine.start, live_restore=True))
    announced = Announced()
    async with running_pool(DockerBackend(worker_image(), HERE, shares_socket=True), announced) as pool:
        await pool.offer(table_id(), CSV, READER)
        async with pool.session(table_id()) as session:
            await session.run("mine = 41")
            await to_thread.run_sync(engine.end, "KILL")
            assert (await session.run("mine + 1")).display == "42"
            await to_thread.run_sync(partial(engine.start, live_restore=True))
            assert (await session.run("mine + 2")).display == "43"
    assert [type(one) for one in announced] == [WorkerStarted]
    assert await listed() == []


async def test_a_worker_that_outlives_its_engine_ends_by_itself_when_nobody_pings_it(
    engine: OwnEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers_module, "PATIENCE_SECONDS", 3)
    await to_thread.run_sync(partial(engine.start, live_restore=True))
    with pytest.raises(StopFailed, match="remove container"):
        async with BACKEND.start() as link:
            await to_thread.run_sync(engine.end, "KILL")
    await to_thread.run_sync(engine.await_workers_end)
    await to_thread.run_sync(partial(engine.start, live_restore=True))
    (left,) = await listed()
    assert (left.id, left["State"]) == (link.worker, "exited")
    assert await swept(HERE) == []


def test_a_run_whose_engine_is_killed_tries_again_what_was_lost_and_loses_nothing(
    engine: OwnEngine, program: Program, data: Path
) -> None:
    engine.start(live_restore=False)
    with program.started(
        "run", data, "--all", "--workers", "docker", "--questions", 2, "--seed", 7
    ) as process:
        program.wait_for(process, "AttemptEnded", 3)
        engine.end("KILL")
        engine.start(live_restore=False)
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    assert {one["infrastructure"] for one in program.told("WorkFailed")} == {True}
    status = program.json("status")
    assert status["workers_lost"] >= 1
    assert (status["dead_letters"], status["parked"]) == (0, 0)
    assert status["episodes"]["verified"] == len(program.ids("questions")) > 0
    assert program.doubled() == []
    assert containers(program) == []


def test_an_engine_of_ones_own_leaves_nothing_when_whoever_started_it_dies() -> None:
    if (problem := why_none()) is not None:
        pytest.skip(problem)
    with OwnEngine() as engine:
        engine.start(live_restore=True)
        assert processes_that_name(engine.folder)
        engine.shell.kill()
        engine.shell.wait()
        while processes_that_name(engine.folder):
            os.sched_yield()
    assert not engine.folder.exists()
    assert str(engine.folder) not in Path("/proc/mounts").read_text("utf-8")


def processes_that_name(folder: Path) -> list[str]:
    """The processes of this machine that were started with a path below a folder."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if os.fsencode(folder) in one.read_bytes():
                found.append(one.parent.name)
    return found

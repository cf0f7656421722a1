"""What happens to a container's host when the way to it is stuck, the engine is gone, or memory runs out."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiodocker
import anyio
import anyio.lowlevel
import pytest
import pytest_asyncio

from actors.ports import InfrastructureError, Limits, Session
from actors.workers import docker, pulse
from actors.workers.containers import LABEL_OWNER, Owner
from actors.workers.docker import DockerBackend, swept
from actors.workers.engine import worker_image
from actors.workers.link import Backend
from actors.workers.pool import Pool, running_pool
from actors.workers.restarts import Restarts
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed
from tests.contracts.conftest import CSV, READER, Announced
from tests.workers.failing_engines import Door, reached_at

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]
HERE = Owner("behind a door")


@pytest.fixture(scope="module", params=["docker"])
def backend_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(loop_scope="module")
async def door(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """A way to the engine of this machine, which the host takes."""
    assert backend.name == "docker"
    door = Door(tmp_path / "door.sock")
    await door.open()
    reached_at(door.socket, monkeypatch.setenv)
    yield door
    await door.shut()


async def runs_until_it_fails(session: Session) -> None:
    while True:
        await session.run("1")


async def until(announced: Announced, kind: type, number: int) -> None:
    while sum(isinstance(event, kind) for event in announced) < number:
        await anyio.lowlevel.checkpoint()


async def works(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        assert (await session.run("len(df)")).display == "30"


@pytest.mark.full
async def test_a_stream_that_is_stuck_is_found_by_silence_and_its_container_removed(
    door: Door, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "PING_SECONDS", 0.05)
    announced = Announced()
    async with running_pool(DockerBackend(worker_image(), HERE), announced) as pool:
        await pool.offer(table, CSV, READER)
        async with pool.session(table) as session:
            door.stick()
            with pytest.raises(InfrastructureError, match="pings without an answer"):
                await runs_until_it_fails(session)
        await until(announced, WorkerLost, 1)
        await door.shut()
        await door.open()
        await works(pool, table)
    assert not [event for event in announced if isinstance(event, WorkerStopFailed)]


@pytest.mark.full
async def test_an_engine_that_is_gone_is_told_at_once_and_work_goes_on_when_it_is_back(
    door: Door, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "STOP_SECONDS", 1.0)
    announced = Announced()
    pool_of_one = running_pool(
        DockerBackend(worker_image(), HERE), announced, restarts=lambda: Restarts(limit=50, longest=0.2)
    )
    async with pool_of_one as pool:
        await pool.offer(table, CSV, READER)
        (first,) = announced
        async with pool.session(table) as session:
            await door.shut()
            with pytest.raises(InfrastructureError, match=r"ended its output|broke off|reads no more"):
                await runs_until_it_fails(session)
        # Its container may live on, and nobody can be asked to remove it: that is told with its id.
        await until(announced, WorkerStopFailed, 1)
        await until(announced, WorkerLost, 3)
        await door.open()
        await works(pool, table)
    assert isinstance(first, WorkerStarted)
    failed = [event.worker for event in announced if isinstance(event, WorkerStopFailed)]
    assert failed == [first.worker]
    assert await swept(HERE) == []
    async with aiodocker.Docker() as client:
        label = {"label": [f"{LABEL_OWNER}={HERE.home}"]}
        assert await client.containers.list(all=True, filters=label) == []


@pytest.mark.full
async def test_when_the_memory_of_a_container_runs_out_only_who_took_it_is_killed(
    backend: Backend, table: str
) -> None:
    assert backend.name == "docker"
    small = DockerBackend(worker_image(), HERE, memory_bytes=600 * 1024**2)
    limits = Limits(cell_seconds=20.0, memory_bytes=4 * 1024**3)
    announced = Announced()
    async with running_pool(small, announced, limits=limits) as pool:
        await pool.offer(table, CSV, READER)
        async with pool.session(table) as sibling, pool.session(table) as greedy:
            await sibling.run("mine = 41")
            result = await greedy.run("held = np.ones(2**27)")
            assert result.end is not None
            assert result.end.reason == "memory_limit"
            assert result.end.detail.endswith("memory ran out")
            assert (await sibling.run("mine + 1")).display == "42"
        await works(pool, table)
    assert [type(event) for event in announced] == [WorkerStarted]


@pytest.mark.full
async def test_who_is_killed_for_what_others_took_and_had_less_than_it_may_is_not_at_fault(
    backend: Backend, table: str
) -> None:
    assert backend.name == "docker"
    small = DockerBackend(worker_image(), HERE, memory_bytes=1024**3)
    async with running_pool(small, Announced(), limits=Limits(cell_seconds=20.0)) as pool:
        await pool.offer(table, CSV, READER)
        async with pool.session(table) as sibling, pool.session(table) as larger:
            await sibling.run("held = np.ones(400 * 2**17)")
            with pytest.raises(InfrastructureError, match="the memory of all ran out"):
                await larger.run("held = np.ones(550 * 2**17)")
            assert (await sibling.run("len(held) // 2**17")).display == "400"

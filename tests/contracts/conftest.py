import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

import pytest
import pytest_asyncio

from actors.workers.containers import Owner
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, worker_image
from actors.workers.link import Backend
from actors.workers.local import LocalBackend
from actors.workers.pool import Pool, running_pool
from events.dataset import ReaderSettings, dataset_id
from events.frames import Limits, Watch
from events.struct import Event
from events.trace import CellResult, Perturbation

CSV = b"a,b,c\n" + b"".join(b"%d,%d.5,%s\n" % (row, row * row, b"xyz"[row % 3 :][:1]) for row in range(30))
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
LIMITS = Limits(cell_seconds=1.5, memory_bytes=768 * 1024**2, output_chars=200, output_bytes_total=1_000_000)

T = TypeVar("T")
RunCells = Callable[..., Awaitable[list[CellResult]]]


class Announced(list[Event]):
    """The events that a pool announced."""

    async def __call__(self, event: Event) -> None:
        self.append(event)


@pytest.fixture(params=["local", pytest.param("docker", marks=pytest.mark.docker)], scope="module")
def backend_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def backend(backend_name: str) -> Backend:
    if backend_name == "local":
        return LocalBackend()
    problem = await docker_available(worker_image())
    if problem is not None and os.environ.get("TRACEGATE_REQUIRE_DOCKER") != "1":
        pytest.skip(problem)
    assert problem is None, problem
    return DockerBackend(worker_image(), Owner(f"contract-{os.getpid()}"), memory_bytes=3 * 1024**3)


@pytest.fixture(scope="module")
def limits() -> Limits:
    return LIMITS


@pytest.fixture(scope="module")
def heard(backend_name: str) -> Announced:
    """What the pool of a module announces."""
    return Announced()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(backend: Backend, limits: Limits, heard: Announced) -> AsyncIterator[Pool]:
    """A pool with the table of these tests."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Pool]:
        async with running_pool(backend, heard, limits=limits) as started:
            await started.offer(table_id(), CSV, READER)
            yield started

    async with in_a_task(opened()) as started:
        yield started


@pytest.fixture(scope="module")
def table() -> str:
    return table_id()


@pytest.fixture(scope="module")
def cells(pool: Pool) -> RunCells:
    """Runs cells in a fresh session and gives their results."""

    async def run(
        *codes: str, perturbation: Perturbation | None = None, watches: Sequence[Watch] = ()
    ) -> list[CellResult]:
        async with pool.session(table_id(), perturbation, watches) as session:
            return [await session.run(code) for code in codes]

    return run


@pytest.fixture
def announced() -> Announced:
    return Announced()


@pytest.fixture(scope="module")
def own_pool(backend: Backend) -> Callable[[Announced], object]:
    """Starts a pool that a test may break."""

    @asynccontextmanager
    async def start(announced: Announced) -> AsyncIterator[Pool]:
        async with running_pool(backend, announced, limits=LIMITS) as started:
            await started.offer(table_id(), CSV, READER)
            yield started

    return start


@asynccontextmanager
async def in_a_task(opening: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """What is opened for a module lives in a task of its own, as cancel scopes must."""
    ready: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def live() -> None:
        async with opening as opened:
            ready.set_result(opened)
            await done.wait()

    task = asyncio.create_task(live())
    task.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        yield await ready
    except asyncio.CancelledError:
        await task  # it could not start, and says why
        raise
    finally:
        done.set()
    await task


def table_id() -> str:
    return dataset_id(CSV, READER)

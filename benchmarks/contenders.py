"""What the wall is measured beside, all on one table and held to one outcome."""

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
import structlog

from actors.ports import Session
from actors.profiling.registration import inspect_file
from actors.workers.containers import Owner
from actors.workers.docker import DockerBackend
from actors.workers.engine import worker_image
from actors.workers.link import Backend
from actors.workers.local import LocalBackend
from actors.workers.pool import Pool, running_pool
from benchmarks.executing import OWNER, TABLE, Executor, executor, process_of
from benchmarks.floor import Floor, floor
from benchmarks.kernels import Kernel, kernel, kernel_start
from events.dataset import DatasetRegistered
from events.struct import Event
from events.worker import WorkerStarted, WorkerStopFailed

CSV = Path(__file__).parents[1] / "examples" / "penguins_raw.csv"
ONE = "1 + 1"
MEANS = 'df.groupby("Species")["Body Mass (g)"].mean().round(1).to_dict()'
BARE = {ONE: "", MEANS: f"import pandas as pd\ndf = pd.read_csv({TABLE!r})\n"}
"""What a fresh Python has to do before each cell; our sessions have done it."""
PLACES = {"local": "local", "docker": "docker", "socket": "docker"}
"""Where the processes of each backend run: the floors there are measured once."""
MOST_SESSIONS = 200
BESIDE = Owner(f"{OWNER.home}-beside")
"""The owner of a second container: whoever starts workers sweeps away what else its owner has."""
QUIET_SECONDS = 0.05
"""A worker forks sessions ahead of time once all is quiet, which is how solvers meet it."""

_log = structlog.get_logger()


class WrongOutcome(Exception):
    """Two ways of running one cell gave different results: their times cannot be compared."""


@dataclass
class Contenders:
    """All that runs cells here, ready. Each gives seconds; all must give the same outcome."""

    dataset: str
    pools: Mapping[str, Pool]
    """By the name of the backend; `socket` is a container that is spoken to over one."""
    floors: Mapping[str, Floor]
    """A process with the same imports, by place."""
    fresh: Executor | None
    """Where every cell is a `docker exec python`; None without an engine."""
    workers: dict[str, str]
    """The newest worker's name, by backend: a process or a container."""
    _shown: dict[str, str] = field(default_factory=dict)

    async def process_of(self, backend: str) -> int:
        """The process of a backend's worker, as this machine counts."""
        name = self.workers[backend]
        return int(name) if backend == "local" else await process_of(name)

    async def cell(self, session: Session, code: str) -> float:
        """A cell in a session of ours."""
        began = time.perf_counter()
        result = await session.run(code)
        return self._agreed(began, code, result.display)

    async def start(self, pool: Pool) -> float:
        """A session and its first cell, after so long that one was forked ahead of time."""
        await anyio.sleep(QUIET_SECONDS)
        return await self.whole_session(pool)

    async def fork(self, bare: Floor) -> float:
        """A fork after the same silence."""
        await anyio.sleep(QUIET_SECONDS)
        return await bare.fork()

    async def whole_session(self, pool: Pool) -> float:
        """A session and its first cell; that it is closed is not counted."""
        began = time.perf_counter()
        async with pool.session(self.dataset) as session:
            result = await session.run(ONE)
            return self._agreed(began, ONE, result.display)

    async def kernel_cell(self, of: Kernel, code: str) -> float:
        """A cell in a kernel."""
        began = time.perf_counter()
        shown = await of.run(code)
        return self._agreed(began, code, shown)

    async def kernel_start(self) -> float:
        """A kernel with all its imports, and its first cell."""
        took, shown = await kernel_start(CSV, ONE)
        self._agreed(0.0, ONE, shown)
        return took

    async def fresh_cell(self, container: Executor, code: str) -> float:
        """A cell in a fresh Python, which has to import and read before it can group."""
        began = time.perf_counter()
        printed = await container.python(f"{BARE[code]}print({code})")
        return self._agreed(began, code, printed.strip())

    def _agreed(self, began: float, code: str, shown: str | None) -> float:
        took = time.perf_counter() - began
        shown = None if shown is None else " ".join(shown.split())  # a kernel breaks what is long into lines
        if shown is None or self._shown.setdefault(code, shown) != shown:
            message = f"{code} gives {shown!r} here and {self._shown.get(code)!r} elsewhere"
            raise WrongOutcome(message)
        return took


@asynccontextmanager
async def contenders(*, with_docker: bool) -> AsyncIterator[Contenders]:
    """All of them, ended at the end."""
    taken = inspect_file(CSV)
    assert isinstance(taken, DatasetRegistered), taken
    backends: dict[str, Backend] = {"local": LocalBackend()}
    if with_docker:
        backends["docker"] = DockerBackend(worker_image(), OWNER)
        backends["socket"] = DockerBackend(worker_image(), BESIDE, shares_socket=True)
    workers: dict[str, str] = {}

    async def hear(name: str, event: Event) -> None:
        """The pool itself warns of losses; a container that stays behind only its announcement tells of."""
        if isinstance(event, WorkerStarted):
            workers[name] = event.worker
        if isinstance(event, WorkerStopFailed):
            _log.warning("worker left behind", worker=event.worker, error=event.error)

    async with AsyncExitStack() as stack:
        pools: dict[str, Pool] = {}
        data = CSV.read_bytes()
        for name, backend in backends.items():
            running = running_pool(backend, partial(hear, name), sessions=MOST_SESSIONS)
            pools[name] = await stack.enter_async_context(running)
            await pools[name].offer(taken.dataset, data, taken.reader)
        floors, fresh = {"local": stack.enter_context(floor())}, None
        if with_docker:
            fresh = await stack.enter_async_context(executor(worker_image()))
            await fresh.put(data)
            floors["docker"] = await stack.enter_async_context(fresh.floor())
        yield Contenders(taken.dataset, pools, floors, fresh, workers)


@asynccontextmanager
async def kernels(number: int) -> AsyncIterator[list[Kernel]]:
    """So many kernels at once, started as many at a time as there are processors."""
    places, started = anyio.Semaphore(os.cpu_count() or 1), []
    async with AsyncExitStack() as stack:

        async def start() -> None:
            async with places:
                started.append(await stack.enter_async_context(kernel(CSV)))

        async with anyio.create_task_group() as tasks:
            for _ in range(number):
                tasks.start_soon(start)
        yield started

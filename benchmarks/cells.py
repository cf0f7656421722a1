"""`python -m benchmarks.cells`: a cell through our workers beside one `docker exec python` for each cell."""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import structlog

from actors.ports import Session
from actors.profiling.registration import inspect_file
from actors.terminal.output import configure
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, worker_image
from actors.workers.link import Backend
from actors.workers.local import LocalBackend
from actors.workers.pool import Pool, running_pool
from benchmarks.executing import OWNER, TABLE, Executor, executor
from benchmarks.floor import floor
from benchmarks.rounds import Spread, Way, interleaved
from benchmarks.table import machine, seconds, table, times
from events.dataset import DatasetRegistered
from events.struct import Event
from events.worker import WorkerStopFailed

CSV = Path(__file__).parents[1] / "examples" / "penguins_raw.csv"
ONE = "1 + 1"
MEANS = 'df.groupby("Species")["Body Mass (g)"].mean().round(1).to_dict()'
BARE = {ONE: "", MEANS: f"import pandas as pd\ndf = pd.read_csv({TABLE!r})\n"}
"""What a fresh Python has to do before each cell; our sessions have done it."""
WARM_UP = 3
BURST = 10
"""Cells of a session that are timed in a row; a fresh process for each leaves no room for so many."""
QUIET_SECONDS = 0.05
"""A worker forks sessions ahead of time once all is quiet, which is how solvers meet it."""

TASKS = (CELL, MEAN, START) = (f"cell `{ONE}`", "cell: a groupby mean", f"session start and cell `{ONE}`")
EXEC = "docker exec python -c"
FLOORS = {CELL: "floor: a byte there and back", START: "floor: fork with the same imports"}

_log = structlog.get_logger()


class WrongOutcome(Exception):
    """Two ways of running one cell gave different results: their times cannot be compared."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each is timed, at least (15)")
    parser.add_argument(
        "--workers", choices=["auto", "local"], default="auto", help="local leaves Docker out"
    )
    given = parser.parse_args(arguments)
    configure()
    anyio.run(_report, max(1, given.rounds), given.workers)


async def _report(rounds: int, workers: str) -> None:
    told, began = machine(), time.perf_counter()
    problem = "left out by --workers local" if workers == "local" else await docker_available(worker_image())
    async with AsyncExitStack() as stack:
        spreads = await interleaved(await _ways(stack, with_docker=problem is None), rounds, WARM_UP)
    print(f"{told}; {rounds} rounds, interleaved, after {WARM_UP} to warm up")
    if problem is not None:
        print(f"not measured: Docker workers and `{EXEC}`: {problem}")
    print(table(("", "median", "least", "most", "exec / this", "this / floor"), list(_rows(spreads))))
    print(f"measured in {seconds(time.perf_counter() - began)}")


async def _ways(stack: AsyncExitStack, *, with_docker: bool) -> list[Way]:
    """Everything that is compared here, started and ready."""
    bare, cells = stack.enter_context(floor()), _Cells(CSV)
    ways = [Way(CELL, FLOORS[CELL], bare.round_trip, BURST), Way(START, FLOORS[START], bare.fork)]
    ways += await cells.in_worker(stack, LocalBackend())
    if with_docker:
        ways += await cells.in_worker(stack, DockerBackend(worker_image(), OWNER))
        ways += await cells.by_exec(await stack.enter_async_context(executor(worker_image())))
    return ways


class _Cells:
    """The cells that are timed, on one table; each must give the same whatever runs it."""

    def __init__(self, csv: Path) -> None:
        taken = inspect_file(csv)
        assert isinstance(taken, DatasetRegistered), taken
        self._table = taken
        self._data = csv.read_bytes()
        self._shown: dict[str, str] = {}

    async def in_worker(self, stack: AsyncExitStack, backend: Backend) -> list[Way]:
        """The cells in a session that is open, and in one that is opened for each."""
        pool = await stack.enter_async_context(running_pool(backend, _hear))
        await pool.offer(self._table.dataset, self._data, self._table.reader)
        session = await stack.enter_async_context(pool.session(self._table.dataset))
        name = f"{backend.name} worker"
        return [
            Way(CELL, name, lambda: self._cell(session, ONE), BURST),
            Way(MEAN, name, lambda: self._cell(session, MEANS), BURST),
            Way(START, name, lambda: self._start(pool)),
        ]

    async def by_exec(self, container: Executor) -> list[Way]:
        """The cells in a fresh Python each, which has to import and read before it can group."""
        await container.put(self._data)
        return [
            Way(CELL, EXEC, lambda: self._exec(container, ONE)),
            Way(MEAN, f"{EXEC}, imports and reads", lambda: self._exec(container, MEANS)),
        ]

    async def _cell(self, session: Session, code: str) -> float:
        began = time.perf_counter()
        result = await session.run(code)
        took = time.perf_counter() - began
        self._agree(code, result.display)
        return took

    async def _start(self, pool: Pool) -> float:
        await anyio.sleep(QUIET_SECONDS)
        began = time.perf_counter()
        async with pool.session(self._table.dataset) as session:
            result = await session.run(ONE)
            took = time.perf_counter() - began
        self._agree(ONE, result.display)
        return took

    async def _exec(self, container: Executor, code: str) -> float:
        began = time.perf_counter()
        printed = await container.python(f"{BARE[code]}print({code})")
        took = time.perf_counter() - began
        self._agree(code, printed.strip())
        return took

    def _agree(self, code: str, shown: str | None) -> None:
        if shown is None or self._shown.setdefault(code, shown) != shown:
            message = f"{code} gives {shown!r} here and {self._shown.get(code)!r} elsewhere"
            raise WrongOutcome(message)


async def _hear(event: Event) -> None:
    """The pool itself warns of losses; a container that stays behind only its announcement tells of."""
    if isinstance(event, WorkerStopFailed):
        _log.warning("worker left behind", worker=event.worker, error=event.error)


def _rows(spreads: Mapping[Way, Spread]) -> Iterator[tuple[str, ...]]:
    medians = {(way.task, way.name): spread.median for way, spread in spreads.items()}
    for task in TASKS:
        yield (task,)
        by_exec = next((m for (done, name), m in medians.items() if done == task and EXEC in name), None)
        bare = medians.get((task, FLOORS.get(task, "")))
        for way, spread in spreads.items():
            if way.task == task:
                figures = (seconds(spread.median), seconds(spread.least), seconds(spread.most))
                yield (f"  {way.name}", *figures, _ratio(by_exec, spread.median), _ratio(spread.median, bare))


def _ratio(upper: float | None, lower: float | None) -> str:
    return "-" if upper is None or lower is None else times(upper / lower)


if __name__ == "__main__":
    main()

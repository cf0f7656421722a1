"""`python -m benchmarks.soak`: thousands of sessions with faults at random, and what is left of them."""

import argparse
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import aiodocker
import anyio

from actors.ports import InfrastructureError
from actors.terminal.output import configure
from actors.workers.containers import LABEL_OWNER
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, worker_image
from actors.workers.link import Backend
from actors.workers.local import LocalBackend
from actors.workers.pool import Pool, running_pool
from actors.workers.restarts import Restarts
from actors.workers.sandbox.nursery import SPARES
from benchmarks.executing import OWNER, process_of
from benchmarks.processes import children, descriptors, resident
from benchmarks.table import machine, seconds, table
from events.dataset import ReaderSettings
from events.frames import Limits
from events.struct import Event
from events.trace import CellResult
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed

CSV = b"a,b\n1,2\n3,4\n"
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
TABLE = "the table"
AT_ONCE = 8
LIMITS = Limits(cell_seconds=2.0, memory_bytes=768 * 1024**2, output_bytes_total=10**6)
SETTLE_SECONDS = 20.0
GROWTH = 1.05
"""How much of its memory a process may gain; its heap is not given back to the last page."""
ABANDONED, LOST = "abandoned", "lost with its worker"


@dataclass(frozen=True)
class Kind:
    """One kind of session."""

    name: str
    weight: int
    """How many of a thousand."""
    code: str
    ends: tuple[str, ...]
    """How its cell may end: a value, the kind of an error, the reason of a session's end."""


KINDS = (
    Kind("honest", 800, "df['a'].sum()", ("value",)),
    Kind("an error", 40, "1 / 0", ("ZeroDivisionError",)),
    Kind("files left behind", 40, "for n in range(20):\n    open(f'{n}', 'w').write('x')\n1", ("value",)),
    Kind("threads left behind", 20, "import threading, time\nfor _ in range(4):\n"
         "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n1", ("value",)),
    Kind("an exit", 20, "import os\nos._exit(3)", ("crashed",)),
    Kind("a forged frame", 20, "import os\nos.write(3, b'x' * 99)", ("crashed",)),
    Kind("too much memory", 20, "np.ones(10**9)", ("MemoryError", "_ArrayMemoryError")),
    Kind("too much output", 10, "while True:\n    print('x' * 10_000)", ("output_limit", "CellTimeout")),
    Kind("a fork", 10, "import os\nos.fork()", ("PermissionError", "BlockingIOError")),
    Kind("a loop", 10, "while True:\n    pass", ("CellTimeout", "wall_limit")),
    Kind(ABANDONED, 10, "import time\ntime.sleep(60)", (ABANDONED,)),
)  # fmt: skip


@dataclass
class Heard:
    """What the pool told."""

    worker: WorkerStarted | None = None
    lost: int = 0
    left: int = 0

    async def __call__(self, event: Event) -> None:
        """Hear an event."""
        if isinstance(event, WorkerStarted):
            self.worker = event
        self.lost += isinstance(event, WorkerLost)
        self.left += isinstance(event, WorkerStopFailed)

    async def process(self) -> int:
        """The worker's process, as this machine counts."""
        assert self.worker is not None
        name = self.worker.worker
        return int(name) if self.worker.backend == "local" else await process_of(name)


@dataclass
class Soak:
    """A run: how its sessions ended, and which did not as they may."""

    sessions: Iterator[Kind]
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def work(self, pool: Pool) -> None:
        """Run sessions until there are no more."""
        for kind in self.sessions:
            end = await _ended(pool, kind)
            self.ended[kind.name, end] += 1
            if end not in (*kind.ends, LOST):
                self.wrong[kind.name, end] += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the tables, and give 1 where something is left or not accounted for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=20_000, help="how many (20000)")
    parser.add_argument(
        "--kill-every", type=int, default=2500, help="sessions to each kill of a worker (2500)"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()) % 10_000, help="of what happens (drawn)")
    parser.add_argument("--workers", choices=["docker", "local"], default="local", help="where (local)")
    given = parser.parse_args(arguments)
    configure()
    return anyio.run(_report, given)


async def _report(given: argparse.Namespace) -> int:
    if given.workers == "docker" and (problem := await docker_available(worker_image())) is not None:
        print(f"not run: {problem}")
        return 3
    backend: Backend = LocalBackend() if given.workers == "local" else DockerBackend(worker_image(), OWNER)
    print(f"{machine()}; {backend.name}, {given.sessions} sessions, {AT_ONCE} at once, seed {given.seed}")
    began = time.perf_counter()
    soak, heard = Soak(_drawn(given.sessions, Random(given.seed))), Heard()
    async with _pool(backend, heard) as pool:
        await Soak(_drawn(AT_ONCE * 20, Random(1))).work(pool)
        before = await _held(heard)
        async with anyio.create_task_group() as killing:
            killing.start_soon(_kill, soak, heard, given.kill_every)
            async with anyio.create_task_group() as tasks:
                for _ in range(AT_ONCE):
                    tasks.start_soon(soak.work, pool)
            killing.cancel_scope.cancel()
        async with pool.session(TABLE):  # whose worker there is, if the last one was just killed
            pass
        after = await _held(heard)
    _print(soak, heard, before, after, time.perf_counter() - began)
    heard.left += await _containers()
    return judged(given.sessions, soak, heard, before, after)


def _drawn(sessions: int, rng: Random) -> Iterator[Kind]:
    weights = [kind.weight for kind in KINDS]
    yield from (rng.choices(KINDS, weights)[0] for _ in range(sessions))


@asynccontextmanager
async def _pool(backend: Backend, heard: Heard) -> AsyncIterator[Pool]:
    async with running_pool(
        backend,
        heard,
        sessions=AT_ONCE,
        limits=LIMITS,
        restarts=lambda: Restarts(limit=10**6, longest=0.2),
    ) as pool:
        await pool.offer(TABLE, CSV, READER)
        yield pool


async def _ended(pool: Pool, kind: Kind) -> str:
    try:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(pool.session(TABLE))
            if kind.name == ABANDONED:
                with anyio.move_on_after(0.02):
                    return _told(await session.run(kind.code))
                return ABANDONED
            return _told(await session.run(kind.code))
    except InfrastructureError:
        return LOST


def _told(result: CellResult) -> str:
    if result.end is not None:
        return result.end.reason
    return "value" if result.error is None else result.error.kind


async def _kill(soak: Soak, heard: Heard, every: int) -> None:
    """Kill the worker after each so many sessions."""
    due = every
    while True:
        await anyio.sleep(0.05)
        if soak.ended.total() >= due:
            due += every
            os.kill(await heard.process(), signal.SIGKILL)


async def _held(heard: Heard) -> dict[str, float]:
    """What this process and the worker hold once all is quiet."""
    worker = await heard.process()
    with anyio.move_on_after(SETTLE_SECONDS):
        while len(children(worker)) != SPARES:  # noqa: ASYNC110  nobody tells of it
            await anyio.sleep(0.1)
    return {
        "memory of the host, MB": resident(os.getpid()) / 1e6,
        "memory of the worker, MB": resident(worker) / 1e6,
        "descriptors of the host": descriptors(os.getpid()),
        "descriptors of the worker": descriptors(worker),
        "processes of the worker": len(children(worker)),
        "containers": await _containers(),
    }


async def _containers() -> int:
    """How many containers of this run there are; none where there is no engine."""
    try:
        async with aiodocker.Docker() as docker:
            label = {"label": [f"{LABEL_OWNER}={OWNER.home}"]}
            return len(await docker.containers.list(all=True, filters=label))
    except (AssertionError, ValueError, OSError, aiodocker.DockerError):
        return 0


def _print(soak: Soak, heard: Heard, before: dict[str, float], after: dict[str, float], took: float) -> None:
    rows = [(f"{kind}: {end}", str(number)) for (kind, end), number in sorted(soak.ended.items())]
    print(table(("sessions", "how many"), rows))
    print(
        f"workers lost: {heard.lost}; left behind: {heard.left}; {soak.ended.total() / took:.0f} sessions/s"
    )
    held = [(what, f"{before[what]:.4g}", f"{after[what]:.4g}") for what in before]
    print(table(("", "at the beginning", "at the end"), held))
    print(f"ran {seconds(took)}")


def judged(sessions: int, soak: Soak, heard: Heard, before: dict[str, float], after: dict[str, float]) -> int:
    """Say what is amiss; 1 where something is.

    Args:
        sessions: how many there were to be.
        soak: how they ended.
        heard: what the pool told, and how many workers stayed behind.
        before: what was held at the beginning.
        after: the same at the end.
    """
    amiss = [f"{number} of {kind} ended as {end}" for (kind, end), number in soak.wrong.items()]
    if soak.ended.total() != sessions:
        amiss.append(f"{sessions - soak.ended.total()} sessions are not accounted for")
    amiss += [
        f"{what}: {before[what]:.4g} became {after[what]:.4g}"
        for what in before
        if after[what] > before[what] * (GROWTH if "memory" in what else 1)
    ]
    if heard.left:
        amiss.append(f"{heard.left} workers stayed behind")
    print("\n".join(amiss) or "every session is accounted for, and nothing is left")
    return 1 if amiss else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""How many sessions and cells there are in a second when several are asked for at once."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from statistics import median

import anyio

from actors.workers.pool import Pool
from benchmarks.contenders import ONE, PLACES, Contenders, kernels
from benchmarks.rounds import Way, by_round, sampled, spread
from benchmarks.table import seconds, table
from benchmarks.targets import Target, targets

WARM_UP = 1
AT_ONCE = 4
"""Sessions that are asked for at the same time."""
OPEN = 8
"""Sessions whose cells run at the same time."""
KERNELS_AT_ONCE = os.cpu_count() or 1
"""More at once only wait for each other."""
SESSIONS, CELLS = f"a session with its first cell, {AT_ONCE} at once", f"a cell, {OPEN} sessions at once"
TASKS = (SESSIONS, CELLS)
KERNEL, FORK = "Jupyter kernel", "floor: fork with the same imports"
Samples = Mapping[Way, Sequence[Sequence[float]]]


async def report(here: Contenders, rounds: int, lasting: float) -> AsyncIterator[str]:
    """Measure, and tell.

    Args:
        here: what is compared.
        rounds: how many figures there are of each kind.
        lasting: seconds that a figure is taken over.
    """
    async with AsyncExitStack() as stack:
        samples = await sampled(await _ways(here, stack, lasting), rounds, min(WARM_UP, rounds - 1))
    yield f"How many in a second, {rounds} rounds, interleaved"
    yield table(("", "in a second", "least", "most", "time of each"), list(_rows(samples)))
    yield "\nIn a second"
    yield targets(list(_promised(here, samples)))


async def _ways(here: Contenders, stack: AsyncExitStack, lasting: float) -> list[Way]:
    ways = []
    for name, pool in here.pools.items():
        ours = f"{name} worker"
        whole = partial(here.whole_session, pool)
        ways.append(Way(SESSIONS, ours, partial(_each, [whole] * AT_ONCE, lasting)))
        if (bare := here.floors.get(name)) is not None:
            ways.append(Way(SESSIONS, f"{FORK}, {name}", bare.fork, 10))
        ways.append(Way(CELLS, ours, partial(_each, await _cells(here, stack, pool), lasting)))
    started = await stack.enter_async_context(kernels(OPEN))
    in_kernels = [partial(here.kernel_cell, one, ONE) for one in started]
    ways.append(Way(CELLS, KERNEL, partial(_each, in_kernels, lasting)))
    ways.append(Way(SESSIONS, KERNEL, partial(_each, [here.kernel_start] * KERNELS_AT_ONCE, 0.0)))
    return ways


async def _cells(here: Contenders, stack: AsyncExitStack, pool: Pool) -> list[Callable[[], Awaitable[float]]]:
    opened = [await stack.enter_async_context(pool.session(here.dataset)) for _ in range(OPEN)]
    return [partial(here.cell, session, ONE) for session in opened]


async def _each(work: Sequence[Callable[[], Awaitable[object]]], lasting: float) -> float:
    """Seconds that one takes when these are done side by side, each again and again; at least once each."""
    done, began = 0, time.perf_counter()

    async def repeat(once: Callable[[], Awaitable[object]]) -> None:
        nonlocal done
        while True:
            await once()
            done += 1
            if time.perf_counter() - began >= lasting:
                return

    async with anyio.create_task_group() as tasks:
        for once in work:
            tasks.start_soon(repeat, once)
    return (time.perf_counter() - began) / done


def _rows(samples: Samples) -> Iterator[tuple[str, ...]]:
    for task in TASKS:
        yield (task,)
        for way, bursts in samples.items():
            if way.task == task:
                found = spread([median(one) for one in bursts])
                rates = (f"{1 / value:,.3g}" for value in (found.median, found.most, found.least))
                yield (f"  {way.name}", *rates, seconds(found.median))


def _promised(here: Contenders, samples: Samples) -> Iterator[Target]:
    taken = {(way.task, way.name): [median(one) for one in bursts] for way, bursts in samples.items()}
    for name in here.pools:
        ours = f"{name} worker"
        by_fork = by_round(taken[SESSIONS, f"{FORK}, {PLACES[name]}"], taken[SESSIONS, ours])
        yield Target(f"sessions: {ours} / one over the fork there", by_fork, 0.5)
        by_kernel = by_round(taken[SESSIONS, KERNEL], taken[SESSIONS, ours])
        yield Target(f"sessions: {ours} / {KERNEL}", by_kernel, 60)
        cells = by_round(taken[CELLS, KERNEL], taken[CELLS, ours])
        yield Target(f"cells: {ours} / {KERNEL}", cells, 10)

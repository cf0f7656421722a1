"""One cell, and one session with its first cell: how long whoever asks has to wait."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from statistics import median

from benchmarks.contenders import MEANS, ONE, PLACES, Contenders, kernels
from benchmarks.rounds import Spread, Way, by_round, sampled, spread
from benchmarks.table import seconds, table
from benchmarks.targets import Target, targets

WARM_UP = 3
CELLS = 50
"""Cells of a session that are timed in a row; a fresh process for each leaves no room for so many."""
STARTS = 5
"""Sessions, and forks beside them, that are timed in a row: each after the same silence."""
TASKS = (CELL, MEAN, START) = (f"cell `{ONE}`", "cell: a groupby mean", f"session start and cell `{ONE}`")
KERNEL, EXEC = "Jupyter kernel", "docker exec python -c"
ECHO, FORK = "floor: a byte there and back", "floor: fork with the same imports"
Samples = Mapping[Way, Sequence[Sequence[float]]]


async def report(here: Contenders, rounds: int) -> AsyncIterator[str]:
    """Measure, and tell.

    Args:
        here: what is compared.
        rounds: how often each is timed.
    """
    async with AsyncExitStack() as stack:
        samples = await sampled(await _ways(here, stack), rounds, WARM_UP)
    yield f"Waiting for a cell, {rounds} rounds, interleaved, after {WARM_UP} to warm up"
    yield table(("", "median", "least", "most"), list(_rows(samples)))
    yield "\nWaiting"
    yield targets(list(_promised(here, samples)))


async def _ways(here: Contenders, stack: AsyncExitStack) -> list[Way]:
    ways = []
    for name, pool in here.pools.items():
        session = await stack.enter_async_context(pool.session(here.dataset))
        ours = _ours(name)
        if (bare := here.floors.get(name)) is not None:
            ways.append(Way(CELL, f"{ECHO}, {name}", bare.round_trip, CELLS))
            ways.append(Way(START, f"{FORK}, {name}", partial(here.fork, bare), STARTS))
        ways += [
            Way(CELL, ours, partial(here.cell, session, ONE), CELLS),
            Way(MEAN, ours, partial(here.cell, session, MEANS), CELLS),
            Way(START, ours, partial(here.start, pool), STARTS),
        ]
    (kernel,) = await stack.enter_async_context(kernels(1))
    ways += [Way(task, KERNEL, partial(here.kernel_cell, kernel, code), CELLS) for task, code in _CODES]
    if here.fresh is not None:
        ways += [Way(task, EXEC, partial(here.fresh_cell, here.fresh, code)) for task, code in _CODES]
    return ways


_CODES = ((CELL, ONE), (MEAN, MEANS))


def _ours(name: str) -> str:
    return f"{name} worker"


def _rows(samples: Samples) -> Iterator[tuple[str, ...]]:
    for task in TASKS:
        yield (task,)
        for way, bursts in samples.items():
            if way.task == task:
                found = spread([one for burst in bursts for one in burst])
                yield (f"  {way.name}", *map(seconds, (found.median, found.least, found.most)))


def _promised(here: Contenders, samples: Samples) -> Iterator[Target]:
    by_round_of = {(way.task, way.name): [median(one) for one in bursts] for way, bursts in samples.items()}

    def ratio(task: str, upper: str, lower: str) -> Spread:
        return by_round(by_round_of[task, upper], by_round_of[task, lower])

    for name in here.pools:
        ours = _ours(name)
        yield Target(f"cell: {ours} / {KERNEL}", ratio(CELL, ours, KERNEL), 1 / 8, least=False)
        if here.fresh is not None:
            yield Target(f"cell: {ours} / {EXEC}", ratio(CELL, ours, EXEC), 1 / 150, least=False)
        fork = f"{FORK}, {PLACES[name]}"
        yield Target(f"session: {ours} / fork there", ratio(START, ours, fork), 0.5, least=False)

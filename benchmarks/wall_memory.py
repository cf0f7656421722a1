"""What a session holds while it waits, and how many can be open at once."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack

from actors.workers.pool import Pool
from benchmarks.contenders import MOST_SESSIONS, Contenders, kernels
from benchmarks.processes import children, inside, memory
from benchmarks.rounds import Spread, spread
from benchmarks.table import seconds, table
from benchmarks.targets import Target, targets

WATCHED = 8
"""Sessions whose memory is looked at."""
OWN_BYTES = 4e6
"""What an idle session may hold of its own."""
WHO = "__import__('os').getpid()"
KERNEL = "Jupyter kernel"


class CannotSee(Exception):
    """The processes of the sessions cannot be seen from here, as with an engine on another machine."""


async def report(here: Contenders) -> AsyncIterator[str]:
    """Measure, and tell."""
    held: dict[str, Spread] = {}
    unseen = []
    for name, pool in here.pools.items():
        try:
            held[f"{name} worker"] = await _held_by_sessions(here, pool, await here.process_of(name))
        except (CannotSee, OSError) as problem:
            unseen.append(f"not measured: sessions of the {name} worker: {problem}")
    async with kernels(1) as (kernel,):
        await kernel.run(WHO)
        held[KERNEL] = spread([memory(kernel.process)])
    yield "Memory that is an idle session's own, after one cell"
    yield table(("", "median", "least", "most"), list(_rows(held)))
    for line in unseen:
        yield line
    yield f"\n{MOST_SESSIONS} sessions open at once"
    yield table(("", "to open them", "to have an answer from each"), [row async for row in _many(here)])
    yield "\nMemory"
    yield targets(list(_promised(held)))


async def _held_by_sessions(here: Contenders, pool: Pool, worker: int) -> Spread:
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(pool.session(here.dataset)) for _ in range(WATCHED)]
        told = {(await session.run(WHO)).display for session in opened}
        found = [child for child in children(worker) if inside(child) in told]
        if len(found) != WATCHED:
            message = f"{len(found)} of {WATCHED} processes found"
            raise CannotSee(message)
        return spread([memory(process) for process in found])


async def _many(here: Contenders) -> AsyncIterator[tuple[str, ...]]:
    for name, pool in here.pools.items():
        async with AsyncExitStack() as stack:
            began = time.perf_counter()
            opened = [
                await stack.enter_async_context(pool.session(here.dataset)) for _ in range(MOST_SESSIONS)
            ]
            for number, session in enumerate(opened):
                await session.run(f"mine = {number}")
            ready = time.perf_counter()
            answers = [(await session.run("mine")).display for session in opened]
            answered = time.perf_counter()
        assert answers == [str(number) for number in range(MOST_SESSIONS)], answers
        yield f"{name} worker", seconds(ready - began), seconds(answered - ready)


def _rows(held: Mapping[str, Spread]) -> Iterator[tuple[str, ...]]:
    for name, one in held.items():
        yield (name, *(f"{value / 1e6:.1f} MB" for value in (one.median, one.least, one.most)))


def _promised(held: Mapping[str, Spread]) -> Iterator[Target]:
    for name, one in held.items():
        if name != KERNEL:
            shares = [value / OWN_BYTES for value in (one.median, one.least, one.most)]
            yield Target(f"{name} / {OWN_BYTES / 1e6:g} MB", Spread(*shares), 1.0, least=False)

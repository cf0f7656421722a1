"""`python -m benchmarks.generation`: questions a CPU-second, from search to the wall, and where it goes."""

import argparse
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio

from actors.generation.stream import BOUNDLESS
from actors.job import WITHOUT_MODEL
from actors.ports import Workers
from actors.profiling.intake import Taken, take_in
from actors.profiling.table import read_table
from actors.terminal.output import configure
from actors.workers.guard import GuardedWorkers
from actors.workers.local import LocalBackend
from actors.workers.pool import running_pool
from benchmarks import generation_memory
from benchmarks.enlarged import TIMES, enlarged
from benchmarks.generating import SESSIONS, Line, Made, timed_court
from benchmarks.rounds import Spread, by_round, in_turn, spread
from benchmarks.stages import Stages
from benchmarks.table import machine, seconds, share, table
from benchmarks.targets import Target, targets
from events.dataset import DatasetRegistered
from events.question import Source
from events.struct import Event

EXAMPLES = Path(__file__).parents[1] / "examples"
LEAST_RATE = 10.0
"""Accepted questions a CPU-second, of either source."""
MOST_BYTES = 1e9
GROWN = 80
"""Proposals judged in a round to see how time grows with rows; some operators take far longer than others."""


@dataclass(frozen=True)
class Measured:
    """What the rounds came to."""

    made: Mapping[Line, list[Made]]
    """What each line made in each round that is kept."""
    stages: Mapping[Source, Stages]
    """Where the time of these rounds went, by source."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "paths", nargs="*", type=Path, default=[EXAMPLES], help="CSV files, folders (examples)"
    )
    parser.add_argument("--questions", type=int, default=16, help="of each table and source, a round (16)")
    parser.add_argument("--rounds", type=int, default=3, help="that are kept, after one that is not (3)")
    given = parser.parse_args(arguments)
    configure()
    anyio.run(_report, tuple(given.paths), given.questions, given.rounds)


async def _report(paths: Sequence[Path], wanted: int, rounds: int) -> None:
    began = time.perf_counter()
    print(machine())
    tables = [one for one in take_in(paths) if isinstance(one.event, DatasetRegistered)]
    async with _workers(tables) as workers:
        found = await _rounds(_lines(tables, workers), wanted, rounds)
    print(f"\n{wanted} questions of each table and source in each of {rounds} rounds, their code run")
    head = ("", "proposals", "accepted", "CPU", "of that, sessions")
    print(table(head, list(_costs(found.made))))
    print("\n" + targets(list(_rates(found.made)), "questions a CPU-second"))
    print("\nWhere the CPU time goes")
    print(table(("", *found.stages), list(_shares(found))))
    largest = max(tables, key=_rows)
    assert isinstance(largest.event, DatasetRegistered)
    print(f"\nProposals of {largest.event.name} through search and court, with the table drawn larger")
    grown = await _growth(largest, rounds)
    print(table(("", "a proposal", "least", "most"), list(_grown(grown))))
    print("\n" + targets(list(_growths(grown))))
    print(f"\nMemory of a process that searches and judges {largest.event.name}")
    print(targets([_memory(largest.event, wanted)], "megabytes at the peak"))
    print(f"\nmeasured in {seconds(time.perf_counter() - began)}")


@asynccontextmanager
async def _workers(tables: Sequence[Taken]) -> AsyncIterator[Workers]:
    async def announce(_: Event) -> None:
        return None

    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(running_pool(LocalBackend(), announce))
        workers = GuardedWorkers(pool, allow_process=True)
        for one in tables:
            assert isinstance(one.event, DatasetRegistered)
            await workers.offer(one.event.dataset, one.data, one.event.reader)
        yield workers


def _lines(tables: Sequence[Taken], workers: Workers) -> list[Line]:
    return [
        Line(one.event, partial(read_table, one.data, one.event.reader), source, workers)
        for one in tables
        if isinstance(one.event, DatasetRegistered)
        for source in WITHOUT_MODEL
    ]


async def _rounds(lines: Sequence[Line], wanted: int, rounds: int) -> Measured:
    """Each line goes on with its stream in each round; what a first one pays once is thrown away."""
    made: dict[Line, list[Made]] = {line: [] for line in lines}
    stages = {source: Stages(_IDLE, time.process_time) for source in WITHOUT_MODEL}
    spare = Stages(_IDLE, time.process_time)
    for line, is_kept in in_turn(lines, rounds, warm_up=1):
        clock = stages[line.source] if is_kept else spare
        with timed_court(clock):
            taken = await line.stretch(wanted, clock)
        if is_kept:
            made[line].append(taken)
    return Measured(made, stages)


_IDLE = "between the stages"


def _costs(made: Mapping[Line, list[Made]]) -> Iterator[tuple[str, ...]]:
    for line, rounds in made.items():
        spent, below = sum(one.seconds for one in rounds), sum(one.below for one in rounds)
        judged, accepted = sum(one.proposals for one in rounds), sum(one.accepted for one in rounds)
        yield (line.name, str(judged), str(accepted), seconds(spent), share(below, spent))


def _rates(made: Mapping[Line, list[Made]]) -> Iterator[Target]:
    for line, rounds in made.items():
        rates = spread([one.rate for one in rounds])
        yield Target(line.name, rates, LEAST_RATE, told=_per_second)
    for source in WITHOUT_MODEL:
        of_source = [rounds for line, rounds in made.items() if line.source == source]
        rates = spread([_rate(one_round) for one_round in zip(*of_source, strict=True)])
        yield Target(f"all tables, {source}", rates, LEAST_RATE, told=_per_second)


def _rate(made: Sequence[Made]) -> float:
    return sum(one.accepted for one in made) / sum(one.seconds for one in made)


def _shares(found: Measured) -> Iterator[tuple[str, ...]]:
    spent = {source: dict(_spent(found, source)) for source in found.stages}
    names = sorted(
        set().union(*spent.values()), key=lambda name: -max(one.get(name, 0.0) for one in spent.values())
    )
    for name in names:
        yield (name, *(share(one.get(name, 0.0), sum(one.values())) for one in spent.values()))


def _spent(found: Measured, source: Source) -> Iterator[tuple[str, float]]:
    """CPU-seconds by stage; what lies between is left out, for it runs on while the other source works."""
    yield from ((name, taken) for name, taken in found.stages[source].seconds().items() if name != _IDLE)
    made = [one for line, rounds in found.made.items() if line.source == source for one in rounds]
    yield SESSIONS, sum(one.below for one in made)


async def _growth(taken: Taken, rounds: int) -> dict[int, list[float]]:
    """CPU-seconds a proposal in each round, by how many times as many rows there are."""
    event = taken.event
    assert isinstance(event, DatasetRegistered)
    found: dict[int, list[float]] = {times: [] for times in TIMES}
    frame = read_table(taken.data, event.reader)
    for number, (times, is_kept) in enumerate(in_turn(TIMES, rounds, warm_up=1)):
        line = Line(event, partial(enlarged, frame, times), "procedural", seed=number // len(TIMES))
        made = await line.stretch(BOUNDLESS, Stages(_IDLE, time.process_time), GROWN)
        if is_kept:
            found[times].append(made.own / made.proposals)
    return found


def _grown(found: Mapping[int, list[float]]) -> Iterator[tuple[str, ...]]:
    for times, samples in found.items():
        told = spread(samples)
        yield (f"{times} x as many rows", *map(seconds, (told.median, told.least, told.most)))


def _growths(found: Mapping[int, list[float]]) -> Iterator[Target]:
    """Time may grow as rows do, and no faster."""
    for times in TIMES[1:]:
        ratio = by_round(found[times], found[TIMES[0]])
        yield Target(f"{times} x as many rows", ratio, float(times), least=False)


def _memory(event: DatasetRegistered, wanted: int) -> Target:
    path = str(Path(event.path).resolve())
    command = [sys.executable, "-m", generation_memory.__name__, path, str(wanted)]
    told = subprocess.run(command, cwd=EXAMPLES.parent, capture_output=True, text=True, check=True).stdout
    peak = float(told)
    return Target(
        f"{event.rows} rows",
        Spread(peak, peak, peak),
        MOST_BYTES,
        least=False,
        told=_megabytes,
    )


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def _per_second(rate: float) -> str:
    return f"{rate:.1f} /s"


def _rows(taken: Taken) -> int:
    return taken.event.rows if isinstance(taken.event, DatasetRegistered) else 0


if __name__ == "__main__":
    main()

"""`python -m benchmarks.questions`: what a question and an episode cost, and where the time goes."""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from actors.terminal.output import configure
from benchmarks.courts import Session, sessions
from benchmarks.stages import Stages
from benchmarks.table import machine, seconds, share, table
from benchmarks.wholes import Whole, one_by_one, whole

EXAMPLES = Path(__file__).parents[1] / "examples"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "paths", nargs="*", type=Path, default=[EXAMPLES], help="CSV files, folders (examples)"
    )
    parser.add_argument("--questions", type=int, default=16, help="accepted of each table and source (16)")
    parser.add_argument("--episodes", type=int, default=3, help="the same in whole runs (3)")
    given = parser.parse_args(arguments)
    configure()
    began, paths = time.perf_counter(), tuple(given.paths)
    print(machine())
    court = sessions(paths, given.questions)
    print(f"\nThe court, in process, {given.questions} questions wanted of each table and source")
    print(table(("source", "proposed", "accepted", "CPU", "accepted in a CPU-second"), list(_rates(court))))
    print("\nWhere its CPU time goes")
    print(table(("", *(f"{one.source}" for one in court)), list(_checks(court))))
    print(f"\nA whole run on local workers, {given.episodes} questions wanted of each table and source")
    print(table(("", ""), list(_costs(whole(paths, given.episodes)))))
    print("\nWhere the time of such a run goes, its stages one by one")
    print(table(("", "times", "wall", "each", "share"), list(_stages(one_by_one(paths, given.episodes)))))
    print(f"\nmeasured in {seconds(time.perf_counter() - began)}")


def _rates(court: Sequence[Session]) -> Iterator[tuple[str, ...]]:
    for one in court:
        rate = f"{one.accepted / one.seconds:.0f} /s"
        yield (one.source, str(one.proposals), str(one.accepted), seconds(one.seconds), rate)


def _checks(court: Sequence[Session]) -> Iterator[tuple[str, ...]]:
    for check in max(court, key=lambda one: one.seconds).cpu:
        yield (check, *(share(one.cpu.get(check, 0.0), one.seconds) for one in court))


def _costs(run: Whole) -> Iterator[tuple[str, str]]:
    verified, judged = len(run.state.verified()), len(run.state.episodes.judged)
    yield "episodes", f"{judged} judged, {verified} verified"
    yield "wall time", seconds(run.wall)
    yield "CPU time, this process (actors, log, artifacts)", seconds(run.own)
    yield (
        "CPU time, other processes (court, oracle, worker, sessions; their start too)",
        seconds(run.children),
    )
    yield "verified in a CPU-second", f"{verified / run.cpu:.2f} /s"
    yield "verified in a second of wall time", f"{verified / run.wall:.2f} /s"


def _stages(stages: Stages) -> Iterator[tuple[str, ...]]:
    taken = stages.seconds()
    for name, wall in taken.items():
        entered = stages.entered[name]
        each = seconds(wall / entered) if entered else "-"
        yield (name, str(entered or "-"), seconds(wall), each, share(wall, sum(taken.values())))


if __name__ == "__main__":
    main()

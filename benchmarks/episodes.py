"""`python -m benchmarks.episodes`: what a verified episode costs in a whole run, and where the time goes."""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from actors.terminal.output import configure
from benchmarks.judging import Judged, judged
from benchmarks.latency import ATTEMPTS, SECONDS, Slow, slow
from benchmarks.stages import Stages
from benchmarks.table import machine, seconds, share, table
from benchmarks.wholes import Whole, one_by_one, whole

EXAMPLES = Path(__file__).parents[1] / "examples"
MOST_ORCHESTRATION = 0.25
"""Of the CPU time of solving and judging."""
MOST_LAG = 0.05
"""Seconds."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "paths", nargs="*", type=Path, default=[EXAMPLES], help="CSV files, folders (examples)"
    )
    parser.add_argument("--episodes", type=int, default=3, help="wanted of each table and source (3)")
    told = "wanted of each for the slow server, which is asked one attempt at each question at a time (6)"
    parser.add_argument("--slow", type=int, default=6, help=told)
    given = parser.parse_args(arguments)
    configure()
    began, paths = time.perf_counter(), tuple(given.paths)
    print(machine())
    print(f"\nA whole run on local workers, {given.episodes} questions wanted of each table and source")
    print(table(("", ""), list(_costs(whole(paths, given.episodes)))))
    print("\nQuestions that were made before, solved by a teacher that takes no time, and judged")
    print(table(("", "", "share"), list(_judging(judged(paths, given.episodes)))))
    print(f"\nSolved by a model whose server takes {SECONDS:g} s an answer, {ATTEMPTS} attempts at once")
    print(table(("", ""), list(_latency(slow(paths, given.slow)))))
    print("\nWhere the time of such a run goes, its stages one by one")
    print(table(("", "times", "wall", "each", "share"), list(_stages(one_by_one(paths, given.episodes)))))
    print(f"\nmeasured in {seconds(time.perf_counter() - began)}")


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


def _judging(run: Judged) -> Iterator[tuple[str, ...]]:
    yield "verified in a CPU-second", f"{run.verified / run.cpu:.2f} /s", ""
    for name, spent in run.spent.items():
        yield name, seconds(spent), share(spent, run.cpu)
    is_met = "met" if run.orchestration <= MOST_ORCHESTRATION else "not met"
    wanted = f"at most {MOST_ORCHESTRATION:.0%}"
    yield f"all but forks and cells; {wanted}: {is_met}", "", share(run.orchestration, 1)


def _latency(run: Slow) -> Iterator[tuple[str, str]]:
    yield "attempts made", str(run.attempts)
    wanted = min(ATTEMPTS, run.attempts)
    reached = "met" if run.open >= wanted else "not met"
    yield f"attempts with a session at once; wanted {wanted}: {reached}", str(run.open)
    yield "calls that the server had at once", str(run.in_flight)
    yield "event loop late, median", seconds(run.lag(0.5))
    is_met = "met" if run.lag(0.99) < MOST_LAG else "not met"
    yield f"event loop late, 99 in 100 less than; below {seconds(MOST_LAG)}: {is_met}", seconds(run.lag(0.99))
    yield "wall time", seconds(run.wall)


def _stages(stages: Stages) -> Iterator[tuple[str, ...]]:
    taken = stages.seconds()
    for name, wall in taken.items():
        entered = stages.entered[name]
        each = seconds(wall / entered) if entered else "-"
        yield (name, str(entered or "-"), seconds(wall), each, share(wall, sum(taken.values())))


if __name__ == "__main__":
    main()

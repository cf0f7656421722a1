import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from actors.workers.engine import docker_available, worker_image
from benchmarks.enlarged import TIMES, enlarged
from benchmarks.processes import processor_seconds, seconds_by_command
from benchmarks.rounds import Way, interleaved
from benchmarks.stages import Stages
from benchmarks.table import seconds, share, table, times

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(r"(?:\d (?:µs|ms|s|x|%|/s)|  -)(?=  |$)")


def printed(module: str, *arguments: str, quiet: bool = True) -> str:
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stdout[-1000:] + ended.stderr[-2000:]
    assert not (quiet and ended.stderr), ended.stderr[-2000:]
    return ended.stdout


def row(shown: str, beginning: str) -> str:
    found = [line for line in shown.splitlines() if line.startswith(beginning)]
    assert found, f"{beginning!r} is not in:\n{shown}"
    return found[0]


@pytest.mark.full
def test_a_wall_without_docker_is_measured_beside_kernels_and_forks() -> None:
    shown = printed("wall", "--only", "cells", "--rounds", "1", "--workers", "local")
    assert "not measured: Docker" in shown
    for name in ("  local worker", "  floor: a byte", "  floor: fork", "  Jupyter kernel"):
        assert len(FIGURE.findall(row(shown, name))) == 3
    assert shown.count("\n  local worker") == 3
    assert "docker worker" not in shown


@pytest.mark.full
@pytest.mark.docker
async def test_a_wall_is_measured_beside_kernels_one_exec_for_each_cell_and_forks() -> None:
    problem = await docker_available(worker_image())
    if problem is not None:
        pytest.skip(problem)
    shown = printed("wall", "--rounds", "1", "--seconds", "0.1")
    assert shown.count("\n  docker worker  ") == shown.count("\n  socket worker  ") == 5
    assert shown.count("\n  docker exec python -c") == 2
    assert shown.count("\n  Jupyter kernel") == 4
    assert "200 sessions open at once" in shown
    assert len(re.findall(r"\b(?:not )?met$", shown, re.MULTILINE)) == 9 + 9 + 3


@pytest.mark.full
def test_questions_are_counted_by_cpu_second_through_the_whole_court_and_the_wall() -> None:
    shown = printed("generation", "--questions", "2", "--rounds", "1", "examples/penguins_raw.csv")
    for name in ("penguins_raw, template", "penguins_raw, procedural"):
        assert re.search(r" \d+ +2 .* %$", row(shown, name))
        assert re.search(r" /s +at least 10.0 /s +(not )?met$", row(shown, f"  {name}"))
    for name in ("search", "settled", "worded", "engines differ", "the sessions, behind the wall"):
        assert len(re.findall(r"\d %", row(shown, name))) == 2
    for name in ("1 x as many", "2 x as many", "4 x as many"):
        assert len(FIGURE.findall(row(shown, name))) == 3
    assert len(re.findall(r"at most [24] x +(?:not )?met$", shown, re.MULTILINE)) == 2
    assert re.search(r"MB +at most 1000 MB +met$", row(shown, "  344 rows"))


@pytest.mark.full
def test_episodes_are_counted_by_cpu_second_and_the_time_split_by_stage() -> None:
    shown = printed("episodes", "--episodes", "1", "--slow", "1", "examples/penguins_raw.csv")
    assert FIGURE.search(row(shown, "verified in a CPU-second"))
    for name in (
        "this process: actors",
        "what traces must show",
        "the worker: forks",
        "all but forks and cells",
    ):
        assert row(shown, name).endswith(" %")
    assert re.search(r"wanted \d+: (?:not )?met +\d+$", row(shown, "attempts with a session at once"))
    assert row(shown, "event loop late, 99 in 100")
    for name in (
        "solving",
        "grounding: cells",
        "grounding: the oracle",
        "trial",
        "judging",
        "appends",
        "writing",
    ):
        assert row(shown, name).endswith(" %")


async def test_every_way_is_sampled_alike_and_each_round_begins_one_way_further_on() -> None:
    order: list[str] = []

    def way(name: str, burst: int = 1) -> Way:
        async def sample() -> float:
            order.append(name)
            return float(len(order))

        return Way("task", name, sample, burst)

    spreads = await interleaved([way("a"), way("b", 2)], rounds=2, warm_up=1)
    assert order == ["a", "b", "b", "b", "b", "a", "a", "b", "b"]
    assert {one.name: (s.least, s.median, s.most) for one, s in spreads.items()} == {
        "a": (6.0, 6.5, 7.0),
        "b": (4.0, 6.5, 9.0),
    }


async def test_the_times_of_all_stages_add_up_to_the_whole() -> None:
    now = iter(range(100))
    stages = Stages("between", lambda: float(next(now)))
    async with stages.alone("outer"), stages.alone("inner"):
        assert stages.around("innermost", time.sleep)(0) is None
    taken = stages.seconds()
    assert sum(taken.values()) == next(now) - 1
    assert taken == {"between": 2.0, "outer": 2.0, "inner": 2.0, "innermost": 1.0}
    assert stages.entered == {"outer": 1, "inner": 1, "innermost": 1}


def test_a_figure_has_three_digits_and_a_unit() -> None:
    assert [seconds(value) for value in (12.345, 1.0, 0.0456, 0.000123, 2e-6)] == [
        "12.3 s",
        "1.00 s",
        "45.6 ms",
        "123 µs",
        "2.00 µs",
    ]
    assert [times(307.4), times(1.5), times(0.25)] == ["307 x", "1.5 x", "0.25 x"]
    assert [share(1.0, 3.0), share(0.0, 0.0)] == ["33.3 %", "-"]


def test_a_table_is_aligned_and_its_headings_widen_no_column() -> None:
    shown = table(("", "wall"), [("a heading that is long",), ("x", "1.00 s"), ("longer", "12.0 ms")])
    assert shown.splitlines() == [
        "           wall",
        "a heading that is long",
        "x        1.00 s",
        "longer  12.0 ms",
    ]


def test_the_time_of_processes_below_counts_when_they_live_and_when_they_were_waited_for() -> None:
    before = processor_seconds(os.getpid())
    busy = "import time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        assert processor_seconds(os.getpid()) - before >= 0.29
        named, others = seconds_by_command(os.getpid(), "while time.process_time")
        assert named >= 0.29
        assert named + others <= processor_seconds(os.getpid())
        alone = processor_seconds(process.pid)
        process.communicate("\n")
    assert alone == 0  # it has no children of its own


def test_a_table_drawn_larger_has_its_own_records_alone_and_as_many_times_as_many() -> None:
    frame = pd.DataFrame({"a": range(50), "b": list("xyxyz") * 10})
    for times_as_many in TIMES:
        larger = enlarged(frame, times_as_many)
        assert len(larger) == times_as_many * len(frame)
        assert larger[: len(frame)].equals(frame)
        assert set(map(tuple, larger.to_numpy())) == set(map(tuple, frame.to_numpy()))
        assert larger.dtypes.equals(frame.dtypes)

"""Every figure that is promised of the log is measured and printed; what it comes to is no test."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import disk
from benchmarks.disk import NoDiskError, file_system, folder_on_disk
from benchmarks.log_append import LOOPS, PRODUCERS, RAW, STORES
from benchmarks.log_events import LINE_BYTES, LONGEST, Prose, alike, history, line_of
from benchmarks.rounds import by_round, measured
from benchmarks.targets import Target, targets
from events.wire import decode

ROOT = Path(__file__).parents[2]
NUMBER = r"\d[\d,.e-]*"
RATIOS = re.compile(rf"(?: +{NUMBER} x){{3}}  +at (least|most) {NUMBER} x +(met|not met)$")
TINY = ("--events", "3000", "--rounds", "1", "--seconds", "0.01")
PROMISED = {
    "append": [
        ("256 producers, against JSON lines, a sync an event", "at least 20 x"),
        ("256 producers, against the best other", "at least 1.3 x"),
        ("16 producers, against the bare disk", "at least 0.5 x"),
        ("one producer, against the bare disk", "at least 0.35 x"),
    ]
    * len(LOOPS),
    "replay": [
        ("log, verified, folded / bare lines, only decoded by msgspec", "at most 1.8 x"),
        ("log, verified, folded to all read models / bare lines, only decoded by msgspec", "at most 1.8 x"),
        ("log, compressed, verified, folded / bare lines, only decoded by msgspec", "at most 2.4 x"),
        ("log, verified, folded / SQLite and json, folded", "at most 0.333 x"),
        ("log, verified, folded / eventsourcing on SQLite and json, folded", "at most 0.333 x"),
        ("log, a quarter of the types, folded / bare lines, only decoded by msgspec", "at most 1.2 x"),
        ("memory for all of it / for a quarter", "at most 1.1 x"),
    ],
    "opening": [("a snapshot, and 1,000 events folded / every event folded", "at most 0.02 x")],
    "index": [
        ("one stream of 40 events / log, verified, folded", "at most 0.001 x"),
        ("one stream of 40 events / log, compressed, verified, folded", "at most 0.01 x"),
    ],
    "bus": [("bus and cursors / memory streams", "at least 0.5 x")] * len(LOOPS),
}
ROWS = {
    "append": [(f"{name}, {loop}", "/s") for name in STORES for loop in LOOPS for _ in PRODUCERS]
    + [(RAW, "/s") for _ in PRODUCERS],
    "replay": [("log in batches of one event, verified, folded", "µs")],
    "opening": [("every event folded", "ms"), ("a snapshot, and 1,000 events folded", "ms")],
    "index": [("building the index", "ms"), ("opening it", "ms"), ("one stream of 40 events", "µs")] * 2,
    "bus": [("memory streams, each send awaited, asyncio", "/s")],
}


@pytest.mark.parametrize("part", PROMISED)
def test_each_part_prints_its_figures_and_what_was_promised_of_them(part: str) -> None:
    command = [sys.executable, "-m", "benchmarks.log", "--only", part, *TINY]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert not ended.stderr, ended.stderr[-2000:]
    found = list(promised_in(ended.stdout))
    assert found == PROMISED[part], ended.stdout
    for name, unit in ROWS[part]:
        shown = [line for line in ended.stdout.splitlines() if line.strip().startswith(name)]
        figures = [line for line in shown if len(re.findall(rf"{NUMBER} {unit}", line)) >= 3]
        assert len(figures) >= ROWS[part].count((name, unit)), (name, ended.stdout)
    assert "measured in" in ended.stdout


def promised_in(shown: str) -> Iterator[tuple[str, str]]:
    """Each target that is told with three ratios and a verdict, and its bound."""
    for line in shown.splitlines():
        found = RATIOS.search(line)
        if found is not None:
            wanted = re.search(rf"at (least|most) {NUMBER} x", line)
            assert wanted is not None
            yield line[: found.start()].strip(), wanted[0]


def test_a_target_is_met_by_the_median_and_says_which_way_it_is_meant() -> None:
    ratio = by_round([1.0, 9.0, 4.0], [2.0, 3.0, 2.0])
    assert (ratio.least, ratio.median, ratio.most) == (0.5, 2.0, 3.0)
    least, most = Target("rate", ratio, 2), Target("cost", ratio, 1.5, least=False)
    assert (least.met, most.met) == (True, False)
    assert targets([least, most]).splitlines()[1:] == [
        "  rate                          2 x  0.5 x   3 x   at least 2 x      met",
        "  cost                          2 x  0.5 x   3 x  at most 1.5 x  not met",
    ]


def test_ways_that_are_no_coroutines_are_measured_in_turn_too() -> None:
    order: list[str] = []

    def sample(name: str) -> float:
        order.append(name)
        return float(len(order))

    taken = measured({"a": lambda: sample("a"), "b": lambda: sample("b")}, rounds=2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert taken == {"a": [4.0, 5.0], "b": [3.0, 6.0]}


def test_events_are_of_the_length_that_is_told_and_no_two_are_alike() -> None:
    drafts = alike(50, Prose())
    assert {len(line_of(draft)) for draft in drafts} == {LINE_BYTES}
    assert len({line_of(draft) for draft in drafts}) == 50


def test_a_history_is_drawn_again_the_same_and_all_of_it_can_be_read() -> None:
    lines = [line_of(draft) for draft in history(2000, Prose())]
    assert lines == [line_of(draft) for draft in history(2000, Prose())]
    kinds = [type(decode(line).event).__name__ for line in lines]
    assert len(set(kinds)) >= 10
    mean = sum(map(len, lines)) / len(lines)
    assert 500 < mean < 700, mean
    assert LONGEST < max(map(len, lines)) < 2 * LONGEST


def test_what_is_measured_lies_on_a_disk_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with folder_on_disk() as folder:
        assert file_system(folder) not in disk.IN_MEMORY
    assert not folder.exists()
    monkeypatch.setattr(disk, "file_system", lambda _: "tmpfs")
    with pytest.raises(NoDiskError, match="TMPDIR"), folder_on_disk():
        pass

"""Any place in the history of a home can be looked at, and a home that cannot be written to can be asked."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program
from tests.cli.test_log_command import lines_in, tailed

Line = dict[str, Any]


@pytest.fixture
def times(finished: Finished) -> list[str]:
    """When each event of the finished home was appended."""
    return [one["time"] for one in lines_in(finished.program)]


def test_a_time_shows_where_things_stood_then(finished: Finished, times: list[str]) -> None:
    middle = len(times) // 2
    found = finished.program.json("replay", "--at", times[middle])
    last = max(place for place, time in enumerate(times, start=1) if time == times[middle])
    assert found == finished.program.json("replay", "--at", last)
    assert found["seq"] == last
    assert finished.program.json("replay", "--at", "2999-01-01")["seq"] == len(times)


def test_what_changed_between_two_places_is_told(
    finished: Finished, tmp_path: Path, times: list[str]
) -> None:
    program = finished.program
    end = len(times)
    found = program.json("replay", "--diff", 1, end)
    assert (found["seqs"], found["same"]) == ([1, end], False)
    assert set(found["things"]["episodes"]["added"]) == program.ids("episodes")
    assert program.json("replay", "--diff", end, "2999-01-01")["same"] is True
    assert "every read model is equal" in program.run("replay", "--diff", end, end).out
    said = program.run("replay", "--diff", 1, end).out
    assert f"from position 1 to position {end}" in said
    assert "questions: 24 added" in said

    other = program.copied(tmp_path)
    assert program.json("replay", "--diff", end, other.home)["same"] is True
    other.run("gate", "--simulate", "broken_trace", min(other.ids("episodes")), code=1)
    found = program.json("replay", "--diff", end, other.home)
    assert list(found["things"]) == ["simulated"]
    assert found["models"] == ["integrity"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--at", "0"), "'0' lies before the first event"),
        (("--at", "99999"), "'99999' lies beyond the end of the log at "),
        (("--at", "1999-01-01"), "lies before the first event"),
        (("--at", "yesterday"), "'yesterday' is no place in a history: name a position"),
        (("--at", ""), "'' is no place in a history"),
        (("--diff", "1", "nowhere"), "'nowhere' is no place in a history"),
        (("--at", "1", "--check"), "--check, --at, --diff and --execute exclude each other"),
        (("--at", "1", "--diff", "1", "2"), "--check, --at, --diff and --execute exclude each other"),
    ],
    ids=str,
)
def test_what_is_no_place_in_a_history_is_a_usage_error(
    finished: Finished, given: tuple[str, ...], told: str
) -> None:
    ended = finished.program.run("replay", *given, code=2)
    assert told in ended.said
    assert told.partition("'")[0] in finished.program.json("replay", *given, code=2)["error"]


@pytest.fixture
def read_only(finished: Finished, tmp_path: Path) -> Iterator[Program]:
    """The finished home on a file system that is mounted read-only."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a file system")
    place = tmp_path / "mounted"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode != 0:
        pytest.skip("this root may not mount a file system")
    try:
        program = finished.program.copied(place)
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        yield program
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_home_on_a_read_only_file_system_can_be_asked_and_says_at_start_that_it_cannot_be_written_to(
    read_only: Program, data: Path, finished: Finished
) -> None:
    assert read_only.json("status") == finished.program.json("status")
    assert read_only.json("gate")["open"] is True
    assert read_only.json("replay", "--check")["same"] is True
    assert tailed(read_only, "--type", "EpisodeJudged", "-n", 1)
    read_only.run("log", "verify")
    fresh = read_only.at(read_only.home.parent / "fresh")
    for program, command in (
        (read_only, ("run", data, *LOCAL)),
        (read_only, ("replay",)),
        (read_only, ("log", "repair")),
        (read_only, ("export", "sft")),
        (fresh, ("run", data, *LOCAL)),
    ):
        said = program.run(*command, code=2).said
        assert f"cannot write to the home {program.home}: Read-only file system" in said
        assert "make it writable, or name another with --home or TRACEGATE_HOME" in said

"""`log tail`, `log verify` and `log repair`, and `replay` at a time and between two: by the command line alone."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest

from events.runtime import RunStarted
from store.durable import Disk
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.index import LogIndex
from store.log.lines import chain_of
from store.log.segments import segments
from tests.cli.conftest import Finished
from tests.cli.program import Program
from tests.cli.test_newer_log import PAUSED, home_with

Line = dict[str, Any]


def lines_in(program: Program) -> list[Line]:
    """Every event of the log, as its lines say."""
    lines = program.segment.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"seq":')]


def tailed(program: Program, *args: object) -> list[Line]:
    """What `log tail` prints."""
    return [json.loads(line) for line in program.run("log", "tail", *args).out.splitlines()]


def of_type(lines: list[Line], *types: str) -> list[Line]:
    return [one for one in lines if one["event"]["type"] in types]


Choice = Callable[[list[Line]], list[Line]]
CHOICES: dict[str, tuple[tuple[object, ...], Choice]] = {
    "nothing said": ((), lambda lines: lines[-10:]),
    "-n": (("-n", 3), lambda lines: lines[-3:]),
    "--lines 0": (("--lines", 0), lambda _: []),
    "more than there are": (("-n", 10**6), lambda lines: lines),
    "--after": (("--after", 5), lambda lines: lines[5:]),
    "--after the end": (("--after", 10**6), lambda _: []),
    "--type": (("--type", "EpisodeJudged"), lambda lines: of_type(lines, "EpisodeJudged")[-10:]),
    "two types": (
        ("--type", "RunStarted", "--type", "HomeOpened"),
        lambda lines: of_type(lines, "RunStarted", "HomeOpened"),
    ),
    "a type that never came": (("--type", "TailCut"), lambda _: []),
    "--type --after": (
        ("--type", "HooksGraded", "--after", 40),
        lambda lines: [one for one in of_type(lines, "HooksGraded") if one["seq"] > 40],
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_tail_prints_the_lines_that_are_asked_for(finished: Finished, name: str) -> None:
    given, chosen = CHOICES[name]
    before = finished.program.digest()
    assert tailed(finished.program, *given) == chosen(lines_in(finished.program))
    assert finished.program.digest() == before


def test_tail_finds_all_that_belongs_to_one_question(finished: Finished) -> None:
    lines = lines_in(finished.program)
    belongs = next(one["correlation"] for one in lines if one["event"]["type"] == "AttemptEnded")
    wanted = [one for one in lines if one["correlation"] == belongs]
    assert len(wanted) > 5
    assert tailed(finished.program, "--stream", belongs, "--after", 0) == wanted
    assert tailed(finished.program, "--stream", belongs, "-n", 2) == wanted[-2:]
    judged = tailed(finished.program, "--stream", belongs, "--type", "EpisodeJudged")
    assert judged == of_type(wanted, "EpisodeJudged")
    assert tailed(finished.program, "--stream", "nothing") == []


def test_with_json_tail_gives_one_object(finished: Finished) -> None:
    found = finished.program.json("log", "tail", "-n", 2)
    assert found == {"events": lines_in(finished.program)[-2:]}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--follow", "--json"), "--follow has no end, and so no one JSON object"),
        (("--type", "Thunder"), "'Thunder' is not one of 'HomeOpened'"),
        (("-n", "-1"), "-1 is not in the range x>=0"),
        (("--after", "x"), "'x' is not a valid integer"),
        (("--stream", "x\udcff"), r"'x\udcff' is no UTF-8; write it anew"),
    ],
    ids=str,
)
def test_what_tail_cannot_do_is_a_usage_error(
    finished: Finished, given: tuple[object, ...], told: str
) -> None:
    assert told in finished.program.run("log", "tail", *given, code=2).said


@pytest.mark.parametrize("command", [("tail",), ("tail", "--follow"), ("verify",), ("repair",)], ids=" ".join)
def test_without_a_log_there_is_none_to_look_at_and_none_is_made(
    program: Program, command: tuple[str, ...]
) -> None:
    assert "there is no log in" in program.run("log", *command, code=2).said
    assert not program.home.exists()


@pytest.mark.parametrize(
    "command",
    [("status",), ("gate",), ("replay", "--check"), ("log", "verify"), ("log", "tail"), ("log", "repair")],
    ids=" ".join,
)
def test_a_file_in_the_place_of_the_log_is_named_and_not_taken_for_an_empty_one(
    program: Program, command: tuple[str, ...]
) -> None:
    program.home.mkdir()
    (program.home / "log").touch()
    ended = program.run(*command, code=2)
    assert f"{program.home / 'log'} is no folder, and one is due there: move it elsewhere" in ended.said


def long_log(folder: Path, name: str) -> Program:
    """A home whose log is several segments long; all but the newest are compressed."""

    async def write() -> None:
        opening = LogWriter.open(Home(folder / name), segment_bytes=2000, compress=False)
        async with opening as writer:
            for seed in range(30):
                await writer.append([Draft(RunStarted("run", seed, ("template",)), correlation=name)])

    anyio.run(write)
    plain = segments(folder / name / "log")[:-1]
    assert len(plain) > 3
    for path in plain:
        compress_segment(path, Disk())
    return Program(folder / name)


def problems(program: Program) -> dict[str, str]:
    """What `log verify` finds wrong, by file."""
    found = program.json("log", "verify", code=1)
    assert found["ok"] is False
    named: dict[str, str] = {}
    for one in found["problems"]:
        named.setdefault(one["segment"], one["what"])
    return named


def test_verify_names_a_foreign_file_a_missing_segment_and_two_homes_mixed(tmp_path: Path) -> None:
    program, other = long_log(tmp_path, "one"), long_log(tmp_path, "two")
    log = program.home / "log"
    (log / "notes.txt").write_text("ours?")
    assert problems(program) == {"notes.txt": "the file does not belong to the log: move it elsewhere"}
    (log / "notes.txt").unlink()
    program.run("log", "verify")

    second, third = "00000002.jsonl.zst", "00000003.jsonl.zst"
    stood = (log / second).read_bytes()
    (log / second).unlink()
    assert problems(program) == {"00000002.jsonl": "the segment is missing"}

    shutil.copy(other.home / "log" / second, log / second)
    assert set(problems(program)) == {second, third}
    assert "does not follow on the segment before it" in problems(program)[second]
    for command in (("status",), ("gate",), ("log", "tail", "--after", 0)):
        assert "00000002" in program.run(*command, code=1).said
    (log / second).write_bytes(stood)
    program.run("log", "verify")


def test_verify_tells_the_head_of_the_chain(tmp_path: Path) -> None:
    program = long_log(tmp_path, "one")
    found = program.json("log", "verify")
    newest = segments(program.home / "log")[-1].read_bytes()
    assert (found["seq"], found["chain"]) == (31, chain_of(newest.splitlines(keepends=True)[-1]))


def test_the_tail_of_a_long_log_is_found_by_its_index(tmp_path: Path) -> None:
    program = long_log(tmp_path, "one")
    assert [one["event"]["seed"] for one in tailed(program, "-n", 1)] == [29]
    assert not (program.home / "log" / "index").exists(), "for the last ones nothing else is looked into"
    assert len(tailed(program, "--stream", "one", "--after", 0)) == 30
    kept = sorted((program.home / "log" / "index").iterdir())
    assert len(kept) == len(list((program.home / "log").glob("*.zst")))
    program.run("log", "verify")
    with closing(LogIndex(Home(program.home))) as index:
        assert [one.correlation for one in index.last(1)] == ["one"]


@pytest.mark.parametrize(
    "command",
    [
        ("log", "tail"),
        ("log", "tail", "--type", "RunStarted"),
        ("log", "tail", "--after", 0),
        ("replay", "--at", 164),
        ("replay", "--diff", 3, 164),
    ],
    ids=str,
)
def test_a_log_from_the_future_is_refused_by_the_name_of_what_is_new(
    tmp_path: Path, command: tuple[object, ...]
) -> None:
    program = home_with(PAUSED, tmp_path)
    ended = program.run(*command, code=1)
    assert "the event log is newer than this tracegate" in ended.said
    assert "knows no event RunForgotten" in ended.said
    assert "upgrade tracegate" in ended.said
    assert "damaged" not in ended.said


def test_a_log_from_the_future_is_not_repaired(tmp_path: Path) -> None:
    program = home_with(PAUSED, tmp_path)
    before = program.segment.read_bytes()
    assert program.json("log", "repair") == {"repaired": False}
    assert program.segment.read_bytes() == before

"""Snapshots shorten what a command does and change nothing of what it says; deleted or spoiled they do neither."""

import shutil
from pathlib import Path

import pytest

from store.home import Home
from store.log.judged import Point
from store.log.read import batches
from store.replay import rebuild
from store.snapshots import keep_snapshot
from tests.cli.conftest import Finished
from tests.cli.program import Program

COMMANDS: tuple[tuple[object, ...], ...] = (
    ("status",),
    ("status", "--json"),
    ("gate", "--json"),
    ("replay", "--check", "--json"),
    ("replay", "--at", 90, "--json"),
    ("replay", "--diff", 60, 140),
    ("inspect", "dataset", "birds"),
    ("inspect", "episode", "EPISODE"),
    ("inspect", "question", "QUESTION", "--json"),
    ("log", "verify", "--json"),
    ("log", "tail", "-n", 3),
)


def with_snapshots(program: Program, every: int) -> Program:
    """Keep a snapshot after each so many events, and a last one at the end."""
    home, kept = Home(program.home), 0
    found = list(batches(home))
    for batch in found:
        if batch.count and (batch.head.seq // every > kept // every or batch is found[-2]):
            kept = batch.head.seq
            keep_snapshot(home, rebuild(home, kept, cached=False), Point(batch.place, batch.head))
    assert len(list((program.home / "snapshots" / "traces").iterdir())) > 2
    return program


def said(program: Program, command: tuple[object, ...]) -> str:
    """What a command says on stdout; ids stand for words, and the place of the home is not told."""
    ids = {"EPISODE": min(program.ids("episodes")), "QUESTION": min(program.ids("questions"))}
    given = [ids.get(str(word), word) for word in command]
    return program.run(*given).out.replace(str(program.home), "HOME")


@pytest.fixture(scope="module")
def without(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = finished.program.copied(tmp_path_factory.mktemp("without"))
    shutil.rmtree(program.home / "snapshots", ignore_errors=True)
    return program


@pytest.fixture(scope="module")
def with_them(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Program:
    return with_snapshots(finished.program.copied(tmp_path_factory.mktemp("with")), 40)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(map(str, words)))
def test_a_command_says_the_same_with_snapshots_and_without(
    with_them: Program, without: Program, command: tuple[object, ...]
) -> None:
    assert said(with_them, command) == said(without, command)


@pytest.mark.parametrize("spoil", ["flipped", "of another version"])
def test_spoiled_snapshots_are_told_of_beside_what_is_said(
    with_them: Program, without: Program, tmp_path: Path, spoil: str
) -> None:
    program = with_them.copied(tmp_path)
    for path in (program.home / "snapshots").rglob("*.snapshot"):
        line, _, body = path.read_bytes().partition(b"\n")
        if spoil == "flipped":
            path.write_bytes(line + b"\n" + bytes([body[0] ^ 1]) + body[1:])
        else:
            path.write_bytes(line.replace(b'"fold":"', b'"fold":"0') + b"\n" + body)
    ended = program.run("status")
    assert ended.out.replace(str(program.home), "HOME") == said(without, ("status",))
    (notice,) = ended.err.splitlines()
    assert 'event="snapshots ignored"' in notice

"""`log tail` beside a writer, and readers and streams that go away or were never there."""

import json
import os
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any

import anyio
import pytest

from events.runtime import RunStarted
from store.home import Home
from store.log.append import Draft, LogWriter
from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, PATIENCE, Program
from tests.cli.test_newer_log import PAUSED, TOLD, home_with
from tests.histories.golden import copied

Line = dict[str, Any]


def lines_in(program: Program) -> list[Line]:
    """Every event of the log, as its lines say."""
    lines = program.segment.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"seq":')]


def appended(program: Program, *drafts: Draft) -> None:
    """Append to a home's log from here."""

    async def append() -> None:
        async with LogWriter.open(Home(program.home)) as writer:
            for draft in drafts:
                await writer.append([draft])

    anyio.run(append)


def run_started(seed: int) -> RunStarted:
    return RunStarted("run", seed, ("template",))


def test_followed_the_log_goes_on_as_it_grows_until_it_is_interrupted(copy: Program) -> None:
    with copy.started("log", "tail", "-n", 1, "--follow", "--type", "RunStarted") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"]["seed"] == 7
        for seed in (8, 9):
            appended(copy, Draft(run_started(seed)), Draft(run_started(seed + 10)))
            assert json.loads(process.stdout.readline())["event"]["seed"] == seed
            assert json.loads(process.stdout.readline())["event"]["seed"] == seed + 10
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_followed_after_a_place_that_is_still_to_come_only_what_comes_behind_it_is_shown(
    copy: Program,
) -> None:
    end = lines_in(copy)[-1]["seq"]
    with copy.started("log", "tail", "--after", end + 2, "--follow", "--stream", "ours") as process:
        appended(copy, *[Draft(run_started(seed), correlation="ours") for seed in range(4)])
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["seq"] == end + 3
        os.killpg(process.pid, signal.SIGINT)


def test_what_a_follower_meets_on_its_way_ends_it_in_words(tmp_path: Path) -> None:
    """The same words as where it was there from the beginning, and no traceback."""
    newer = home_with(PAUSED, tmp_path / "newer")
    whole, home = newer.segment.read_bytes(), Program(copied("two_runs", tmp_path).root)
    before = home.segment.read_bytes()
    with home.started("log", "tail", "-n", 1, "--follow") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert whole.startswith(before)
        with home.segment.open("ab") as file:
            file.write(whole[len(before) :])
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == home.run("log", "tail", code=None).code
    assert TOLD in err
    assert len(err.splitlines()) == 1


def test_a_follower_whose_reader_left_ends_when_there_is_more_to_say(copy: Program) -> None:
    with copy.started("log", "tail", "-n", 1, "--follow") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        appended(copy, Draft(run_started(8)))
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_follower_whose_reader_left_ends_though_there_is_nothing_to_say(copy: Program) -> None:
    with copy.started("log", "tail", "-n", 1, "--follow") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("log", "tail", "--after", 0), 0),
        (("log", "tail", "--json"), 0),
        (("status",), 0),
        (("gate",), 0),
        (("gate", "--json"), 0),
        (("replay", "--check"), 0),
        (("inspect", "episode", "none"), 2),
    ],
    ids=str,
)
def test_a_closed_pipe_changes_no_exit_code(
    finished: Finished, tmp_path: Path, command: tuple[object, ...], code: int
) -> None:
    with finished.program.copied(tmp_path).started(*command) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(PATIENCE) == code
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["log tail", "log tail --json", "status", "inspect episode none"])
def test_a_stream_that_was_closed_before_the_start_changes_no_exit_code(
    copy: Program, command: str, closed: str
) -> None:
    words = [copy.python, *copy.entry, *command.split(), "--home", str(copy.home)]
    script = f"{shlex.join(words)} {closed}"
    ended = subprocess.run(script, shell=True, cwd=copy.folder, capture_output=True, check=False)
    assert ended.returncode == (2 if command.startswith("inspect") else 0)
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("place", ["log/head", "blobs/00000001.pack"])
@pytest.mark.parametrize("command", [("log", "verify"), ("gate", "--json"), ("solve", *LOCAL)], ids=str)
def test_a_folder_where_a_file_is_due_is_named_with_what_to_do(
    copy: Program, place: str, command: tuple[str, ...]
) -> None:
    (copy.home / place).unlink()
    (copy.home / place).mkdir()
    told = f"{copy.home / place} is a folder where a file is due: move it elsewhere"
    assert told in copy.run(*command, code=2).said


def test_a_closed_gate_stays_closed_for_who_does_not_listen_to_the_end(program: Program) -> None:
    with program.started("gate") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(PATIENCE) == 1

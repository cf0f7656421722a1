"""How a daemon ends, and what it is not begun with."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from events.episode import EpisodeJudged
from events.question import StreamExhausted, StreamFellShort
from events.runtime import Paused, Resumed, WorkParked
from events.trace import AttemptEnded
from store.beacon import Beacon, born, write_beacon
from store.home import Home
from store.replay import rebuild
from tests.cli import tables
from tests.cli.program import LOCAL, Program, interrupt, sent
from tests.daemon.daemons import daemon, events, outcome, rests, tells_of, wait_until
from tests.daemon.processes import descendants, told_of


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "birds.csv").write_bytes(tables.birds(rows=60))
    return folder


def few(folder: Path, name: str) -> None:
    """A table that gives next to no questions."""
    height = 3 + len(name)
    (folder / name).write_bytes(tables.table(["id", "height"], [[one, height * one] for one in range(14)]))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--settings", "nowhere.toml"), "nowhere.toml: No such file or directory"),
        (("nowhere",), "cannot watch "),
        (("--source", "llm"), "source llm needs a model"),
        (("--target", "0"), "0 is not in the range x>=1"),
        (("--encoding", "klingon"), "unknown encoding: klingon: name one such as utf-8"),
        (("--delimiter", "ab"), "'ab' cannot divide cells: name one character"),
        (("--all", "--source", "template"), "--all and --source exclude each other"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_followed_is_refused_before_anything_is_made(
    program: Program, asked: tuple[str, ...], told: str
) -> None:
    ended = program.run("daemon", *asked, *LOCAL, code=2)
    assert told in ended.said
    assert not program.home.exists()


def test_settings_that_cannot_be_followed_are_refused_with_the_name_of_their_file(program: Program) -> None:
    program.home.mkdir()
    settings = program.home / "daemon.toml"
    settings.write_text("targt = 3", encoding="utf-8")
    ended = program.run("daemon", *LOCAL, code=2)
    assert f"{settings}: Object contains unknown field `targt`" in ended.said


LOADING = """
import sys
for line in iter(sys.stdin.readline, ""):
    print(line, end="", flush=True)
"""
"""What a daemon loads in these tests, in the place of one of its packages; it echoes."""


@pytest.mark.parametrize(
    ("command", "number", "code"),
    [("daemon", signal.SIGTERM, 0), ("daemon", signal.SIGINT, 130), ("run", signal.SIGTERM, -signal.SIGTERM)],
)
def test_a_daemon_that_still_loads_ends_when_it_is_asked_to_and_not_when_told_to_read_again(
    tmp_path: Path, command: str, number: signal.Signals, code: int
) -> None:
    (tmp_path / "anyio.py").write_text(LOADING, encoding="utf-8")
    cli = Path(__file__).parents[2] / "cli.py"
    with subprocess.Popen(
        [sys.executable, cli, command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        bufsize=0, env=os.environ | {"PYTHONPATH": str(tmp_path)},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"loads\n")
        assert process.stdout.readline() == b"loads\n"
        if command == "daemon":
            process.send_signal(signal.SIGHUP)
            process.stdin.write(b"still loads\n")
            assert process.stdout.readline() == b"still loads\n"
        process.send_signal(number)
        assert process.wait(30) == code


@pytest.mark.full
def test_without_a_path_and_a_known_table_there_is_nothing_to_serve(program: Program) -> None:
    ended = program.run("daemon", *LOCAL, code=2)
    assert "no path is watched, and the home knows no table" in ended.said


@pytest.mark.full
def test_without_the_engine_that_was_asked_for_no_daemon_begins(program: Program, data: Path) -> None:
    without = program.with_env(DOCKER_HOST="unix:///nowhere.sock")
    ended = without.run("daemon", data, "--workers", "docker", code=3)
    assert "or use --workers local" in ended.said
    told = program.json("status")["daemon"]
    assert (told["alive"], told["stage"]) == (False, "ended")
    assert "or use --workers local" in told["problem"]


def test_status_tells_of_a_daemon_that_died(program: Program) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    told = Beacon(
        pid=child.pid, born=born(child.pid), since="2026-01-01T00:00:00+00:00", told="2026-01-01T00:00:05+00:00",
        stage="working", seq=7, artifacts=0, workers="local", settings={}, origin="", files=0, unsettled=0,
        actors=(), problem="the disk is full",
    )  # fmt: skip
    child.kill()
    child.communicate()
    write_beacon(Home(program.home), told)
    ended = program.run("status")
    assert f"process {child.pid}: dead since after 2026-01-01T00:00:05+00:00; start it again" in ended.said
    assert "the disk is full" in ended.said


@pytest.mark.full
def test_ctrl_c_drains_and_exits_130_and_the_same_command_goes_on(program: Program, data: Path) -> None:
    asked = (data, "--target", 3, "--source", "template")
    with daemon(program, *asked) as process:
        assert tells_of(program, process, "AttemptEnded")
        ended = interrupt(process)
    assert ended.code == 130, ended.err
    assert "Traceback" not in ended.err
    with daemon(program, *asked) as process:
        wait_until(program, process, rests)
        process.terminate()
        process.communicate(timeout=60)
    assert {verdict for _, verdict in outcome(program).verdicts} == {"verified"}
    assert len(outcome(program).verdicts) == 3


@pytest.mark.full
def test_a_second_signal_ends_at_once_and_loses_nothing(program: Program, data: Path) -> None:
    with daemon(program, data, "--target", 30) as process:
        assert tells_of(program, process, "AttemptEnded")
        process.send_signal(signal.SIGTERM)
        wait_until(program, process, lambda one: one.stage in ("draining", "ended"))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert "Traceback" not in err
    assert [one for one in events(program) if isinstance(one.event, AttemptEnded)]
    program.run("replay")
    outcome(program)


@pytest.mark.full
def test_without_a_target_streams_go_on_to_their_ends_and_the_daemon_does_not(
    program: Program, data: Path
) -> None:
    (data / "birds.csv").unlink()
    few(data, "one.csv")
    asked = (data, "--source", "template")
    with daemon(program, *asked) as process:
        wait_until(program, process, rests)
        few(data, "other.csv")
        wait_until(program, process, lambda one: rests(one) and one.files == 2)
        process.terminate()
        process.communicate(timeout=60)
    with daemon(program, *asked) as process:
        wait_until(program, process, rests)
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    history = [one.event for one in events(program)]
    assert len([one for one in history if isinstance(one, StreamExhausted)]) == 2
    short = [one for one in history if isinstance(one, StreamFellShort)]
    assert [(one.target, one.why) for one in short] == [(0, "exhausted")] * 2
    judged = [one for one in history if isinstance(one, EpisodeJudged) and one.verdict == "verified"]
    assert sum(one.verified for one in short) == len(judged) > 1


@pytest.mark.full
def test_what_was_parked_is_tried_again_without_anybody_asking(program: Program, data: Path) -> None:
    """No worker lives as long as a trace takes, until all work was given up for the time being."""
    program.home.mkdir()
    (program.home / "daemon.toml").write_text("retry_seconds = 1", encoding="utf-8")
    with daemon(program, data, "--target", 1, "--source", "template") as process:
        assert tells_of(program, process, "QuestionAccepted")
        pause = threading.Event()
        while not [one for one in events(program) if isinstance(one.event, WorkParked)]:
            for pid in descendants(process.pid):
                if "actors.workers.sandbox" in told_of(pid):
                    kill(pid)
            pause.wait(0.1)
        wait_until(program, process, rests)
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert "what was parked is tried again" in err
    state = rebuild(Home(program.home))
    assert len(state.episodes.verified()) == 1
    assert (state.integrity.parked, state.integrity.dead) == ({}, {})


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 32 mebibytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mounted, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small disk can be mounted only by root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.full
@pytest.mark.parametrize("heard", [True, False])
def test_a_daemon_outlives_a_full_disk_whether_or_not_it_is_heard(
    program: Program, data: Path, disk: Path, heard: bool
) -> None:
    small, asked = program.at(disk / "home"), (data, "--target", 2, "--source", "template")
    if not heard:
        small = sent(small, "2>/dev/full")
    with daemon(small, *asked) as process:
        assert tells_of(small, process, "AttemptEnded")
        fill(disk / "filler")
        assert tells_of(small, process, "Paused")
        (disk / "filler").unlink()
        wait_until(small, process, rests)
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert ("there is room again" in err) is heard
    assert [type(one.event) for one in events(small) if isinstance(one.event, Paused | Resumed)][:2] == [
        Paused,
        Resumed,
    ]
    assert len(outcome(small).verdicts) == 2


@pytest.mark.full
def test_on_a_disk_that_stays_full_a_daemon_is_seen_to_be_paused_and_then_to_have_ended(
    program: Program, data: Path, disk: Path
) -> None:
    small = program.at(disk / "home")
    small.home.mkdir()
    (small.home / "daemon.toml").write_text("drain_seconds = 1", encoding="utf-8")
    with daemon(small, data, "--target", 2, "--source", "template") as process:
        assert tells_of(small, process, "AttemptEnded")
        fill(disk / "filler")
        assert tells_of(small, process, "Paused")
        fill(disk / "another")  # what was given up to tell of the pause
        paused = wait_until(small, process, lambda one: one.stage == "paused")
        assert "the disk is full" in str(paused.problem)
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    found = small.json("status")["daemon"]
    assert (found["stage"], found["alive"], found["problem"]) == ("ended", False, None)


def fill(path: Path) -> None:
    """Take all the room that there is."""
    with path.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 2**9, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue

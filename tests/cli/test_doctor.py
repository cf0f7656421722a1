"""`doctor` as it is run: what it shows, what it clears away, and what it leaves alone."""

import os
import tempfile
from pathlib import Path
from typing import Literal

import pytest
from anyio import to_thread
from click.testing import CliRunner, Result

from actors.ports import InfrastructureError
from actors.workers.folders import LOCK, PREFIX
from actors.workers.reaping import StillThere
from cli import app
from events.worker import WorkerStarted
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.lock import HomeLocked, hold_lock


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One without an engine, and with a folder for temporary files that nobody else knows."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    return folder


def doctor(home: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["doctor", "--home", str(home), *options])


def test_it_shows_that_no_engine_answers_and_what_would_help(tmp_path: Path) -> None:
    ended = doctor(tmp_path / "home")
    assert ended.exit_code == 0, ended.output
    assert "engine: none answers" in ended.output
    assert "to have it: start a Docker Engine that this user may speak to" in ended.output
    assert "--workers auto takes: local" in ended.output
    assert not (tmp_path / "home").exists()


def test_what_a_dead_host_left_is_removed_and_named_only_when_asked(tmp_path: Path, machine: Path) -> None:
    left = machine / f"{PREFIX}dead"
    left.mkdir()
    (left / LOCK).touch()
    assert doctor(tmp_path / "home").exit_code == 0
    assert left.exists()
    ended = doctor(tmp_path / "home", "--reap")
    assert ended.exit_code == 0, ended.output
    assert f"removed folders: {left}" in ended.output.replace("\n", "")
    assert not left.exists()


async def worked_on(root: Path, backend: Literal["docker", "local"]) -> Path:
    """A home in which one worker was started."""
    async with LogWriter.open(Home(root)) as writer:
        await writer.append([Draft(WorkerStarted("w", backend, "process", ""))])
    return root


async def test_of_a_home_that_had_local_workers_alone_it_says_once_that_no_container_was_looked_for(
    tmp_path: Path,
) -> None:
    ended = await to_thread.run_sync(doctor, await worked_on(tmp_path / "home", "local"), "--reap")
    assert ended.exit_code == 0, ended.output
    told = " ".join(ended.output.split()).partition(" removed containers: ")[2]
    assert told.startswith("none was looked for, because the Docker Engine failed to")
    assert told.count("was looked for") == told.count("none was left") == 1
    assert told.endswith("removed folders: none was left")


async def test_of_a_home_that_had_containers_it_fails_where_none_can_be_looked_for_and_says_what_was_done(
    tmp_path: Path, machine: Path
) -> None:
    left = machine / f"{PREFIX}dead"
    left.mkdir()
    (left / LOCK).touch()
    home = await worked_on(tmp_path / "home", "docker")
    ended = await to_thread.run_sync(doctor, home, "--reap")
    assert isinstance(ended.exception, InfrastructureError)  # which is the exit code 3
    assert "containers could not be looked for, and this home may have some" in str(ended.exception)
    assert str(ended.exception).endswith(f"; removed: {left}")


async def test_a_home_whose_history_cannot_be_read_may_have_had_containers(tmp_path: Path) -> None:
    home = await worked_on(tmp_path / "home", "local")
    segment = home / "log" / "00000001.jsonl"
    segment.write_bytes(segment.read_bytes().replace(b'"backend":"local"', b'"backend":"lokal"'))
    ended = await to_thread.run_sync(doctor, home, "--reap")
    assert isinstance(ended.exception, StillThere)


def test_a_home_that_somebody_works_on_is_left_to_him(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with hold_lock(home):
        ended = doctor(home.root, "--reap")
    assert isinstance(ended.exception, HomeLocked)
    assert str(os.getpid()) in str(ended.exception)


@pytest.mark.parametrize("command", ["run", "generate", "solve", "daemon"])
def test_workers_that_there_are_none_of_are_refused_with_those_that_there_are(
    tmp_path: Path, command: str
) -> None:
    ended = CliRunner().invoke(app, [command, "--home", str(tmp_path / "home"), "--workers", "ray"])
    assert ended.exit_code == 2
    assert "'ray' is not one of 'auto', 'docker', 'local'" in ended.output
    assert not (tmp_path / "home").exists()

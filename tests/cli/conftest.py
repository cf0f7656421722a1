"""A finished home to look at, fresh ones to work in, and the files that they are made from."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.cli import tables
from tests.cli.ordinary import ordinary
from tests.cli.program import LOCAL, Ended, Program


@dataclass(frozen=True)
class Finished:
    """A home in which the main job is done; nobody changes it."""

    program: Program
    ended: Ended
    command: tuple[object, ...]


@pytest.fixture(scope="session")
def between(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run have in common."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "in-common"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def data(between: Path) -> Path:
    """A folder with two tables."""
    with _alone(between):
        folder = between / "data"
        folder.mkdir(exist_ok=True)
        for name, rows in (("birds.csv", tables.birds()), ("days.csv", tables.days())):
            if not (folder / name).exists():
                (folder / name).write_bytes(rows)
    return folder


@pytest.fixture(scope="session")
def finished(data: Path, between: Path) -> Finished:
    program = Program(between / "finished")
    command = ("run", data, "--all", *LOCAL, "--questions", 6, "--seed", 7)
    said = between / "finished.json"
    with _alone(between):  # the job takes long: whoever comes first does it for all
        if not said.exists():
            said.write_bytes(msgspec.json.encode(program.with_env(PYTHONHASHSEED="1").run(*command)))
    return Finished(program, msgspec.json.decode(said.read_bytes(), type=Ended), command)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While no other process of this run is here."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def copy(finished: Finished, tmp_path: Path) -> Program:
    """A copy of the finished home, which a test may spoil."""
    return finished.program.copied(tmp_path)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command line on a home that is not there yet."""
    return Program(tmp_path / "home")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter and read; those that pytest makes are its user's alone."""
    with tempfile.TemporaryDirectory(prefix="tracegate-open-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def anybody(open_folder: Path) -> Program:
    """The command line as an ordinary user runs it."""
    return ordinary(open_folder)

"""A finished home to look at, fresh ones to work in, and the files that they are made from."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two tables."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "birds.csv").write_bytes(tables.birds())
    (folder / "days.csv").write_bytes(tables.days())
    return folder


@pytest.fixture(scope="session")
def finished(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    program = Program(tmp_path_factory.mktemp("finished") / "home").with_env(PYTHONHASHSEED="1")
    command = ("run", data, "--all", *LOCAL, "--questions", 6, "--seed", 7)
    return Finished(program, program.run(*command), command)


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

"""A session can open what is listed and its own folder, and nothing else of all that there is on this machine."""

import ast
import os
import random
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from actors.workers.pool import Pool
from actors.workers.sandbox.visible import WRITABLE, shown
from events.frames import Limits
from tests.trials import SEED

pytestmark = pytest.mark.asyncio(loop_scope="module")
MOST = 6_000
"""Paths tried; drawn from all where there are more."""
TRY = """
import os
opened = []
for path in {paths!r}:
    if path in (os.getcwd(), f"/proc/{{os.getpid()}}"):
        continue
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))
        opened.append(path)
    except OSError:
        pass
opened
"""


@pytest.fixture(scope="module")
def limits() -> Limits:
    """Such that all paths can be told."""
    return Limits(output_chars=100_000)


@pytest.fixture(params=["local"], scope="module")
def backend_name(request: pytest.FixtureRequest) -> str:
    """Whose paths are those of this machine."""
    name: str = request.param
    return name


def below(folder: Path, depth: int) -> Iterator[Path]:
    """Everything to a depth; nothing below a process but this one, and below the kernel's tree but its top."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for path in inside:
        yield path
        if depth and not path.is_symlink() and path.is_dir() and folder != Path("/proc"):
            yield from below(path, depth - 1)


def nothing_happens(path: Path) -> bool:
    """Whether it is a file or folder: to open a device or pipe may do something, were it let through."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def of_oneself(path: Path) -> bool:
    """Whether it leads whoever opens it to what the kernel tells of himself, as `/proc/mounts` does."""
    mine = Path("/proc") / str(os.getpid())
    return (
        "self" in path.parts
        or mine in path.resolve().parents
        or (path.is_symlink() and "self" in path.readlink().parts)
    )


@cache
def listed() -> frozenset[Path]:
    return frozenset(one.resolve() for one in (*shown(), *map(Path, WRITABLE)))


def is_shown(path: Path) -> bool:
    """Whether the list has it, or something above it, wherever links lead."""
    real = path.resolve()
    return not listed().isdisjoint({real, *real.parents})


async def opened(pool: Pool, table: str, paths: list[Path]) -> set[Path]:
    """Those that a session could open."""
    found: set[Path] = set()
    async with pool.session(table) as session:
        for start in range(0, len(paths), 300):
            piece = [str(path) for path in paths[start : start + 300]]
            result = await session.run(TRY.format(paths=piece).strip() + "\nprint(opened)")
            assert result.error is None, result.error
            found |= {Path(one) for one in ast.literal_eval(result.stdout)}
    return found


@pytest.fixture(scope="module")
def everything(pool: Pool) -> list[Path]:
    """Paths of this machine that have no odd name."""
    if pool.level == "process":
        pytest.skip("no wall can be raised here")
    paths = [
        path
        for path in below(Path("/"), 3)
        if str(path).isprintable() and nothing_happens(path) and not of_oneself(path)
    ]
    return paths if len(paths) <= MOST else random.Random(SEED).sample(paths, MOST)


@pytest.mark.full
async def test_nothing_outside_the_list_can_be_opened(pool: Pool, table: str, everything: list[Path]) -> None:
    outside = [path for path in everything if not is_shown(path)]
    assert len(outside) > 100
    assert await opened(pool, table, outside) == set()


async def test_all_that_is_listed_and_there_can_be_opened(pool: Pool, table: str) -> None:
    if pool.level == "process":
        pytest.skip("no wall can be raised here")
    there = [path for path in (*shown(), *map(Path, WRITABLE)) if path.exists()]
    assert await opened(pool, table, there) == set(there)

"""Who wrote the code decides how strong its wall must be; less is had by saying so, and by nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from actors.job import Job, NoTableError
from actors.ports import InfrastructureError, WallTooWeak
from actors.workers.guard import FLAG, GuardedWorkers
from actors.workers.pool import running_pool
from cli import app
from events.struct import Event
from events.trace import SCRIPTED, Author, Level, author_of, falls_short
from tests.workers.fakes import READER, FakeBackend


class OfLevel(FakeBackend):
    """Workers whose wall is of a given level."""

    def __init__(self, level: Level) -> None:
        super().__init__()
        self._level = level

    def level(self, *, walled: bool) -> Level:
        assert walled
        return self._level


async def ignored(_: Event) -> None:
    return None


@asynccontextmanager
async def workers(level: Level, *, allow_process: bool = False) -> AsyncIterator[GuardedWorkers]:
    async with running_pool(OfLevel(level), ignored) as pool:
        await pool.offer("table", b"a\n1", READER)
        yield GuardedWorkers(pool, allow_process=allow_process)


async def ran(guarded: GuardedWorkers, author: Author) -> str | None:
    async with guarded.session("table", author) as session:
        return (await session.run("41")).display


@pytest.mark.parametrize("level", get_args(Level))
@pytest.mark.parametrize("author", get_args(Author))
async def test_a_session_is_had_where_its_wall_is_strong_enough_for_its_author(
    level: Level, author: Author
) -> None:
    async with workers(level) as guarded:
        if (level, author) != ("process", "model"):
            assert await ran(guarded, author) == "41"
            return
        with pytest.raises(WallTooWeak, match="sandbox or container") as refused:
            await ran(guarded, author)
    assert FLAG in str(refused.value)


async def test_a_models_code_runs_without_a_wall_where_somebody_said_so() -> None:
    async with workers("process", allow_process=True) as guarded:
        assert await ran(guarded, "model") == "41"


@pytest.mark.parametrize("flags", [(), (FLAG,)])
@pytest.mark.parametrize("command", ["run", "generate", "solve"])
def test_every_command_that_solves_hands_the_flag_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, flags: tuple[str, ...]
) -> None:
    jobs: list[Job] = []

    async def performed(job: Job, *_: object, **__: object) -> None:
        jobs.append(job)
        raise NoTableError

    monkeypatch.setattr("actors.system.perform", performed)
    CliRunner().invoke(app, [command, "--home", str(tmp_path), "--quiet", *flags])
    assert [job.allow_process_level for job in jobs] == [bool(flags)]


def test_a_wall_that_is_too_weak_is_no_fault_of_the_code() -> None:
    assert issubclass(WallTooWeak, InfrastructureError)


def test_everybody_but_the_script_is_a_model() -> None:
    assert author_of(SCRIPTED) == "program"
    assert {author_of(name) for name in ("", "Scripted", "scripted ", "a-model")} == {"model"}


def test_no_level_falls_short_for_our_own_programs() -> None:
    assert not any(falls_short(level, "program") for level in get_args(Level))
    assert [level for level in get_args(Level) if falls_short(level, "model")] == ["process"]

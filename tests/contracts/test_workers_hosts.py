"""Hosts that change their mind or ask for much at once, and sessions that mislead them, on every backend."""

from typing import Protocol

import anyio
import pytest

from actors.workers import listener
from actors.workers.pool import Pool
from actors.workers.sandbox.framing import pack
from actors.workers.session import SessionOver
from events.frames import Result
from events.trace import CellResult

pytestmark = pytest.mark.asyncio(loop_scope="module")


class RunCells(Protocol):
    async def __call__(self, *codes: str) -> list[CellResult]: ...


async def test_a_cell_whose_caller_went_away_is_interrupted_and_the_next_one_has_its_state(
    pool: Pool, table: str
) -> None:
    async with pool.session(table) as session:
        await session.run("x = 41")
        with anyio.move_on_after(0.1):
            await session.run("x = 42\nwhile True: pass")
        with anyio.fail_after(1.0):  # less than the limit of the cell that nobody waits for
            result = await session.run("x")
        assert (result.number, result.display, result.end) == (2, "42", None)


async def test_one_that_ended_over_a_cell_that_nobody_waits_for_says_so_with_the_next(
    pool: Pool, table: str
) -> None:
    async with pool.session(table) as session:
        await session.run("import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)")
        with anyio.move_on_after(0.1):
            await session.run("while True: pass")
        result = await session.run("1")
        assert (result.number, result.display, result.end and result.end.reason) == (2, None, "wall_limit")
        with pytest.raises(SessionOver):
            await session.run("1")


async def test_cells_that_are_asked_for_at_once_run_one_after_the_other(pool: Pool, table: str) -> None:
    shown: list[str | None] = []

    async def run(number: int) -> None:
        shown.append((await session.run(f"ran.append({number})\nran")).display)

    async with pool.session(table) as session:
        await session.run("ran = []")
        async with anyio.create_task_group() as tasks:
            for number in range(4):
                tasks.start_soon(run, number)
    assert shown == ["[0]", "[0, 1]", "[0, 1, 2]", "[0, 1, 2, 3]"]


@pytest.mark.parametrize("signal", ["SIGINT", "SIGUSR1"])
async def test_an_interrupt_that_a_cell_sends_itself_is_told_as_that(cells: RunCells, signal: str) -> None:
    result, after = await cells(f"import os, signal\nos.kill(os.getpid(), signal.{signal})", "1")
    assert result.error is not None
    assert (result.error.kind, result.error.frames) == ("KeyboardInterrupt", ("cell 0, line 2",))
    assert after.display == "1"


async def test_one_that_says_its_last_and_lives_on_ends_alone(
    pool: Pool, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "LAST_SECONDS", 0.2)
    said = pack(0, Result(result=CellResult(number=0), last=True))
    async with pool.session(table) as sibling, pool.session(table) as liar:
        await sibling.run("x = 42")
        result = await liar.run(f"import os, time\nos.write(3, {said!r})\ntime.sleep(1000)")
        assert result.end is not None
        assert (result.end.reason, result.end.detail) == ("crashed", "it said its last and lived on")
        assert (await sibling.run("x")).display == "42"

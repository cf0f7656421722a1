"""However a run ends, nothing that it started goes on; and nothing is ever started outside a group."""

import ast
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio import CancelScope

from actors.runtime.host import TooManyRestarts
from actors.runtime.settings import Settings
from actors.runtime.supervisor import Supervisor
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import LogPoisoned, LogWriter
from tests.runtime.conftest import QuickTime, Relay, give, run
from tests.runtime.test_ending import FailingDisk

ROOT = Path(__file__).parents[2]
SOURCES = [path for room in ("actors", "store", "events") for path in sorted((ROOT / room).rglob("*.py"))]
LOOSE = {"create_task", "ensure_future", "run_coroutine_threadsafe", "gather", "start_new_thread"}
LABELS = [str(number) for number in range(12)]


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Every task that runs after the block ran before it."""
    before = {task.id for task in anyio.get_running_tasks()}
    yield
    assert {task.id for task in anyio.get_running_tasks()} == before


async def hold(label: str) -> None:
    """Work without end."""
    await anyio.sleep_forever()


async def fail(label: str) -> None:
    """Work that waits for its next try for long."""
    raise ValueError(label)


def crowd() -> list[Relay]:
    """Actors with work under way, work that waits, and work that is done."""
    return [
        Relay("holding", DatasetRefused, StreamExhausted, do=hold),
        Relay("failing", DatasetRefused, StreamExhausted, do=fail),
        Relay("working", DatasetRefused, StreamExhausted),
    ]


async def test_after_a_run_that_came_to_its_end(writer: LogWriter) -> None:
    await give(writer, LABELS)
    async with nothing_left():
        assert await run(writer, *crowd()[1:]) == "idle"


@pytest.mark.parametrize("seconds", [0.0, 0.05])
async def test_after_a_drain_that_had_to_cut_work_off(seconds: float, writer: LogWriter) -> None:
    supervisor = Supervisor(writer, crowd(), settings=Settings(drain_seconds=seconds, first_delay=1e3))
    await give(writer, LABELS)
    with anyio.fail_after(20):
        async with nothing_left(), anyio.create_task_group() as tasks:
            await tasks.start(supervisor.run, "drained")
            await anyio.wait_all_tasks_blocked()
            supervisor.drain()


async def test_after_a_crash_and_an_escalation(writer: LogWriter, quick: QuickTime) -> None:
    def crash(recorded: AnyRecorded) -> None:
        if isinstance(recorded.event, StreamExhausted):
            raise KeyError

    crashing = Relay("crashing", StreamExhausted, DatasetRefused, on_apply=crash)
    await give(writer, LABELS)
    async with nothing_left():
        with pytest.raises(TooManyRestarts):
            await run(writer, *crowd(), crashing, quick=quick)
    assert crashing.runs == {}


async def test_after_a_cancellation(writer: LogWriter) -> None:
    async def cancel(label: str) -> None:
        scope.cancel()
        await anyio.sleep_forever()

    await give(writer, LABELS)
    async with nothing_left():
        with CancelScope() as scope:
            await run(writer, *crowd(), Relay("cancelling", DatasetRefused, StreamExhausted, do=cancel))
    assert scope.cancelled_caught


async def test_after_a_cancellation_while_the_actors_are_started(writer: LogWriter) -> None:
    def cancel(_: AnyRecorded) -> None:
        scope.cancel()

    await give(writer, LABELS)
    async with nothing_left():
        with CancelScope() as scope:
            await run(writer, *crowd(), Relay("late", DatasetRefused, StreamExhausted, on_apply=cancel))
    assert scope.cancelled_caught


async def test_after_a_failure_of_the_disk(home: Home) -> None:
    async def break_the_disk(label: str) -> None:
        disk.error = OSError(5, "broken")

    disk = FailingDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        await give(writer, LABELS)
        async with nothing_left():
            with pytest.raises(LogPoisoned):
                await run(writer, *crowd(), Relay("last", DatasetRefused, StreamExhausted, do=break_the_disk))


def test_no_task_is_started_outside_a_group() -> None:
    assert not [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in LOOSE
    ]

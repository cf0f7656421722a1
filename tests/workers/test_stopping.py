"""A worker that cannot be stopped holds up nobody: the others stop, and it is told once with id and error."""

import time

import anyio
import anyio.lowlevel
import pytest
import structlog
from structlog.testing import capture_logs

from actors.workers import keeper
from actors.workers.local import LocalBackend
from actors.workers.pool import running_pool
from events.worker import WorkerStarted, WorkerStopFailed
from tests.workers.fakes import Announced, FakeBackend

WITHIN = 5.0
"""Stopping eight takes well under one on a machine that does nothing else; `benchmarks/losses.py` measures it."""


async def until_started(announced: Announced, number: int) -> None:
    while sum(isinstance(event, WorkerStarted) for event in announced) < number:
        await anyio.lowlevel.checkpoint()


async def test_four_of_five_stop_and_the_fifth_is_told_with_id_and_error() -> None:
    backend, announced = FakeBackend(), Announced()
    backend.refusing[3] = "device or resource busy"
    structlog.reset_defaults()
    with capture_logs() as lines:
        async with running_pool(backend, announced, workers=5):
            await until_started(announced, 5)
    assert sorted(backend.stopped) == ["w1", "w2", "w4", "w5"]
    failed = [event for event in announced if isinstance(event, WorkerStopFailed)]
    assert failed == [WorkerStopFailed(worker="w3", error="device or resource busy")]
    assert [line for line in lines if line["log_level"] == "error"] == [
        {
            "event": "worker could not be stopped",
            "log_level": "error",
            "worker": "w3",
            "error": "device or resource busy",
        }
    ]


async def test_one_whose_failure_cannot_be_told_in_time_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeper, "ANNOUNCE_SECONDS", 0.1)
    backend = FakeBackend()
    backend.refusing[1] = "busy"
    started = 0

    async def announce(event: object) -> None:
        nonlocal started
        started += isinstance(event, WorkerStarted)
        if isinstance(event, WorkerStopFailed):
            await anyio.sleep_forever()

    with anyio.fail_after(30):
        async with running_pool(backend, announce, workers=2):
            while started < 2:
                await anyio.lowlevel.checkpoint()
    assert backend.stopped == ["w2"]


@pytest.mark.full
async def test_a_pool_of_processes_stops_all_of_them_at_once() -> None:
    announced = Announced()
    async with running_pool(LocalBackend(), announced, workers=3):
        await until_started(announced, 3)
        began = time.monotonic()
    assert time.monotonic() - began < WITHIN
    for event in announced:
        assert isinstance(event, WorkerStarted)
        gone = await anyio.run_process(["kill", "-0", event.worker], check=False)
        assert gone.returncode != 0

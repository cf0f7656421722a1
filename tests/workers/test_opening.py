"""Opening workers sweeps what runs before left of other kinds, and is held up by nobody who does not answer."""

import re
from pathlib import Path

import anyio
import pytest

from actors.workers.containers import Owner
from actors.workers.opening import opened_workers
from events.struct import Event
from events.worker import WorkerStarted


async def test_local_workers_ask_nothing_of_an_engine_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    announced: list[Event] = []

    async def announce(event: Event) -> None:
        await anyio.lowlevel.checkpoint()
        announced.append(event)

    async with opened_workers("local", Owner("a home"), announce) as (_, told):
        assert re.fullmatch(r"local \(level (sandbox|process)\)", told)
    assert [type(event) for event in announced] == [WorkerStarted]

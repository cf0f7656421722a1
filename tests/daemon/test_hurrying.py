"""Asked to end once a daemon writes artifacts at last; asked twice it does not wait for them."""

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import anyio
import pytest

from actors.daemon.orders import OrderBook
from actors.daemon.publishing import Written
from actors.daemon.service import serve
from actors.runtime import processes
from events.wire import AnyRecorded
from store.home import Home
from tests.cli import tables

HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Season:
    """One that is drained only when its stage lets it."""

    def __init__(self, stage: "Stage", **_: object) -> None:
        self.workers, self.supervisor = "", None
        self.gatherer = SimpleNamespace(files=0, unsettled=0)
        self.drain = stage.asked_to_drain.set
        self._drained = stage.drained

    async def run(self) -> None:
        await self._drained.wait()


class Processes:
    """None at all."""

    def __init__(self, count: int) -> None:
        pass

    async def start(self) -> None:
        pass

    async def warm(self, _: object) -> None:
        pass


class Stage:
    """What a daemon stands on in these tests: it does nothing but to begin and to end."""

    def __init__(self, folder: Path) -> None:
        self.writings = 0
        self.written, self.asked_to_drain, self.drained = anyio.Event(), anyio.Event(), anyio.Event()
        self._home = Home(folder / "home")
        self._book = OrderBook({"paths": (str(folder),)}, self._home.settings)

    def heard(self, recorded: AnyRecorded) -> None:
        pass

    def stage(self, told: str) -> None:
        pass

    def write(self, *_: object) -> Written:
        self.writings += 1
        anyio.from_thread.run_sync(self.written.set)
        return Written(0, 0.0)

    async def lives(self, end: Callable[[], object]) -> None:
        """A whole life: once artifacts stand it is asked to end, and then this is done."""
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(serve, self._home, self._book, self)
                await self.written.wait()
                os.kill(os.getpid(), signal.SIGTERM)
                await self.asked_to_drain.wait()
                end()


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    (tmp_path / "birds.csv").write_bytes(tables.birds(rows=20))
    before = {one: signal.getsignal(one) for one in HEARD}
    found = Stage(tmp_path)
    monkeypatch.setattr("actors.daemon.service.Season", lambda **given: Season(found, **given))
    monkeypatch.setattr("actors.daemon.service.Processes", Processes)
    monkeypatch.setattr("actors.daemon.service.write_all", found.write)
    yield found
    for one, handler in before.items():
        signal.signal(one, handler)


async def test_a_daemon_that_was_drained_writes_artifacts_at_last(stage: Stage) -> None:
    await stage.lives(stage.drained.set)
    assert stage.writings == 2


async def test_a_process_for_numeric_code_that_dies_at_the_start_ends_no_daemon(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.daemon.service.Processes", processes.Processes)
    monkeypatch.setattr("actors.daemon.service.warm", partial(os._exit, 9))
    await stage.lives(stage.drained.set)
    assert stage.writings == 2


async def test_a_second_signal_ends_what_does_not_drain_and_writes_no_artifacts(stage: Stage) -> None:
    await stage.lives(lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert stage.writings == 1

"""A writer whose own words cannot be said: nothing that it does, and nobody who waits for it, depends on them."""

import anyio
import pytest

from events.runtime import Paused, Resumed
from store.home import Home
from store.log import append as appending, scribe as scribing
from store.log.append import Draft, LogPoisoned, LogWriter
from store.log.read import read_events
from store.log.room import Patience
from store.log.scribe import Scribe
from store.log.thread import DiskThread, Job
from store.log.verify import verify_log
from tests.store.log.conftest import FaultyDisk, no_space_error, refused
from tests.store.log.disks import QuickDisk

SOON = Patience(ballast_bytes=0, first_seconds=0.001, longest_seconds=0.001)


class Mute:
    """A logger whose disk is full."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def _fail(self, line: str, **_: object) -> None:
        self.lines.append(line)
        raise no_space_error()

    warning = error = exception = _fail


@pytest.fixture
def mute(monkeypatch: pytest.MonkeyPatch) -> Mute:
    found = Mute()
    monkeypatch.setattr(appending, "log", found)
    monkeypatch.setattr(scribing, "log", found)
    return found


class FullTwice(QuickDisk):
    """Refuses two writes as soon as it is told to."""

    refusals = 0

    def write(self, descriptor: int, data: bytes) -> None:
        if self.refusals:
            self.refusals -= 1
            raise no_space_error()
        super().write(descriptor, data)


async def test_a_pause_that_cannot_be_said_is_waited_out_and_recorded(home: Home, mute: Mute) -> None:
    disk = FullTwice()
    async with LogWriter.open(home, disk=disk, patience=SOON) as writer:
        disk.refusals = 2
        with anyio.fail_after(30):
            await writer.append([Draft(refused(1))])
            await writer.append([Draft(refused(2))])
    assert mute.lines == ["paused: no space left", "resumed: there is room"]
    kinds = [type(one.event) for one in read_events(home, after=1)]
    assert kinds == [Paused, Resumed, type(refused(1)), type(refused(2))]
    assert verify_log(home).ok


async def test_whoever_waits_for_a_batch_is_told_of_a_failure_that_cannot_be_said(
    home: Home, mute: Mute
) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        disk.fail_sync = OSError(5, "Input/output error")
        for number in range(2):
            with anyio.fail_after(30), pytest.raises(LogPoisoned):
                await writer.append([Draft(refused(number))])
    assert mute.lines == ["log poisoned"]


async def test_whatever_breaks_the_scribe_ends_the_batch_and_not_the_thread(
    home: Home, mute: Mute, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        message = "nobody expected this"
        raise ZeroDivisionError(message)

    async with LogWriter.open(home) as writer:
        monkeypatch.setattr(Scribe, "write", broken)
        for _ in range(2):
            with anyio.fail_after(30), pytest.raises(LogPoisoned, match="nobody expected this"):
                await writer.append([Draft(refused(1))])
    assert mute.lines == ["log writer broken", "log poisoned"]
    assert verify_log(home).ok


async def test_a_producer_goes_on_when_it_cannot_be_said_that_a_subscriber_broke(
    home: Home, mute: Mute
) -> None:
    def broken(_: object) -> None:
        message = "no more"
        raise KeyError(message)

    async with LogWriter.open(home) as writer:
        writer.subscribe(broken)
        with anyio.fail_after(30):
            (recorded,) = await writer.append([Draft(refused(1))])
    assert mute.lines == ["subscriber broken"]
    assert list(read_events(home, after=1)) == [recorded]


async def test_a_disk_thread_outlives_a_job_that_raises() -> None:
    thread, told = DiskThread(), list[object]()
    arrived = anyio.Event()

    def fail() -> Job:
        raise no_space_error()

    thread.start(fail, told.append)
    thread.start(lambda: arrived.set, told.append)
    with anyio.fail_after(30):
        await arrived.wait()
    thread.close()
    assert [type(one) for one in told] == [OSError]

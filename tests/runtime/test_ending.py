"""A run ends in order: drained, cancelled, or stopped by a failure of the machine."""

import anyio
import pytest
from anyio import CancelScope

from actors.runtime.settings import Settings
from actors.runtime.supervisor import Supervisor
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.runtime import WorkFailed
from store.durable import Disk
from store.home import Home
from store.log.append import LogPoisoned, LogWriter, NoSpace
from store.log.read import read_events
from tests.runtime.conftest import Relay, give, pipeline, run, told

LABELS = [str(number) for number in range(30)]


async def test_a_drain_lets_running_work_end_and_starts_nothing_new(home: Home, writer: LogWriter) -> None:
    async def ask_to_drain(label: str) -> None:
        supervisor.drain()
        await anyio.lowlevel.checkpoint()

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=ask_to_drain)
    supervisor = Supervisor(writer, [relay], limits={"relay": 2})
    await give(writer, LABELS)
    assert await supervisor.run_until_idle() == "drained"
    assert told(home, StreamExhausted) == ["0", "1"]
    assert await run(writer, Relay("relay", DatasetRefused, StreamExhausted)) == "idle"
    assert sorted(told(home, StreamExhausted)) == sorted(LABELS)


async def test_work_that_does_not_end_in_time_is_cancelled_and_spends_no_try(
    home: Home, writer: LogWriter
) -> None:
    async def never_end(label: str) -> None:
        supervisor.drain()
        await anyio.sleep_forever()

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=never_end)
    supervisor = Supervisor(writer, [relay], settings=Settings(drain_seconds=0.0))
    await give(writer, ["a"])
    before = writer.head.seq
    assert await supervisor.run_until_idle() == "cut_off"
    assert writer.head.seq == before
    relay.do = pipeline()[0].do
    await run(writer, relay)
    (finish,) = read_events(home, types=(StreamExhausted,))
    assert finish.work is not None
    assert finish.work.attempt == 1


async def test_a_drain_before_the_run_starts_nothing(writer: LogWriter) -> None:
    relay = Relay("relay", DatasetRefused, StreamExhausted)
    supervisor = Supervisor(writer, [relay])
    await give(writer, ["a"])
    supervisor.drain()
    assert await supervisor.run_until_idle() == "drained"
    assert relay.runs == {}


async def test_a_cancelled_run_leaves_no_trace_of_unfinished_work(writer: LogWriter) -> None:
    async def cancel(label: str) -> None:
        scope.cancel()
        await anyio.sleep_forever()

    await give(writer, ["a"])
    before = writer.head.seq
    with CancelScope() as scope:
        await run(writer, Relay("relay", DatasetRefused, StreamExhausted, do=cancel))
    assert scope.cancelled_caught
    assert writer.head.seq == before


class FailingDisk(Disk):
    """Fails when told to."""

    error: OSError | None = None

    def write(self, descriptor: int, data: bytes) -> None:
        """No space, if so told."""
        if self.error is not None and self.error.errno == 28:
            raise self.error
        super().write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """A failed sync, if so told."""
        if self.error is not None:
            raise self.error
        super().sync(descriptor)


@pytest.mark.parametrize(("number", "kind"), [(28, NoSpace), (5, LogPoisoned)])
async def test_a_failure_of_the_machine_ends_the_run_as_what_it_is(
    number: int, kind: type[Exception], home: Home
) -> None:
    async def break_the_disk(label: str) -> None:
        disk.error = OSError(number, "broken")

    disk = FailingDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        await give(writer, LABELS)
        with pytest.raises(kind):
            await run(writer, Relay("relay", DatasetRefused, StreamExhausted, do=break_the_disk))
    assert [one.event for one in read_events(home) if isinstance(one.event, WorkFailed)] == []

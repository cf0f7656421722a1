"""Artifacts and beacon are written while a daemon works: soon after a change, and not more often than is good."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.lowlevel

from actors.daemon.publishing import LONGEST_RETRY, SHORTEST, BeaconKeeper, Publisher, Written
from actors.runtime.settings import Timing
from events.runtime import RunStarted
from events.struct import Event
from events.wire import AnyRecorded
from store.beacon import ActorTold, Beacon, Stage, read_beacon
from store.home import Home
from tests.history import History, told


class Clock:
    """Time that passes only when somebody lets it."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._waiting = anyio.Event()
        self._passed = anyio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._passed = anyio.Event()
        self._waiting.set()
        await self._passed.wait()

    async def until_asked(self) -> None:
        """Wait until somebody sleeps."""
        with anyio.fail_after(10):
            await self._waiting.wait()
        self._waiting = anyio.Event()

    async def passes(self) -> None:
        """Wake who sleeps, and wait until he sleeps again."""
        self._passed.set()
        await self.until_asked()

    @property
    def timing(self) -> Timing:
        return Timing(sleep=self.sleep)


def heard(*kinds: type[Event]) -> list[AnyRecorded]:
    return [one for one in told(1).events if not kinds or isinstance(one.event, kinds)]


class Desk:
    """A publisher whose disk does as it is told."""

    def __init__(self) -> None:
        self.writings = 0
        self.seconds = 0.0
        self.full = False
        self.troubles: list[str | None] = []
        self.changes = 0
        self.clock = Clock()
        self.publisher = Publisher(self.write, self.troubles.append, self.clock.timing)

    def write(self) -> Written:
        if self.full:
            raise OSError(28, "No space left on device")
        self.writings += 1
        return Written(self.writings, self.seconds)

    def changed(self) -> None:
        self.changes += 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Until it has written for the first time, which it does at once."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.publisher.run, self.changed)
            await self.clock.until_asked()
            yield
            tasks.cancel_scope.cancel()


async def test_what_an_earlier_daemon_left_unwritten_is_written_at_once() -> None:
    desk = Desk()
    assert not desk.publisher.current
    async with desk.running():
        assert (desk.writings, desk.publisher.seq, desk.publisher.current, desk.changes) == (1, 1, True, 1)


async def test_many_changes_within_the_pause_are_one_writing() -> None:
    desk = Desk()
    async with desk.running():
        for _ in range(5):
            desk.publisher.hear(heard())
        assert not desk.publisher.current
        await desk.clock.passes()
        assert (desk.writings, desk.publisher.current) == (2, True)


async def test_the_pause_is_in_proportion_to_what_a_writing_takes() -> None:
    desk = Desk()
    async with desk.running():
        desk.seconds = 3.0
        desk.publisher.hear(heard())
        await desk.clock.passes()
    assert desk.clock.asked == [SHORTEST, 30.0]


async def test_what_changes_no_artifact_makes_nobody_write() -> None:
    desk = Desk()
    history = History()
    history.tell(RunStarted("daemon", 0, ()))
    desk.publisher.hear(history.events)
    async with desk.running():
        desk.publisher.hear(history.events)
        assert desk.publisher.current


async def test_a_full_disk_ends_nothing_and_is_tried_again_later_and_later() -> None:
    desk = Desk()
    desk.full = True
    async with desk.running():
        for _ in range(8):
            await desk.clock.passes()
        assert (desk.writings, desk.publisher.current) == (0, False)
        assert desk.clock.asked == [2.0, 4.0, 8.0, 16.0, 32.0, *[LONGEST_RETRY] * 4]
        assert "No space left on device" in str(desk.troubles[0])
        desk.full = False
        await desk.clock.passes()
        assert desk.troubles[-1] is None, "it is said that it is well again"
        assert (desk.writings, desk.publisher.current) == (1, True)
        assert desk.clock.asked[-1] == SHORTEST


async def test_what_becomes_known_during_a_writing_is_written_next() -> None:
    desk = Desk()
    publisher: Publisher

    def write() -> Written:
        anyio.from_thread.run_sync(publisher.hear, heard())
        return Written(1, 0.0)

    publisher = Publisher(write, desk.troubles.append, desk.clock.timing)
    await publisher.publish()
    assert not publisher.current


def beacon(stage: Stage, seq: int) -> Beacon:
    return Beacon(
        pid=1, born="", since="then", told=f"at {seq}", stage=stage, seq=seq, artifacts=0, workers="local",
        settings={"target": 3, "paths": ("a", "b")}, origin="", files=1, unsettled=0,
        actors=(ActorTold("solver", 0, 2, 0, 0, None, 0),),
    )  # fmt: skip


class Lighthouse:
    """A keeper, and what there is to be seen."""

    def __init__(self, place: Path) -> None:
        self.home = Home(place / "home")
        self.now = beacon("working", 1)
        self.looks = 0
        self.clock = Clock()
        self.keeper = BeaconKeeper(self.home, self.look, self.clock.timing)

    def look(self) -> Beacon:
        self.looks += 1
        return self.now

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.keeper.run)
            await self.clock.until_asked()
            yield
            tasks.cancel_scope.cancel()


async def test_while_something_goes_on_the_beacon_is_looked_at_once_a_second(tmp_path: Path) -> None:
    house = Lighthouse(tmp_path)
    async with house.kept():
        assert read_beacon(house.home) == house.now
        house.now = beacon("working", 2)
        await house.clock.passes()
        assert read_beacon(house.home) == house.now
    assert house.clock.asked == [SHORTEST] * 2


async def test_one_that_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    house = Lighthouse(tmp_path)
    async with house.kept():
        before = house.home.beacon.stat().st_ino
        house.now = Beacon(
            **{name: getattr(house.now, name) for name in house.now.__struct_fields__} | {"told": "later"}
        )
        await house.clock.passes()
        assert house.home.beacon.stat().st_ino == before


async def test_while_all_rests_nobody_looks_until_something_changes(tmp_path: Path) -> None:
    house = Lighthouse(tmp_path)
    house.now = beacon("waiting", 3)
    async with house.kept():
        house.clock._passed.set()
        await anyio.wait_all_tasks_blocked()
        assert house.looks == 1
        house.now = beacon("working", 4)
        house.keeper.changed()
        await house.clock.until_asked()
        assert read_beacon(house.home) == house.now


async def test_a_disk_that_refuses_the_beacon_is_asked_again(tmp_path: Path) -> None:
    house = Lighthouse(tmp_path)
    house.home.root.mkdir()
    in_the_way = house.home.beacon.parent
    in_the_way.write_bytes(b"")
    async with house.kept():
        assert read_beacon(house.home) is None
        in_the_way.unlink()
        await house.clock.passes()
        assert read_beacon(house.home) == house.now


def test_nobody_reads_half_a_beacon_or_one_in_other_words(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert read_beacon(home) is None
    home.beacon.parent.mkdir()
    for data in (b"", b"{", b'{"pid": 1}', b"[]"):
        home.beacon.write_bytes(data)
        assert read_beacon(home) is None

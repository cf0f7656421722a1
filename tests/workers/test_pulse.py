from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import pytest

from actors.workers import pulse
from actors.workers.channel import Channel
from actors.workers.pulse import ASK_EVERY, MISSES, SUSPECT, Pulse
from actors.workers.sandbox.framing import WORKER
from events.frames import Frame, Ping, Pong
from tests.workers.fakes import FakeLink


@dataclass
class Heart:
    """Answers pings unless told to be silent."""

    silent: bool = False
    pings: list[int] = field(default_factory=list)

    def __call__(self, _: int, frame: Frame) -> list[tuple[int, Frame]]:
        assert isinstance(frame, Ping)
        self.pings.append(frame.number)
        return [] if self.silent else [(WORKER, Pong(number=frame.number))]

    async def after(self, pings: int) -> None:
        """Wait until so many more were asked for."""
        due = len(self.pings) + pings
        while len(self.pings) < due:
            await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def watched(heart: Heart, link: FakeLink, *, reading: bool = False) -> AsyncIterator[Channel]:
    channel = Channel(link)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(channel.pump)
        tasks.start_soon(Pulse(channel, link, lambda: reading).watch)
        yield channel
        tasks.cancel_scope.cancel()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PING_SECONDS", 0.002)


@pytest.fixture
def heart() -> Heart:
    return Heart()


@pytest.fixture
def link(heart: Heart) -> Iterator[FakeLink]:
    link = FakeLink("w1", heart)
    yield link
    link.close()


def test_a_freeze_is_found_in_time() -> None:
    """Beside the time it takes to ask the system, for which a fifth of a second is left."""
    # One that stops right after a ping was answered is silent for one ping more than those that are counted.
    assert (SUSPECT + 1) * 0.2 < 1.0
    assert ASK_EVERY * 0.2 <= 1.0


async def test_one_that_answers_is_left_alone_and_nothing_is_asked(heart: Heart, link: FakeLink) -> None:
    async with watched(heart, link) as channel:
        await heart.after(3 * MISSES)
        assert not channel.lost.is_set()
    assert link.asked == 0


async def test_one_that_is_held_still_is_given_up_when_it_is_asked_for(heart: Heart, link: FakeLink) -> None:
    async with watched(heart, link) as channel:
        await heart.after(2)
        heart.silent, link.holding = True, "its container is paused"
        await channel.lost.wait()
        assert channel.reason.startswith("its container is paused")
    assert link.asked == 1


async def test_one_that_is_held_still_only_later_is_found_before_its_silence_alone_is_believed(
    heart: Heart, link: FakeLink
) -> None:
    heart.silent = True
    async with watched(heart, link) as channel:
        while not link.asked:
            await anyio.lowlevel.checkpoint()
        link.holding = "it is stopped"
        await channel.lost.wait()
        assert channel.reason.startswith("it is stopped")
    assert link.asked == 2


async def test_one_that_is_only_slow_is_left_alone(heart: Heart, link: FakeLink) -> None:
    async with watched(heart, link) as channel:
        heart.silent = True
        await heart.after(MISSES // 2)
        heart.silent = False
        await heart.after(2 * MISSES)
        assert not channel.lost.is_set()
    assert link.asked > 0


async def test_one_that_stays_silent_is_given_up_whatever_the_system_says(
    heart: Heart, link: FakeLink
) -> None:
    heart.silent = True
    async with watched(heart, link) as channel:
        await channel.lost.wait()
        assert channel.reason.startswith(f"{MISSES} pings without an answer")


async def test_one_that_reads_a_table_may_be_silent_but_not_held_still(heart: Heart, link: FakeLink) -> None:
    heart.silent = True
    async with watched(heart, link, reading=True) as channel:
        await heart.after(3 * MISSES)
        assert not channel.lost.is_set()
        link.holding = "it is stopped"
        await channel.lost.wait()
        assert channel.reason.startswith("it is stopped")


async def test_one_that_takes_no_frames_is_given_up(heart: Heart, link: FakeLink) -> None:
    stuck = anyio.Event()

    async def send(_: bytes) -> None:
        await stuck.wait()

    link.send = send  # type: ignore[method-assign, assignment]
    async with watched(heart, link) as channel:
        await channel.lost.wait()
        assert "pings without an answer" in channel.reason

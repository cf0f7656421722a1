"""What a daemon shows of itself while it works: artifacts as the log gives them, and its beacon."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import NamedTuple

import anyio
import msgspec
from anyio import to_thread

from actors.runtime.settings import Timing
from events.episode import EpisodeJudged
from events.question import QuestionAccepted, Source
from events.wire import AnyRecorded
from store.artifacts import write_artifacts
from store.beacon import Beacon, write_beacon
from store.durable import Disk
from store.home import Home
from store.replay import rebuild
from store.spare import Spare

SHORTEST = 1.0
"""Seconds between two writings of artifacts at least, and between two of the beacon."""
SHARE = 10.0
"""So many times as long as the last writing took it waits for the next."""
LONGEST_RETRY = 60.0
"""Seconds beyond which no wait after a failure grows."""


class Written(NamedTuple):
    """What one writing came to."""

    seq: int
    """The place of the log that the artifacts stand at."""
    seconds: float
    """How long it took."""


def write_all(home: Home, sources: Sequence[Source]) -> Written:
    """Bring the artifacts of these sources to what the log gives; only for the holder of the lock.

    Raises:
        LogCorrupt: a batch of the log is damaged.
        OSError: the disk refused.
    """
    began = monotonic()
    state = rebuild(home, keep=True)
    write_artifacts(home, state, sources)
    return Written(state.seq, monotonic() - began)


class Publisher:
    """Writes artifacts some time after something became known that changes them.

    Args:
        write: brings them to what the log gives.
        troubled: told what the disk refused, and that it is tried again later; None once it is written.
        timing: what passes the time.
    """

    def __init__(
        self,
        write: Callable[[], Written],
        troubled: Callable[[str | None], None],
        timing: Timing | None = None,
    ) -> None:
        self.seq = 0
        """The place of the log that the artifacts were last written at."""
        self.current = False
        """Whether nothing became known since that changes them."""
        self._write = write
        self._troubled = troubled
        self._timing = timing or Timing()
        self._news = anyio.Event()
        self._news.set()

    def hear(self, recorded: Sequence[AnyRecorded]) -> None:
        """Something became durable."""
        if any(isinstance(one.event, QuestionAccepted | EpisodeJudged) for one in recorded):
            self.current = False
            self._news.set()

    async def run(self, changed: Callable[[], None]) -> None:
        """Write whenever it is due, until cancelled; `changed` is called after each writing."""
        failures = 0
        while True:
            await self._news.wait()
            try:
                pause = SHARE * await self.publish()
                failures = 0
            except OSError as problem:
                failures += 1
                pause = min(LONGEST_RETRY, SHORTEST * 2.0**failures)
                self._news.set()
                self._troubled(f"artifacts are not written, and will be later: {problem}")
            changed()
            await self._timing.sleep(max(SHORTEST, pause))

    async def publish(self) -> float:
        """Write now; how long it took, in seconds.

        Raises:
            LogCorrupt: a batch of the log is damaged.
            OSError: the disk refused.
        """
        self._news = anyio.Event()
        written = await to_thread.run_sync(self._write)
        self.seq, self.current = written.seq, not self._news.is_set()
        self._troubled(None)
        return written.seconds


class BeaconKeeper:
    """Writes the beacon when it changes, at most once a second.

    While something is going on it looks once a second; while all rests, only a change makes it look.

    Args:
        home: where it lies.
        look: the beacon as it is now.
        timing: what passes the time.
    """

    def __init__(self, home: Home, look: Callable[[], Beacon], timing: Timing | None = None) -> None:
        self._home = home
        self._look = look
        self._timing = timing or Timing()
        self._disk = Disk()
        self._spare = Spare(home.beacon, self._disk)
        self._last: Beacon | None = None
        self._changed = anyio.Event()

    def changed(self) -> None:
        """Have it look again."""
        self._changed.set()

    async def run(self) -> None:
        """Keep it, until cancelled."""
        while True:
            self._changed = anyio.Event()
            await self.write()
            await self._timing.sleep(SHORTEST)
            if self._last is not None and self._last.stage == "waiting":
                await self._changed.wait()

    async def write(self) -> None:
        """Look now, and write what has changed; a disk that refuses is asked again at the next look."""
        beacon = self._look()
        if self._last is not None and msgspec.structs.replace(beacon, told=self._last.told) == self._last:
            return
        try:
            await to_thread.run_sync(write_beacon, self._home, beacon, self._disk, self._spare)
        except OSError:
            # There is nowhere to tell of it: what it would be told in is what cannot be written.
            return
        self._last = beacon

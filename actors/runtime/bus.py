"""Durable events to whoever follows the log, each at its own pace: cursors, no mailboxes.

A mailbox that is full makes its sender wait, and senders in a cycle wait for ever. Here nobody sends: who
lags reads on from memory, or from disk when it lags far.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, islice

import anyio.lowlevel
from anyio import to_thread

from events.struct import Event
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import LogWriter
from store.log.judged import BEGINNING, Point
from store.log.read import read_events

WINDOW = 256
"""Events that a cursor hands out at once."""
KEEP = 512
"""Recent events kept in memory; at times twice as many."""


class Bus:
    """Knows the durable head, keeps what is recent, and wakes those who follow."""

    def __init__(self, writer: LogWriter, keep: int = KEEP) -> None:
        self.home: Home = writer.home
        self._writer = writer
        self.head = writer.head.seq
        self._keep = keep
        self._recent: list[AnyRecorded] = []
        self._kinds: list[type[Event]] = []
        self._points = [BEGINNING]
        self._listeners: list[Callable[[Sequence[AnyRecorded]], None]] = []
        self._leave = writer.subscribe(self._publish)

    def listen(self, listener: Callable[[Sequence[AnyRecorded]], None]) -> None:
        """Call for each batch once it is durable, in the order of the log; earlier listeners first.

        It must be quick and must not raise.
        """
        self._listeners.append(listener)

    def remembers(self, seq: int) -> bool:
        """Whether everything after this place is in memory."""
        return seq >= self.head - len(self._recent)

    def recent(self, after: int, limit: int) -> tuple[list[AnyRecorded], list[type[Event]]]:
        """Up to `limit` events after a place that is remembered, and the type of each."""
        start = len(self._recent) - (self.head - after)
        return self._recent[start : start + limit], self._kinds[start : start + limit]

    def point(self, seq: int) -> Point:
        """A place between two batches, at or before this one: whoever reads on from disk may begin there."""
        return self._points[bisect_right(self._points, seq, key=_seq_at) - 1]

    def close(self) -> None:
        """Follow the log no more."""
        self._leave()

    def _publish(self, recorded: Sequence[AnyRecorded]) -> None:
        # A batch that was durable when we began to listen, and is told of only now, lies before our head.
        if recorded[0].seq <= self.head:
            recorded = [one for one in recorded if one.seq > self.head]
        if not recorded:
            return
        self._remember(recorded)
        self.head = recorded[-1].seq
        if self.head - _seq_at(self._points[-1]) >= self._keep:
            self._mark()
        for listener in self._listeners:
            listener(recorded)

    def _remember(self, recorded: Sequence[AnyRecorded]) -> None:
        """Keep what is recent; the types are looked up once here, and not by everybody who reads."""
        self._recent += recorded
        self._kinds += [type(one.event) for one in recorded]
        if len(self._recent) > 2 * self._keep:
            del self._recent[: -self._keep], self._kinds[: -self._keep]

    def _mark(self) -> None:
        """Remember where in the files the log ends now: who lags then has less to look through."""
        end = self._writer.end
        if _seq_at(end) > _seq_at(self._points[-1]):
            self._points.append(end)


def _seq_at(point: Point) -> int:
    return point.head.seq


class Cursor:
    """One reader's place in the log. Not for two tasks at once."""

    def __init__(self, bus: Bus, hears: frozenset[type[Event]] | None = None, window: int = WINDOW) -> None:
        """Begin before the first event; `hears` None means every type."""
        self.seq = 0
        """Everything up to here was handed out or is not heard."""
        self._bus = bus
        self._hears = hears
        self._window = window
        self._past: Iterator[AnyRecorded] | None = None
        self._past_end = 0

    @property
    def behind(self) -> int:
        """How many events lie between this place and the durable head."""
        return self._bus.head - self.seq

    async def next(self) -> list[AnyRecorded]:
        """The next events that are heard, at most a window; empty at the head, and where none is heard.

        Raises:
            LogCorrupt: the log was damaged while it was in use.
            OSError: a segment cannot be read.
        """
        if self._past is None and self._bus.remembers(self.seq):
            await anyio.lowlevel.checkpoint()
            return self._from_memory()
        return await to_thread.run_sync(self._from_disk)

    def _from_memory(self) -> list[AnyRecorded]:
        # Asked again after the checkpoint: meanwhile a large batch may have pushed out what was remembered.
        if not self._bus.remembers(self.seq):
            return []
        window, kinds = self._bus.recent(self.seq, self._window)
        self.seq += len(window)
        if self._hears is None or self._hears.issuperset(kinds):
            return window
        return list(compress(window, map(self._hears.__contains__, kinds)))

    def _from_disk(self) -> list[AnyRecorded]:
        """A window of the past; the log is read up to what was durable when the reading began."""
        if self._past is None:
            self._past_end = self._bus.head
            since = self._bus.point(self.seq)
            self._past = read_events(self._bus.home, self.seq, self._hears, self._past_end, since)
        window = list(islice(self._past, self._window))
        if len(window) < self._window:
            self._past, self.seq = None, self._past_end
        else:
            self.seq = window[-1].seq
        return window

"""The log as it grows: every durable event once, in order, for whoever reads beside the writer."""

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing

import anyio
from anyio import to_thread
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError
from watchfiles.main import FileChange

from events.wire import AnyRecorded
from store.home import Home
from store.log.judged import BEGINNING, Point
from store.log.published import NAME
from store.log.read import batches, events_of
from store.log.segments import is_log

_QUIET_MS = 10
_MOST_MS = 100
_HEARTBEAT_MS = 1000
"""Also without a notice it looks again: one may come between two looks, and some file systems give none."""
_MOST_EVENTS = 4096


class NoLogError(Exception):
    """There is nothing to follow yet."""


class Follower:
    """One reader's place in a log that grows. Takes no lock; not for two tasks at once."""

    def __init__(
        self, home: Home, types: Collection[type] | None = None, after: int = 0, since: Point = BEGINNING
    ) -> None:
        """Begin after a place.

        Args:
            home: whose log.
            types: event types wanted; None means all.
            after: the place after which to begin.
            since: a place between two batches at or before `after`; what lies before it is not looked at.
        """
        self.point = since
        """Everything before it was handed out, or is not wanted."""
        self._home = home
        self._types = types
        self._after = after

    def new(self) -> list[AnyRecorded]:
        """What became durable since the last call, at most some thousand events; empty at the end.

        Raises:
            LogFromFuture: an event is of a type that only a newer version knows.
            LogCorrupt: a batch is not what was appended.
            OSError: a segment cannot be read.
        """
        found: list[AnyRecorded] = []
        for one in batches(self._home, self.point):
            if one.head.seq > self._after:
                found += events_of(one, self._after, self._types)
            self.point = Point(one.place, one.head)
            if len(found) >= _MOST_EVENTS:
                break
        return found

    async def __aiter__(self) -> AsyncGenerator[AnyRecorded, None]:
        """Every event from here on, for ever; who leaves early closes it.

        Raises:
            NoLogError: there is no log.
            LogCorrupt: a batch is not what was appended.
            OSError: a segment cannot be read.
        """
        if not is_log(self._home.log):
            raise NoLogError(f"there is no log in {self._home.root}: `tracegate run` makes one")
        async with aclosing(self._notices()) as notices:
            while True:
                while found := await to_thread.run_sync(self.new):
                    for recorded in found:
                        yield recorded
                await anext(notices)

    async def _notices(self) -> AsyncGenerator[None]:
        """Something may have been appended: by what the system tells, and with every heartbeat."""
        while True:
            try:
                async with aclosing(self._changes()) as changes:
                    async for _ in changes:
                        yield
            # A name that is no text, or no watch to be had: each ends it for good. The heartbeat goes on.
            except* (OSError, WatchfilesRustInternalError):
                await anyio.sleep(_HEARTBEAT_MS / 1000)
            yield

    def _changes(self) -> AsyncGenerator[set[FileChange], None]:
        return awatch(
            self._home.log,
            watch_filter=lambda _, path: path.endswith(f"/{NAME}") or ".jsonl" in path,
            debounce=_MOST_MS,
            step=_QUIET_MS,
            rust_timeout=_HEARTBEAT_MS,
            yield_on_timeout=True,
            recursive=False,
        )

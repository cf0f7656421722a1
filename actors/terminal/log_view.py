"""The event log as a person looks at it: its last events, its growth, and what a repair did."""

import select
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import aclosing, closing
from typing import Any

from anyio import CancelScope, create_task_group, sleep
from rich.console import RenderableType

from actors.terminal.output import write_lines
from events.runtime import LogRepaired
from events.struct import Event
from events.wire import AnyRecorded, encode
from store.differences import Changes, StateDifference
from store.home import Home
from store.log.follow import Follower, NoLogError
from store.log.index import LogIndex
from store.log.lines import TYPES
from store.log.published import NAME as HEAD
from store.log.segments import is_log

_NAMED = 5
_LOOK_SECONDS = 1.0


def types_named(names: Iterable[str]) -> tuple[type[Event], ...] | None:
    """The event types of these names; None for no name."""
    return tuple(TYPES[name.encode()] for name in names) or None


class Tail:
    """The end of a home's log, as far as it is of these types and belongs to this.

    Args:
        home: whose log.
        types: event types wanted; None means all.
        stream: what they belong to: the id of a question, a stream of proposals, a dataset; None means all.
    """

    def __init__(self, home: Home, types: Collection[type[Event]] | None, stream: str | None) -> None:
        if not is_log(home.log):
            raise NoLogError(f"there is no log in {home.root}: `tracegate run` makes one")
        self._home = home
        self._types = types
        self._stream = stream
        self._follower = Follower(home, types)

    def events(self, count: int, after: int | None = None) -> Iterator[AnyRecorded]:
        """The last so many events, or all after a place.

        Raises:
            LogFromFuture: an event is of a type that only a newer version knows.
            LogCorrupt: a batch of the log is damaged.
        """
        with closing(LogIndex(self._home)) as index:
            self._follower = Follower(self._home, self._types, max(index.seq, after or 0), index.end)
            if after is None:
                yield from index.last(count, self._types, self._stream)
            elif self._stream is not None:
                yield from index.stream(self._stream, self._types, after)
            else:
                yield from index.of_types(self._types, after)

    async def follow(self) -> None:
        """Print every event that comes after those that `events` gave, as long as anybody reads."""
        async with create_task_group() as tasks, aclosing(aiter(self._follower)) as coming:
            tasks.start_soon(_cancelled_when_nobody_reads, tasks.cancel_scope)
            async for recorded in coming:
                wanted = self._stream is None or recorded.correlation == self._stream
                if wanted and not show_events([recorded]):
                    break
            tasks.cancel_scope.cancel()


async def _cancelled_when_nobody_reads(scope: CancelScope) -> None:
    """Look now and then whether the reader of stdout is gone: with nothing to say, nothing else tells."""
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)  # that the other end is closed is told unasked
    while not reader.poll(0):  # noqa: ASYNC110  no event comes of it
        await sleep(_LOOK_SECONDS)
    scope.cancel()


def show_events(events: Iterable[AnyRecorded]) -> bool:
    """Events on stdout as this version writes them, one a line; False when nobody reads any more."""
    return write_lines(encode(recorded) for recorded in events)


def repaired_view(told: LogRepaired | None) -> tuple[dict[str, Any], RenderableType]:
    """What a repair did, for a program and for a person."""
    if told is None:
        return {"repaired": False}, "every batch is whole, and nothing was changed"
    closed = "the gate stays closed until that is acknowledged: `tracegate gate` says how"
    if told.segment == HEAD:
        lines = [f"log/{HEAD} was set aside: {told.what}", "no event was given up"]
        lines += [f"log/{told.kept} keeps the file as it was", closed]
    else:
        place = f"{told.segment}, bytes {told.start} to {told.end}: {told.what}"
        lines = [
            f"cut before event {told.seq}: {place}",
            f"given up behind it: {told.events} events in {told.batches} whole batches",
            f"log/{told.kept} keeps the segments as they were",
            closed,
            "run the same commands again to have done again what was given up, then `tracegate replay`",
        ]
    fields = ("segment", "start", "end", "seq", "what", "batches", "events", "kept")
    return {"repaired": True} | {name: getattr(told, name) for name in fields}, "\n".join(lines)


def difference_view(found: StateDifference) -> RenderableType:
    """What changed between two states, a line a kind of thing."""
    first, second = found.seqs
    lines = [f"from position {first} to position {second}"]
    lines += [f"{kind}: {_told(changes)}" for kind, changes in found.things.items()]
    lines += [f"episode {key}: {before} -> {now}" for key, (before, now) in found.verdicts.items()]
    rest = (
        f"read models that differ: {', '.join(found.models)}" if found.models else "every read model is equal"
    )
    return "\n".join([*lines, rest])


def _told(changes: Changes) -> str:
    words = (("added", changes.added), ("removed", changes.removed), ("changed", changes.changed))
    return "; ".join(f"{len(keys)} {word} ({_some(keys)})" for word, keys in words if keys)


def _some(keys: tuple[str, ...]) -> str:
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return ", ".join(key[:12] for key in keys[:_NAMED]) + more

"""Appends on their way: those that share one write and one sync."""

import asyncio
from collections.abc import Iterable, Mapping

import msgspec

from events.wire import AnyRecorded
from store.log.drafts import Checked
from store.log.lock import HomeUnwritable
from store.log.segments import LogPoisoned, NoSpace

Failure = NoSpace | LogPoisoned | HomeUnwritable
"""What can keep an append from being recorded."""


class Entry(msgspec.Struct, eq=False, gc=False):
    """One append on its way. Nothing that it holds leads back to it, so no collector need look at it."""

    drafts: tuple[Checked, ...]
    """Checked events without their places."""
    blobs: Mapping[str, bytes]
    """Bytes that they refer to, by digest."""
    done: "asyncio.Future[tuple[AnyRecorded, ...]]"
    """Comes to what was recorded, or to what prevented it."""


class Batch:
    """Appends that become durable together."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Take the appends together, without those that were given up."""
        self.entries = [entry for entry in entries if not entry.done.cancelled()]
        """In the order of the log."""

    def drafts(self) -> list[Checked]:
        """All that is to be recorded, in order."""
        return [draft for entry in self.entries for draft in entry.drafts]

    def blobs(self) -> dict[str, bytes]:
        """All bytes that they refer to."""
        return {digest: data for entry in self.entries if entry.blobs for digest, data in entry.blobs.items()}

    def wake(self, recorded: tuple[AnyRecorded, ...]) -> None:
        """Let every producer go on, each with the events that are its own."""
        start = 0
        for entry in self.entries:
            end = start + len(entry.drafts)
            if not entry.done.done():
                entry.done.set_result(recorded[start:end])
            start = end

    def fail(self, error: Failure) -> None:
        """Let every producer go on with what prevented its append, afresh for each."""
        for entry in self.entries:
            if not entry.done.done():
                entry.done.set_exception(_afresh(error))


def _afresh(error: Failure) -> Failure:
    """The same failure without its history: what one producer's traceback gathers is not another's."""
    made: Failure = type(error).__new__(type(error), *error.args)
    made.__cause__ = error
    return made

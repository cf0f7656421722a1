"""Appends on their way: those that share one write and one sync."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from events.wire import AnyRecorded
from store.log.drafts import Checked
from store.log.lock import HomeUnwritable
from store.log.segments import LogPoisoned, NoSpace

Failure = NoSpace | LogPoisoned | HomeUnwritable
"""What can keep an append from being recorded."""


@dataclass(eq=False, slots=True)
class Entry:
    """One append on its way: what is to be recorded, then what was."""

    drafts: tuple[Checked, ...]
    """Checked events without their places."""
    blobs: Mapping[str, bytes]
    """Bytes that they refer to, by digest."""
    done: "asyncio.Future[None]"
    """Set when it came to its end."""
    recorded: tuple[AnyRecorded, ...] = ()
    """They as they are durable."""
    error: Failure | None = None
    """What prevented it."""

    def outcome(self) -> tuple[AnyRecorded, ...]:
        """What was recorded.

        Raises:
            NoSpace, LogPoisoned, HomeUnwritable: what prevented it, afresh for each producer that waited.
        """
        if self.error is not None:
            raise _afresh(self.error) from self.error
        return self.recorded


@dataclass(eq=False, slots=True)
class Batch:
    """Appends that become durable together."""

    entries: list[Entry] = field(default_factory=list)
    """In the order of the log."""

    def drafts(self) -> list[Checked]:
        """All that is to be recorded, in order."""
        return [draft for entry in self.entries for draft in entry.drafts]

    def blobs(self) -> dict[str, bytes]:
        """All bytes that they refer to."""
        return {digest: data for entry in self.entries for digest, data in entry.blobs.items()}

    def settle(self, recorded: tuple[AnyRecorded, ...]) -> None:
        """Give each append the events that are its own."""
        start = 0
        for entry in self.entries:
            end = start + len(entry.drafts)
            entry.recorded = recorded[start:end]
            start = end

    def wake(self, error: Failure | None) -> None:
        """Let every producer go on."""
        for entry in self.entries:
            entry.error = error
            if not entry.done.done():
                entry.done.set_result(None)


def _afresh(error: Failure) -> Failure:
    """The same failure without its history: what one producer's traceback gathers is not another's."""
    made: Failure = type(error).__new__(type(error), *error.args)
    return made

"""Owed work, and the ledger of what became of it: a fold over stamps and failures."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from events.runtime import DeadLettered, RunStarted, WorkFailed, WorkParked
from events.struct import Event
from events.wire import AnyRecorded


class Yield(msgspec.Struct, frozen=True):
    """What a piece of work comes to: recorded together, or not at all."""

    events: Sequence[Event]
    """At least one; the last finishes the work."""
    blobs: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    """Bytes that the events refer to, by digest; durable before them."""


class Work(msgspec.Struct, frozen=True):
    """One thing to be done once."""

    key: str
    """Derived from what the work is about, unique among all actors, the same in every run."""
    run: Callable[[], Awaitable[Yield]]
    """Does it. Any exception is a failed try; `InfrastructureError` is nobody's fault."""
    correlation: str | None = None
    """What it belongs to; stands in the envelope of its events."""
    cause: str | None = None
    """Id of the event that led to it; stands in the envelope of its events."""


def settled_by(recorded: AnyRecorded) -> str | None:
    """The key for which nothing is left to be done after this event; None when it says no such thing."""
    if recorded.work is not None and recorded.work.finishes:
        return recorded.work.key
    if isinstance(recorded.event, WorkParked | DeadLettered):
        return recorded.event.key
    return None


@dataclass
class WorkLedger:
    """What became of every key, folded from all events; the same log gives the same ledger."""

    finished: set[str] = field(default_factory=set)
    """Keys that are done for good."""
    failures: dict[str, int] = field(default_factory=dict)
    """Tries that ended in a fault of ours, by key."""
    lost: dict[str, int] = field(default_factory=dict)
    """Tries that were lost to infrastructure, by key."""
    lost_in_run: dict[str, int] = field(default_factory=dict)
    """Those since the last `RunStarted`."""
    parked: dict[str, str] = field(default_factory=dict)
    """The last error of keys that wait for the next `RunStarted`."""
    dead: dict[str, str] = field(default_factory=dict)
    """The last error of keys that were put aside."""

    def apply(self, recorded: AnyRecorded) -> None:
        """Take one event into the ledger."""
        event, stamp = recorded.event, recorded.work
        if stamp is not None and stamp.finishes:
            self.finished.add(stamp.key)
        if isinstance(event, WorkFailed):
            self._count(event)
        elif isinstance(event, WorkParked):
            self.parked[event.key] = event.error
        elif isinstance(event, DeadLettered):
            self.dead[event.key] = event.error
        elif isinstance(event, RunStarted):
            self.parked.clear()
            self.lost_in_run.clear()

    def attempt(self, key: str) -> int:
        """The try that is due, from 1: one more than those that failed; a process that dies spends none."""
        return self.failures.get(key, 0) + self.lost.get(key, 0) + 1

    def settled(self, key: str) -> bool:
        """Whether nothing is to be done for the key: finished, parked until the next run, or put aside."""
        return key in self.finished or key in self.parked or key in self.dead

    def refuses(self, key: str, attempt: int) -> str | None:
        """Why events of this try are not taken; None when they are."""
        if key in self.finished:
            return "the work is finished already"
        if self.settled(key):
            return "the work was put aside"
        if attempt != self.attempt(key):
            return f"try {attempt} is stale: {self.attempt(key)} is due"
        return None

    def _count(self, event: WorkFailed) -> None:
        if event.infrastructure:
            self.lost[event.key] = self.lost.get(event.key, 0) + 1
            self.lost_in_run[event.key] = self.lost_in_run.get(event.key, 0) + 1
        else:
            self.failures[event.key] = self.failures.get(event.key, 0) + 1

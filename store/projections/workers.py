"""The workers behind the wall: what they were, and what became of them."""

from dataclasses import dataclass, field

from events.runtime import WorkStamp
from events.struct import Fact
from events.trace import Level
from events.wire import AnyRecorded
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed

HEARS: frozenset[type[Fact]] = frozenset({WorkerStarted, WorkerLost, WorkerStopFailed})
"""The events that may change the state."""


@dataclass
class Worker:
    """One container or process."""

    backend: str
    """docker or local."""
    level: Level | None = None
    """How strong its wall is; None when it was lost before it was ready."""
    fingerprint: str | None = None
    """Digest of the numeric environment inside."""
    lost: str | None = None
    """What was seen when it ended unasked."""
    stop_failed: str | None = None
    """What the engine said when it could not be stopped."""
    during: WorkStamp | None = None
    """The piece of work in which it was lost, if one is known."""


@dataclass
class Workers:
    """Workers by id."""

    by_id: dict[str, Worker] = field(default_factory=dict)
    """Every worker ever started or lost."""

    def lost(self) -> int:
        """How many ended without having been asked to."""
        return sum(worker.lost is not None for worker in self.by_id.values())

    def levels(self) -> dict[str, int]:
        """How many workers had each level of wall."""
        counts: dict[str, int] = {}
        for worker in self.by_id.values():
            if worker.level is not None:
                counts[worker.level] = counts.get(worker.level, 0) + 1
        return counts


def initial() -> Workers:
    """No worker."""
    return Workers()


def apply(state: Workers, recorded: AnyRecorded) -> None:
    """Take one event into the state."""
    event = recorded.event
    if isinstance(event, WorkerStarted):
        state.by_id[event.worker] = Worker(event.backend, event.level, event.fingerprint)
    elif isinstance(event, WorkerLost):
        worker = _known(state, event.worker, event.backend)
        worker.lost, worker.during = event.error, recorded.work
    elif isinstance(event, WorkerStopFailed):
        worker = _known(state, event.worker, "unknown")
        worker.stop_failed = event.error


def _known(state: Workers, key: str, backend: str) -> Worker:
    if key not in state.by_id:
        state.by_id[key] = Worker(backend)
    return state.by_id[key]

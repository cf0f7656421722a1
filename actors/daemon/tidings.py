"""What a daemon hears of itself in its own log, and what it tells a person of it."""

from collections.abc import Callable, Sequence

import anyio

from actors.job import Progress
from events.question import StreamFellShort
from events.runtime import Paused, Resumed, WorkParked
from events.struct import Event
from events.trace import AttemptEnded
from events.wire import AnyRecorded
from store.projections import datasets
from store.projections.datasets import Datasets


class Tidings:
    """Folded from events as they become durable.

    Args:
        progress: who is told.
        changed: called when something is known that was not.
    """

    def __init__(self, progress: Progress, changed: Callable[[], None]) -> None:
        self.known: Datasets = datasets.initial()
        """The tables and refused files that the log knows."""
        self.paused = False
        """Whether the log waits for room on the disk."""
        self.problem: str | None = None
        """The last thing that went wrong."""
        self.parked = anyio.Event()
        """Set when work was parked, since it was last made anew."""
        self.vain = 0
        """How often what was parked was tried again without a single trace since."""
        self._progress = progress
        self._changed = changed

    def hear(self, recorded: Sequence[AnyRecorded]) -> None:
        """Something became durable."""
        for one in recorded:
            datasets.apply(self.known, one)
            self._progress.heard(one)
            self._note(one.event)
        self._changed()

    def trouble(self, told: str) -> None:
        """Tell of a problem that ends nothing; the same one is told once."""
        if told != self.problem:
            self._progress.stage(told)
        self.problem = told
        self._changed()

    def _note(self, event: Event) -> None:
        if isinstance(event, WorkParked):
            self.parked.set()
        elif isinstance(event, AttemptEnded) and event.outcome != "infrastructure_failed":
            self.vain = 0
        elif isinstance(event, Paused):
            self.paused = True
            self.trouble(f"the disk is full, and work waits for room: {event.error}")
        elif isinstance(event, Resumed):
            self.paused = False
            self._progress.stage(f"there is room again, after {event.seconds:.0f} s")
        elif isinstance(event, StreamFellShort):
            self._progress.stage(_short(event))


def _short(event: StreamFellShort) -> str:
    wanted = f"of {event.target} " if event.target else ""
    told = f"{event.verified} {wanted}verified after {event.proposals} proposals ({event.why})"
    return f"stream {event.stream[:8]} gives no more: {told}"

"""What a daemon hears of itself in its own log, and what it tells a person of it."""

from collections.abc import Callable, Sequence
from typing import Literal

import anyio

from actors.job import Progress
from events.question import StreamFellShort
from events.runtime import Paused, Resumed, WorkParked
from events.struct import Event
from events.trace import AttemptEnded
from events.wire import AnyRecorded
from store.projections import datasets
from store.projections.datasets import Datasets

Matter = Literal["artifacts", "disk", "files", "life", "settings", "tables", "workers"]
"""What something can be wrong with."""


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
        self.parked = anyio.Event()
        """Set when work was parked, since it was last made anew."""
        self.vain = 0
        """How often what was parked was tried again without a single trace since."""
        self._progress = progress
        self._changed = changed
        self._problems: dict[Matter, str] = {}

    @property
    def problem(self) -> str | None:
        """What went wrong last, of all that is wrong now."""
        return next(reversed(self._problems.values()), None)

    def hear(self, recorded: Sequence[AnyRecorded]) -> None:
        """Something became durable."""
        for one in recorded:
            datasets.apply(self.known, one)
            self._progress.heard(one)
            self._note(one.event)
        self._changed()

    def stands(self, matter: Matter, told: str | None) -> None:
        """What is wrong with something, of which nothing ends; None once it is well.

        The same words are told once, until it was well.
        """
        if self._problems.pop(matter, None) != told and told is not None:
            self._progress.stage(told)
        if told is not None:
            self._problems[matter] = told
        self._changed()

    def end(self, problem: str | None) -> None:
        """Nothing is waited for any more; what ended the life, unless somebody asked for it."""
        self._problems = {} if problem is None else {"life": problem}

    def _note(self, event: Event) -> None:
        if isinstance(event, WorkParked):
            self.parked.set()
        elif isinstance(event, AttemptEnded) and event.outcome != "infrastructure_failed":
            self.vain = 0
        elif isinstance(event, Paused):
            self.paused = True
            self.stands("disk", f"the disk is full, and work waits for room: {event.error}")
        elif isinstance(event, Resumed):
            self.paused = False
            self.stands("disk", None)
            self._progress.stage(f"there is room again, after {event.seconds:.0f} s")
        elif isinstance(event, StreamFellShort):
            self._progress.stage(_short(event))


def _short(event: StreamFellShort) -> str:
    wanted = f"of {event.target} " if event.target else ""
    told = f"{event.verified} {wanted}verified after {event.proposals} proposals ({event.why})"
    return f"stream {event.stream[:8]} gives no more: {told}"

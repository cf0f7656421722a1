"""How the log is folded: what counts, and several projections in one pass.

A projection is a module with `initial()` and `apply(state, recorded)`. Only finished work counts: events
stamped with a piece of work are held back until the event that finishes the same try of it, and those of
a try that came to nothing are dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from events.runtime import DeadLettered, WorkFailed, WorkParked, WorkStamp
from events.struct import Event, Fact
from events.wire import AnyRecorded

_FAILURES = (WorkFailed, WorkParked, DeadLettered)
_FAILED = frozenset(_FAILURES)


class BrokenHistoryError(ValueError):
    """An event refers to something that the log never told of."""

    def __init__(self, recorded: AnyRecorded, what: str) -> None:
        super().__init__(
            f"event {recorded.seq} ({type(recorded.event).__name__}) {what}; "
            "run `tracegate log verify`, and if it finds nothing report this as a fault of tracegate"
        )


class Projection(Protocol):
    """One read model; a module serves."""

    HEARS: frozenset[type[Fact]]
    """The events that may change its state; `WorkStamp` stands for any that finishes a piece of work."""

    def initial(self) -> Any:
        """The state before the first event."""
        ...

    def apply(self, state: Any, recorded: AnyRecorded, /) -> None:
        """Take one event into the state."""
        ...


def hears(model: Projection, kind: type[Event], *, finishes: bool) -> bool:
    """Whether an event of this type may change the state of a read model, one that finishes work or not."""
    return kind in model.HEARS or (finishes and WorkStamp in model.HEARS)


@dataclass
class FinishedWork:
    """Lets through what counts: unstamped events at once, those of work when the work is finished."""

    held: dict[str, list[AnyRecorded]] = field(default_factory=dict)
    """Events of work under way by key, all of one try."""

    def release(self, recorded: AnyRecorded) -> list[AnyRecorded]:
        """What counts now that this event is known, in the order of the log."""
        work, event = recorded.work, recorded.event
        if type(event) in _FAILED and isinstance(event, _FAILURES):
            self.held.pop(event.key, None)
            return [recorded]
        if work is None:
            return [recorded]
        earlier = self._of_this_try(recorded)
        if work.finishes:
            self.held.pop(work.key, None)
            return [*earlier, recorded]
        self.held[work.key] = [*earlier, recorded]
        return []

    def _of_this_try(self, recorded: AnyRecorded) -> list[AnyRecorded]:
        """What the same try yielded before; a try that was interrupted left events that never count."""
        work = recorded.work
        if work is None:
            return []
        held = self.held.get(work.key, [])
        return [one for one in held if one.work and one.work.attempt == work.attempt]


def project(events: Iterable[AnyRecorded], *projections: Projection) -> tuple[Any, ...]:
    """The state of each projection after all events, in one pass.

    Raises:
        BrokenHistoryError: an event refers to something that the log never told of.
    """
    states = tuple(projection.initial() for projection in projections)
    finished = FinishedWork()
    for recorded in events:
        for counted in finished.release(recorded):
            for projection, state in zip(projections, states, strict=True):
                projection.apply(state, counted)
    return states

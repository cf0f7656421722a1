"""The recorder as an actor: every attempt that ended becomes a trace, or is declared broken."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from actors.runtime.work import Work, Yield
from actors.tracing.recorder import record
from events.envelope import Recorded
from events.struct import Event
from events.trace import AttemptEnded, TraceRecorded


@dataclass
class RecorderState:
    """Attempts that are not recorded yet."""

    owed: dict[str, Work] = field(default_factory=dict)


class Recorder:
    """Aligns what was said, executed and returned."""

    name = "recorder"
    hears: frozenset[type[Event]] = frozenset({AttemptEnded, TraceRecorded})

    def initial(self) -> RecorderState:
        """Nothing is owed."""
        return RecorderState()

    def apply(self, state: RecorderState, recorded: Recorded[Event]) -> None:
        """An attempt is owed a record; a record settles it."""
        event = recorded.event
        if isinstance(event, AttemptEnded):
            state.owed[f"record:{event.trace}"] = _work(event)
        elif isinstance(event, TraceRecorded):
            state.owed.pop(f"record:{event.trace}", None)

    def todo(self, state: RecorderState) -> Mapping[str, Work]:
        """Every attempt without a record."""
        return state.owed


def _work(attempt: AttemptEnded) -> Work:
    async def run() -> Yield:
        return Yield([record(attempt)])

    return Work(key=f"record:{attempt.trace}", run=run, correlation=attempt.question)

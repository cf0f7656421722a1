"""What was said, executed and returned in each trace, and how it was graded."""

from dataclasses import dataclass, field

from events.struct import Fact
from events.trace import AttemptEnded, HookGrade, HooksGraded, TraceRecorded
from events.wire import AnyRecorded
from store.projections.rows import Rows

HEARS: frozenset[type[Fact]] = frozenset({AttemptEnded, TraceRecorded, HooksGraded})
"""The events that may change the state."""


@dataclass
class Traces:
    """Everything known of each trace, by its id."""

    attempts: Rows[AttemptEnded] = field(default_factory=lambda: Rows(AttemptEnded))
    """The raw record of the finished try."""
    records: dict[str, TraceRecorded] = field(default_factory=dict)
    """The recorder's judgement."""
    grades: Rows[HooksGraded] = field(default_factory=lambda: Rows(HooksGraded))
    """The grounder's judgement of its hooks."""
    events: dict[str, str] = field(default_factory=dict)
    """Id of the last event about each trace."""

    def grade(self, trace: str, position: int) -> HookGrade | None:
        """The grade of the hook at this position among all hooks of the trace; None when ungraded."""
        graded = self.grades.get(trace)
        if graded is None or position >= len(graded.grades):
            return None
        return graded.grades[position]


def initial() -> Traces:
    """No trace."""
    return Traces()


def apply(state: Traces, recorded: AnyRecorded) -> None:
    """Take one event into the state."""
    event = recorded.event
    if isinstance(event, AttemptEnded):
        state.attempts[event.trace] = event
    elif isinstance(event, TraceRecorded):
        state.records[event.trace] = event
    elif isinstance(event, HooksGraded):
        state.grades[event.trace] = event
    else:
        return
    state.events[event.trace] = recorded.id

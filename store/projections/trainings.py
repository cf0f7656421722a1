"""What was trained: on which data, behind which decision of the gate, and how far each run came."""

from dataclasses import dataclass, field
from typing import Literal

from events.gate import TrainingAllowed
from events.struct import Fact
from events.training import StepMetrics, TrainingEnded, TrainingProgressed, TrainingStarted
from events.wire import AnyRecorded

HEARS: frozenset[type[Fact]] = frozenset(
    {TrainingAllowed, TrainingStarted, TrainingProgressed, TrainingEnded}
)
"""The events that may change the state."""
Standing = Literal["finished", "interrupted", "failed", "unfinished"]
"""How a run stands; one that is `unfinished` goes on now, or died."""


@dataclass
class Trainings:
    """Runs of training by id; of what was told of one several times the last counts, but of its beginning."""

    started: dict[str, TrainingStarted] = field(default_factory=dict)
    """How each run first began, in the order in which they did."""
    begun: dict[str, int] = field(default_factory=dict)
    """How often it began, or went on."""
    allowed: dict[str, TrainingAllowed] = field(default_factory=dict)
    """The decision of the gate that it stands on."""
    last: dict[str, StepMetrics] = field(default_factory=dict)
    """The last update that it told of, and what was measured there."""
    ended: dict[str, TrainingEnded] = field(default_factory=dict)
    """How it ended; a run that went on after that has none."""

    def standing(self, run: str) -> Standing:
        """How a run stands.

        Raises:
            KeyError: there is none.
        """
        _ = self.started[run]
        return self.ended[run].outcome if run in self.ended else "unfinished"

    def step(self, run: str) -> int:
        """The last update that a run told of; 0 where it told of none."""
        return self.last[run].step if run in self.last else 0


def initial() -> Trainings:
    """Nothing was trained."""
    return Trainings()


def apply(state: Trainings, recorded: AnyRecorded) -> None:
    """Take one event into the state."""
    event = recorded.event
    if isinstance(event, TrainingAllowed):
        state.allowed[event.run] = event
    elif isinstance(event, TrainingStarted):
        state.started.setdefault(event.run, event)
        state.begun[event.run] = state.begun.get(event.run, 0) + 1
        state.ended.pop(event.run, None)
    elif isinstance(event, TrainingProgressed) and event.steps:
        state.last[event.run] = event.steps[-1]
    elif isinstance(event, TrainingEnded):
        state.ended[event.run] = event

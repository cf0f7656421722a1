"""What speaks against the record: failures, what they touch, and what somebody acknowledged."""

from dataclasses import dataclass, field
from typing import Literal

from events.episode import EpisodeJudged
from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from events.question import QuestionAccepted
from events.runtime import (
    ActorCrashed,
    ActorEscalated,
    ActorRestarted,
    DeadLettered,
    LogRepaired,
    Paused,
    TailCut,
    WorkFailed,
    WorkParked,
)
from events.trace import AttemptEnded, HooksGraded, TraceRecorded
from events.wire import AnyRecorded

Touchable = Literal["episode", "question", "trace", "work", "log"]


@dataclass(frozen=True)
class Letter:
    """A piece of work that was put aside for good."""

    event: str
    """Id of the event that says so."""
    error: str
    """The last failure."""


@dataclass(frozen=True)
class Repair:
    """The log was cut before a damage."""

    seq: int
    """The first place that was given up."""
    what: str
    """What was wrong."""


@dataclass
class Integrity:
    """Failures and acknowledgements, and how often work failed."""

    simulated: dict[str, IntegrityFailureSimulated] = field(default_factory=dict)
    """Simulated failures by event id."""
    acknowledged: dict[str, FailureAcknowledged] = field(default_factory=dict)
    """The last acknowledgement of each event id."""
    touched: dict[str, tuple[Touchable, str, int]] = field(default_factory=dict)
    """What an acknowledgement of each event quarantines: a kind of thing, its id, and the event's place."""
    dead: dict[str, Letter] = field(default_factory=dict)
    """Dead letters by key of work, unless that work was finished later."""
    parked: dict[str, str] = field(default_factory=dict)
    """The last error of work that waits for the next command, by key."""
    finished: int = 0
    """Pieces of work that came to their end."""
    failed: int = 0
    """Tries that ended in a fault of ours."""
    infrastructure: int = 0
    """Tries lost to a fault outside the session and outside our code."""
    crashes: dict[str, int] = field(default_factory=dict)
    """How often each actor crashed."""
    restarts: dict[str, int] = field(default_factory=dict)
    """How often each actor was restarted."""
    escalations: dict[str, int] = field(default_factory=dict)
    """How often each actor crashed more often than is borne."""
    cuts: list[TailCut] = field(default_factory=list)
    """Torn tails that were set aside."""
    repairs: dict[str, Repair] = field(default_factory=dict)
    """Damage of the log that was given up, by event id."""
    pauses: int = 0
    """How often the writer waited for room on the disk."""

    def open_failures(self) -> dict[str, IntegrityFailureSimulated]:
        """Simulated failures that nobody acknowledged, by event id."""
        return {key: event for key, event in self.simulated.items() if key not in self.acknowledged}

    def open_repairs(self) -> dict[str, "Repair"]:
        """Repairs of the log that nobody acknowledged, by event id."""
        return {key: repair for key, repair in self.repairs.items() if key not in self.acknowledged}

    def open_letters(self) -> dict[str, Letter]:
        """Dead letters that nobody acknowledged, by key of work."""
        return {key: letter for key, letter in self.dead.items() if letter.event not in self.acknowledged}

    def infrastructure_rate(self) -> float:
        """The share of all tries that was lost to infrastructure; 0 when there was none."""
        tries = self.finished + self.failed + self.infrastructure
        return self.infrastructure / tries if tries else 0.0


def initial() -> Integrity:
    """Nothing speaks against an empty record."""
    return Integrity()


def apply(state: Integrity, recorded: AnyRecorded) -> None:
    """Take one event into the state."""
    _count_work(state, recorded)
    _note_touched(state, recorded)
    event = recorded.event
    if isinstance(event, FailureAcknowledged):
        state.acknowledged[event.failure] = event
    elif isinstance(event, IntegrityFailureSimulated):
        state.simulated[recorded.id] = event
    elif isinstance(event, ActorCrashed):
        state.crashes[event.actor] = state.crashes.get(event.actor, 0) + 1
    elif isinstance(event, ActorRestarted):
        state.restarts[event.actor] = state.restarts.get(event.actor, 0) + 1
    elif isinstance(event, ActorEscalated):
        state.escalations[event.actor] = state.escalations.get(event.actor, 0) + 1
    elif isinstance(event, TailCut):
        state.cuts.append(event)
    elif isinstance(event, Paused):
        state.pauses += 1
    elif isinstance(event, LogRepaired):
        what = f"{event.segment}, bytes {event.start} to {event.end}: {event.what}"
        state.repairs[recorded.id] = Repair(event.seq, what)


def _count_work(state: Integrity, recorded: AnyRecorded) -> None:
    """Work that is finished is neither parked nor dead, whatever was said of it before."""
    event = recorded.event
    if isinstance(event, WorkFailed):
        state.infrastructure += event.infrastructure
        state.failed += not event.infrastructure
    elif isinstance(event, WorkParked):
        state.parked[event.key] = event.error
    elif isinstance(event, DeadLettered):
        state.dead[event.key] = Letter(recorded.id, event.error)
    elif recorded.work is not None and recorded.work.finishes:
        lost = isinstance(event, AttemptEnded) and event.outcome == "infrastructure_failed"
        state.infrastructure += lost
        state.finished += not lost
        state.dead.pop(recorded.work.key, None)
        state.parked.pop(recorded.work.key, None)


def _note_touched(state: Integrity, recorded: AnyRecorded) -> None:
    event = recorded.event
    if isinstance(event, EpisodeJudged | IntegrityFailureSimulated):
        state.touched[recorded.id] = ("episode", event.episode, recorded.seq)
    elif isinstance(event, QuestionAccepted):
        state.touched[recorded.id] = ("question", event.question.id, recorded.seq)
    elif isinstance(event, AttemptEnded | TraceRecorded | HooksGraded):
        state.touched[recorded.id] = ("trace", event.trace, recorded.seq)
    elif isinstance(event, DeadLettered):
        state.touched[recorded.id] = ("work", event.key, recorded.seq)
    elif isinstance(event, LogRepaired):
        state.touched[recorded.id] = ("log", event.segment, recorded.seq)

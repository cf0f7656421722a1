"""What speaks against the record: failures, what they touch, and what somebody acknowledged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from events.dataset import DatasetRegistered
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
    WorkStamp,
)
from events.struct import Event, Fact
from events.trace import AttemptEnded, HooksGraded, TraceRecorded
from events.wire import AnyRecorded

Touchable = Literal["episode", "question", "trace", "dataset", "work", "log"]


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
    event, work = recorded.event, recorded.work
    if work is not None and work.finishes and type(event) not in _UNFINISHED:
        _finish(state, work.key, event)
    change = _CHANGES.get(type(event))
    if change is not None:
        change(state, recorded, event)


def _finish(state: Integrity, key: str, event: Event) -> None:
    """Work that is finished is neither parked nor dead, whatever was said of it before."""
    lost = isinstance(event, AttemptEnded) and event.outcome == "infrastructure_failed"
    state.infrastructure += lost
    state.finished += not lost
    state.dead.pop(key, None)
    state.parked.pop(key, None)


def _fail(state: Integrity, _: AnyRecorded, event: WorkFailed) -> None:
    state.infrastructure += event.infrastructure
    state.failed += not event.infrastructure


def _park(state: Integrity, _: AnyRecorded, event: WorkParked) -> None:
    state.parked[event.key] = event.error


def _bury(state: Integrity, recorded: AnyRecorded, event: DeadLettered) -> None:
    state.dead[event.key] = Letter(recorded.id, event.error)
    state.touched[recorded.id] = ("work", event.key, recorded.seq)


def _crash(state: Integrity, _: AnyRecorded, event: ActorCrashed) -> None:
    state.crashes[event.actor] = state.crashes.get(event.actor, 0) + 1


def _restart(state: Integrity, _: AnyRecorded, event: ActorRestarted) -> None:
    state.restarts[event.actor] = state.restarts.get(event.actor, 0) + 1


def _escalate(state: Integrity, _: AnyRecorded, event: ActorEscalated) -> None:
    state.escalations[event.actor] = state.escalations.get(event.actor, 0) + 1


def _cut(state: Integrity, _: AnyRecorded, event: TailCut) -> None:
    state.cuts.append(event)


def _pause(state: Integrity, _: AnyRecorded, __: Paused) -> None:
    state.pauses += 1


def _repair(state: Integrity, recorded: AnyRecorded, event: LogRepaired) -> None:
    what = f"{event.segment}, bytes {event.start} to {event.end}: {event.what}"
    state.repairs[recorded.id] = Repair(event.seq, what)
    state.touched[recorded.id] = ("log", event.segment, recorded.seq)


def _register(state: Integrity, recorded: AnyRecorded, event: DatasetRegistered) -> None:
    state.touched[recorded.id] = ("dataset", event.dataset, recorded.seq)


def _accept(state: Integrity, recorded: AnyRecorded, event: QuestionAccepted) -> None:
    state.touched[recorded.id] = ("question", event.question.id, recorded.seq)


def _trace(
    state: Integrity, recorded: AnyRecorded, event: AttemptEnded | TraceRecorded | HooksGraded
) -> None:
    state.touched[recorded.id] = ("trace", event.trace, recorded.seq)


def _judge(state: Integrity, recorded: AnyRecorded, event: EpisodeJudged) -> None:
    state.touched[recorded.id] = ("episode", event.episode, recorded.seq)


def _simulate(state: Integrity, recorded: AnyRecorded, event: IntegrityFailureSimulated) -> None:
    state.simulated[recorded.id] = event
    state.touched[recorded.id] = ("episode", event.episode, recorded.seq)


def _acknowledge(state: Integrity, _: AnyRecorded, event: FailureAcknowledged) -> None:
    state.acknowledged[event.failure] = event


_UNFINISHED = frozenset({WorkFailed, WorkParked, DeadLettered})
_CHANGES: Mapping[type[Event], Callable[[Integrity, AnyRecorded, Any], None]] = {
    WorkFailed: _fail,
    WorkParked: _park,
    DeadLettered: _bury,
    ActorCrashed: _crash,
    ActorRestarted: _restart,
    ActorEscalated: _escalate,
    TailCut: _cut,
    Paused: _pause,
    LogRepaired: _repair,
    DatasetRegistered: _register,
    QuestionAccepted: _accept,
    AttemptEnded: _trace,
    TraceRecorded: _trace,
    HooksGraded: _trace,
    EpisodeJudged: _judge,
    IntegrityFailureSimulated: _simulate,
    FailureAcknowledged: _acknowledge,
}
HEARS: frozenset[type[Fact]] = frozenset({WorkStamp, *_CHANGES})
"""The events that may change the state, and any that finishes a piece of work."""

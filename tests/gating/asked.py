"""A gate asked in process: over a history, with what the disk and the program would say."""

from collections.abc import Callable

import msgspec

from actors.gating.case import Limits, Report, Witnessed
from actors.gating.gate import Gate, judge
from events.wire import AnyEvent, AnyRecorded
from store.decisions import Decision
from store.passes import passed_now
from store.projections.state import State
from store.replay import Difference, ReplayReport
from tests.history import History, told

LIMITS = Limits(min_verified=4)
RULES = [
    "log_integrity",
    "log_repaired",
    "artifacts_match",
    "blobs_whole",
    "smoke",
    "trace_integrity",
    "execution",
    "strict_majority",
    "question_identity",
    "grader_audit",
    "dead_letters",
    "enough_verified",
    "enough_of_each",
    "leakage",
    "source_yield",
    "refused_share",
    "infrastructure",
    "evidence",
]


def report(state: State, *decisions: Decision, differences: tuple[Difference, ...] = ()) -> Report:
    stands = {state.seq: state.head, 3: told().events[2].id}
    replay = ReplayReport(state.seq, not differences, {}, differences)
    return Report(replay, decisions, positions=stands, witnessed=seen(state))


def seen(state: State) -> Witnessed:
    """A program that passed its smoke suite, and all episodes run again."""
    return Witnessed(
        passed_now({"questions": {"rows": 6}}, 9.0), again=tuple(state.episodes.judged), leaks=()
    )


def gate_of(history: History, limits: Limits = LIMITS) -> Gate:
    state = history.state()
    return judge(state, report(state), limits)


def failing(gate: Gate) -> list[str]:
    return [one.rule for one in gate.reasons]


def changed(history: History, change: Callable[[AnyEvent], AnyEvent | None]) -> History:
    """The same history with its first event that `change` answers for replaced."""
    events, done = list[AnyRecorded](), False
    for recorded in history.events:
        new = None if done else change(recorded.event)
        done = done or new is not None
        events.append(recorded if new is None else msgspec.structs.replace(recorded, event=new))
    assert done
    return History(events)

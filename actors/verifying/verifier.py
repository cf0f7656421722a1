"""The verifier as an actor: judges a question when all its traces are recorded and graded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from actors.runtime.work import Work, Yield
from actors.scope import HEARD, Scope
from actors.verifying.evidence import Evidence
from actors.verifying.verdict import judge
from events.envelope import Recorded
from events.episode import EpisodeJudged, episode_id
from events.question import Question, QuestionAccepted
from events.struct import Event, Fact
from events.trace import AttemptEnded, HooksGraded, TraceRecorded


@dataclass
class Trial:
    """What is known of one question so far."""

    question: Question
    attempts: dict[str, AttemptEnded] = field(default_factory=dict)
    records: dict[str, TraceRecorded] = field(default_factory=dict)
    grades: dict[str, HooksGraded] = field(default_factory=dict)


@dataclass
class VerifierState:
    """The scope, and questions that are not judged yet."""

    scope: Scope = field(default_factory=Scope)
    trials: dict[str, Trial] = field(default_factory=dict)
    owed: dict[str, tuple[Question, Work]] = field(default_factory=dict)


class Verifier:
    """Passes judgement on episodes.

    Args:
        teacher: whose traces are judged.
        settings: the teacher's settings; part of the episode's id.
        expected: the traces of a question by id: gold first, then consistency by index.
    """

    name = "verifier"
    hears: frozenset[type[Event]] = HEARD | {
        QuestionAccepted,
        AttemptEnded,
        TraceRecorded,
        HooksGraded,
        EpisodeJudged,
    }

    def __init__(self, teacher: str, settings: Fact, expected: Callable[[Question], list[str]]) -> None:
        self.teacher = teacher
        self.settings = settings
        self.expected = expected

    def initial(self) -> VerifierState:
        """Nothing is to be judged."""
        return VerifierState()

    def apply(self, state: VerifierState, recorded: Recorded[Event]) -> None:
        """Collect evidence; a verdict ends the collecting."""
        event = recorded.event
        state.scope.apply(event)
        if isinstance(event, QuestionAccepted):
            state.trials.setdefault(event.question.id, Trial(event.question))
        elif isinstance(event, AttemptEnded) and event.question in state.trials:
            state.trials[event.question].attempts[event.trace] = event
        elif isinstance(event, TraceRecorded) and event.question in state.trials:
            state.trials[event.question].records[event.trace] = event
        elif isinstance(event, HooksGraded) and event.question in state.trials:
            state.trials[event.question].grades[event.trace] = event
            self._ready(state, state.trials[event.question])
        elif isinstance(event, EpisodeJudged) and event.question in state.trials:
            self._settle(state, event)

    def todo(self, state: VerifierState) -> Mapping[str, Work]:
        """Every question in scope whose traces are all there."""
        return {key: work for key, (asked, work) in state.owed.items() if state.scope.holds(asked)}

    def _episode(self, question: Question) -> str:
        return episode_id(question.id, self.teacher, self.settings, len(self.expected(question)) - 1)

    def _ready(self, state: VerifierState, trial: Trial) -> None:
        traces = self.expected(trial.question)
        if all(trace in trial.grades and trace in trial.records for trace in traces):
            evidence = [
                Evidence(trial.attempts[trace], trial.records[trace], trial.grades[trace]) for trace in traces
            ]
            work = _work(trial.question, evidence, self._episode(trial.question))
            state.owed[work.key] = (trial.question, work)

    def _settle(self, state: VerifierState, event: EpisodeJudged) -> None:
        question = state.trials[event.question].question
        if event.episode == self._episode(question):
            del state.trials[event.question]
            state.owed.pop(f"judge:{event.episode}", None)


def _work(question: Question, evidence: list[Evidence], episode: str) -> Work:
    async def run() -> Yield:
        return Yield([judge(question, evidence, episode)])

    return Work(key=f"judge:{episode}", run=run, correlation=question.id)

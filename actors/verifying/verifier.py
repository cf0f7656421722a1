"""The verifier as an actor: judges a question when its traces, or enough of them, are recorded and graded."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from msgspec.structs import replace

from actors.ports import Settled
from actors.runtime.work import Work, Yield
from actors.scope import HEARD, Scope
from actors.verifying.evidence import Evidence
from actors.verifying.opinion import Opinion
from actors.verifying.verdict import apart, judge
from events.answers import Answer
from events.envelope import Recorded
from events.episode import Departure, EpisodeJudged, episode_id
from events.question import Question, QuestionAccepted
from events.struct import Event, Fact
from events.trace import AttemptEnded, HooksGraded, TraceRecorded

Second = Callable[[Question, Mapping[str, Answer]], Awaitable[Opinion]]
"""The second opinion on a question, and on answers that are not accepted by trace."""
Explain = Callable[[Question, EpisodeJudged, Sequence[Evidence]], Awaitable[Sequence[Departure]]]
"""Where each trace left those that it does not agree with."""


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
        second: asks the second implementation.
        explain: finds where traces left those that they do not agree with.
        settled: tells by how many traces, in their order, the verdict is certain: those are judged, whether
            there are more or not; None has all of them judged.
    """

    name = "verifier"
    hears: frozenset[type[Event]] = HEARD | {
        QuestionAccepted,
        AttemptEnded,
        TraceRecorded,
        HooksGraded,
        EpisodeJudged,
    }

    def __init__(  # noqa: PLR0913, PLR0917  made in one place
        self,
        teacher: str,
        settings: Fact,
        expected: Callable[[Question], list[str]],
        second: Second,
        explain: Explain,
        settled: Settled | None = None,
    ) -> None:
        self.teacher = teacher
        self.settings = settings
        self.expected = expected
        self.second = second
        self.explain = explain
        self.settled = settled

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
        """Every question in scope whose traces are there, as far as they are needed."""
        return {key: work for key, (asked, work) in state.owed.items() if state.scope.holds(asked)}

    def _episode(self, question: Question) -> str:
        return episode_id(question.id, self.teacher, self.settings, len(self.expected(question)) - 1)

    def _ready(self, state: VerifierState, trial: Trial) -> None:
        traces = self.expected(trial.question)
        needed = self._needed(trial, traces)
        if needed is not None:
            evidence = [
                Evidence(trial.attempts[trace], trial.records[trace], trial.grades[trace])
                for trace in traces[:needed]
            ]
            work = self._work(trial.question, evidence, len(traces) - needed)
            state.owed[work.key] = (trial.question, work)

    def _needed(self, trial: Trial, traces: Sequence[str]) -> int | None:
        """By how many of the traces, in their order, the verdict is certain; None while it is not."""
        there = takewhile(lambda trace: trace in trial.grades and trace in trial.records, traces)
        records = [trial.records[trace] for trace in there]
        enough = (
            count for count in range(1, len(records) + 1) if self._is_settled(trial, records[:count], traces)
        )
        return next(enough, None)

    def _is_settled(self, trial: Trial, records: Sequence[TraceRecorded], traces: Sequence[str]) -> bool:
        if len(records) == len(traces):
            return True
        return self.settled is not None and self.settled(trial.question, records)

    def _settle(self, state: VerifierState, event: EpisodeJudged) -> None:
        question = state.trials[event.question].question
        if event.episode == self._episode(question):
            del state.trials[event.question]
            state.owed.pop(f"judge:{event.episode}", None)

    def _work(self, question: Question, evidence: list[Evidence], unasked: int) -> Work:
        episode = self._episode(question)

        async def run() -> Yield:
            opinion = await self.second(question, apart(question, evidence))
            judged = judge(question, evidence, episode, opinion, unasked)
            found = await self.explain(question, judged, evidence)
            told = tuple(replace(one, readings=opinion.readings.get(one.trace, ())) for one in found)
            return Yield([replace(judged, departures=told)])

        return Work(key=f"judge:{episode}", run=run, correlation=question.id)

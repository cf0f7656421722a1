"""The solver: owes every question in scope its gold and its consistency traces, as far as they are needed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, takewhile, zip_longest

from actors.ports import Settled
from actors.runtime.work import Work, Yield
from actors.scope import HEARD, Scope
from actors.teaching.dialogue import Solving, Task
from events.envelope import Recorded
from events.question import Question, QuestionAccepted
from events.struct import Event
from events.trace import SCRIPTED, AttemptEnded, Role, TraceRecorded, trace_id

Attempt = Callable[[Task], Awaitable[tuple[AttemptEnded, Mapping[str, bytes]]]]


@dataclass
class Course:
    """The attempts at one question that may still be needed."""

    question: Question
    works: dict[str, Work]
    """What has each trace made, by its id: the gold first, then those by index."""
    records: dict[str, TraceRecorded] = field(default_factory=dict)
    """The traces that are recorded, where it is asked whether more are needed."""
    owed: tuple[Work, ...] = ()
    """What is to be done now."""


@dataclass
class SolverState:
    """The scope, the questions that may still need traces, those that need none, and traces that ended."""

    scope: Scope = field(default_factory=Scope)
    courses: dict[str, Course] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)


class Solver:
    """Has each question in scope solved, once with its hint and several times without.

    Args:
        teacher: name of the teacher.
        settings: how many traces at most, and what enters their ids.
        attempt: makes one attempt.
        settled: tells when no further trace is needed; None has all of them made.
        ahead: how many attempts at one question may be under way at once; None sets no bound.
    """

    name = "solver"
    hears: frozenset[type[Event]] = HEARD | {QuestionAccepted, AttemptEnded, TraceRecorded}

    def __init__(
        self,
        teacher: str,
        settings: Solving,
        attempt: Attempt,
        settled: Settled | None = None,
        ahead: int | None = None,
    ) -> None:
        self.teacher = teacher
        self.settings = settings
        self.attempt = attempt
        self.settled = settled
        self.ahead = ahead

    def initial(self) -> SolverState:
        """Nothing is owed."""
        return SolverState()

    def apply(self, state: SolverState, recorded: Recorded[Event]) -> None:
        """A question brings traces to be had; one that ended is owed no more, and its record leads on."""
        event = recorded.event
        state.scope.apply(event)
        if isinstance(event, QuestionAccepted) and self._can_read(event.question):
            self._take_up(state, event.question)
        elif isinstance(event, AttemptEnded):
            state.ended.add(event.trace)
            self._look(state, event.question)
        elif isinstance(event, TraceRecorded) and self.settled is not None:
            self._note(state, event)

    def todo(self, state: SolverState) -> Mapping[str, Work]:
        """Every trace in scope that is to be had now, in the order of the questions.

        Where attempts at a question are bounded, what each needs first comes before what may not be needed.
        """
        owed = [one.owed for one in state.courses.values() if one.owed and state.scope.holds(one.question)]
        return {work.key: work for work in (chain(*owed) if self.ahead is None else _in_turn(owed))}

    def _take_up(self, state: SolverState, question: Question) -> None:
        """A question was accepted, by whatever stream, for the first time or again."""
        if question.id not in state.courses and question.id not in state.over:
            state.courses[question.id] = Course(question, self._works(question))
            self._look(state, question.id)

    def _note(self, state: SolverState, event: TraceRecorded) -> None:
        """What a trace says of the verdict."""
        if event.question in state.courses:
            state.courses[event.question].records[event.trace] = event
            self._look(state, event.question)

    def _look(self, state: SolverState, question: str) -> None:
        """See what a question needs now: nothing once its traces are all made, or its verdict is certain."""
        course = state.courses.get(question)
        if course is None:
            return
        known = [course.records[trace] for trace in takewhile(course.records.__contains__, course.works)]
        settled = self.settled is not None and self.settled(course.question, known)
        if settled or course.works.keys() <= state.ended:
            del state.courses[question]
            state.over.add(question)
            return
        last = None if self.ahead is None else len(known) + self.ahead
        near = islice(course.works.items(), len(known), last)
        course.owed = tuple(work for trace, work in near if trace not in state.ended)

    def _works(self, question: Question) -> dict[str, Work]:
        """What has each trace of a question made, by the trace's id."""
        made = (
            (trace_of(task, self.teacher, self.settings), task) for task in tasks(question, self.settings)
        )
        return {trace: self._work(task, trace) for trace, task in made}

    def _can_read(self, question: Question) -> bool:
        """Whether the teacher can: a script knows no words but our own."""
        return self.teacher != SCRIPTED or question.recipe.own_words

    def _work(self, task: Task, trace: str) -> Work:
        async def run() -> Yield:
            ended, outputs = await self.attempt(task)
            return Yield([ended], outputs)

        return Work(key=f"solve:{trace}", run=run, correlation=task.question.id)


def tasks(question: Question, settings: Solving) -> list[Task]:
    """The gold trace first, then the consistency traces."""
    return [
        Task(question, "gold", 0),
        *(Task(question, "consistency", index) for index in range(settings.traces)),
    ]


def trace_of(task: Task, teacher: str, settings: Solving) -> str:
    """The id of the trace that a task is to yield."""
    role: Role = task.role
    return trace_id(task.question.id, role, task.index, teacher, settings)


def _in_turn(owed: Iterable[Sequence[Work]]) -> Iterable[Work]:
    """The first of each, then the second of each, and so on."""
    return (work for round_ in zip_longest(*owed) for work in round_ if work is not None)

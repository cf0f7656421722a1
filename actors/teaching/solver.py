"""The solver: owes every question in scope its gold trace and its consistency traces."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from actors.runtime.work import Work, Yield
from actors.scope import HEARD, Scope
from actors.teaching.dialogue import Solving, Task
from events.envelope import Recorded
from events.question import Question, QuestionAccepted
from events.struct import Event
from events.trace import AttemptEnded, Role, trace_id

Attempt = Callable[[Task], Awaitable[tuple[AttemptEnded, Mapping[str, bytes]]]]


@dataclass
class SolverState:
    """The scope, the traces still to be had, and those that ended, by trace id."""

    scope: Scope = field(default_factory=Scope)
    owed: dict[str, tuple[Question, Work]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)


class Solver:
    """Has each question in scope solved, once with its hint and several times without.

    Args:
        teacher: name of the teacher.
        settings: how many traces, and what enters their ids.
        attempt: makes one attempt.
    """

    name = "solver"
    hears: frozenset[type[Event]] = HEARD | {QuestionAccepted, AttemptEnded}

    def __init__(self, teacher: str, settings: Solving, attempt: Attempt) -> None:
        self.teacher = teacher
        self.settings = settings
        self.attempt = attempt

    def initial(self) -> SolverState:
        """Nothing is owed."""
        return SolverState()

    def apply(self, state: SolverState, recorded: Recorded[Event]) -> None:
        """A question brings traces to be had; an attempt that ended takes one away."""
        event = recorded.event
        state.scope.apply(event)
        if isinstance(event, AttemptEnded):
            state.ended.add(event.trace)
            state.owed.pop(f"solve:{event.trace}", None)
        elif isinstance(event, QuestionAccepted):
            for task in tasks(event.question, self.settings):
                trace = trace_of(task, self.teacher, self.settings)
                if trace not in state.ended:
                    state.owed[f"solve:{trace}"] = (event.question, self._work(task, trace))

    def todo(self, state: SolverState) -> Mapping[str, Work]:
        """Every trace in scope that is still to be had, in the order of the questions."""
        return {key: work for key, (asked, work) in state.owed.items() if state.scope.holds(asked)}

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

"""The parts of the system, each with its time counted as a stage; everything else stays as it is."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from actors import cast
from actors.generation.proposing import Ruling, Stretch
from actors.intake import take_stock
from actors.language.soundness import Refusal
from actors.runtime.actor import Actor
from actors.runtime.work import Work
from actors.verifying.oracle import Expectation
from actors.workers.containers import Owner
from actors.workers.guard import GuardedWorkers
from actors.workers.keeper import Announce
from actors.workers.opening import Choice, opened_workers
from benchmarks.stages import Given, Result, Stages
from events.question import Question, StreamRequested
from events.struct import Event
from events.wire import AnyRecorded
from store.artifacts import write_artifacts
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.replay import rebuild

FOLDS = "actors: folds and todo"
APPENDS = "appends to the log, each alone"
COURT = "proposing and the court, in a process"
TRIAL = "trial behind the wall"
ORACLE = "grounding: the oracle, in a process"
WORKERS = "starting and stopping the worker"
WORKS = {
    "generator": "generator: all else",
    "solver": "solving: dialogue and cells",
    "recorder": "recording",
    "grounder": "grounding: cells again, and the rules",
    "verifier": "judging",
}
"""By actor, what its work is called where it is in none of the stages above."""


def timed_parts(stages: Stages) -> dict[str, Any]:
    """What to put in the place of names in `actors.system`."""

    class Cast(cast.Cast):
        def actors(self) -> list[Actor[Any]]:
            return [_TimedActor(actor, stages) for actor in super().actors()]

        async def _court(self, request: StreamRequested, stretch: Stretch) -> tuple[list[Ruling], bool]:
            async with stages.alone(COURT):
                return await super()._court(request, stretch)

        async def _trial(self, question: Question) -> Refusal | None:
            async with stages.alone(TRIAL):
                return await super()._trial(question)

        async def _expect(self, question: Question) -> Expectation:
            async with stages.alone(ORACLE):
                return await super()._expect(question)

    class Log(LogWriter):
        async def append(
            self, drafts: Sequence[Draft], blobs: Mapping[str, bytes] | None = None
        ) -> tuple[AnyRecorded, ...]:
            async with stages.alone(APPENDS):
                return await super().append(drafts, blobs)

    return {
        "Cast": Cast,
        "LogWriter": Log,
        "take_stock": _alone(stages, "reading the tables", take_stock),
        "opened_workers": _opened(stages),
        "rebuild": stages.around("folding the log", rebuild),
        "write_artifacts": stages.around("writing the artifacts", write_artifacts),
    }


class _TimedActor:
    """An actor whose folds and works are timed."""

    def __init__(self, actor: Actor[Any], stages: Stages) -> None:
        self.name = actor.name
        self.hears: frozenset[type[Event]] = actor.hears
        self.initial = actor.initial
        self.apply = stages.around(FOLDS, actor.apply)
        self._actor = actor
        self._stages = stages

    def todo(self, state: Any) -> Mapping[str, Work]:
        """The actor's work; running it is a stage."""
        with self._stages.stage(FOLDS):
            return {key: self._timed(work) for key, work in self._actor.todo(state).items()}

    def _timed(self, work: Work) -> Work:
        run = _alone(self._stages, WORKS[self.name], work.run)
        return Work(work.key, run, work.correlation, work.cause)


def _alone(
    stages: Stages, name: str, call: Callable[Given, Awaitable[Result]]
) -> Callable[Given, Awaitable[Result]]:
    async def timed(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        async with stages.alone(name):
            return await call(*args, **kwargs)

    return timed


def _opened(stages: Stages) -> Any:
    @asynccontextmanager
    async def opened(
        choice: Choice, owner: Owner, announce: Announce, allow_process: bool = False, wanted: int = 0
    ) -> AsyncIterator[tuple[GuardedWorkers, str]]:
        async with AsyncExitStack() as stack:
            # Nobody is at work yet, so this needs no turn; the workers' announcements do.
            with stages.stage(WORKERS):
                opened = await stack.enter_async_context(
                    opened_workers(choice, owner, announce, allow_process, wanted)
                )
            yield opened
            with stages.stage(WORKERS):
                await stack.aclose()

    return opened

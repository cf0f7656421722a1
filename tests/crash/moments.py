"""When a daemon is to be killed, and what it was at when it was: the one is drawn, the other read from its log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from actors.daemon.orders import Orders
from actors.generation.generator import Generator
from actors.runtime.actor import Actor
from actors.teaching.dialogue import SolveSettings
from actors.teaching.scripted import NAME
from actors.teaching.solver import Solver, tasks, trace_of
from actors.tracing.grounding import Grounder
from actors.tracing.recording import Recorder
from actors.verifying.verifier import Verifier
from events.episode import episode_id
from events.question import Question, StreamRequested
from events.runtime import RunStarted
from events.wire import AnyRecorded
from tests.verifying.unasked import unasked, unexplained

Stage = Literal["loading", "opening", "working", "draining", "resting"]
"""Before its first event; before it finished anything; while work is owed; the same, asked to end; after it."""
ASIDE: tuple[Stage, ...] = ("loading", "opening", "draining", "resting")
"""Where one kill of each home falls, of one home after another; all its others are to fall in the work."""
CONCURRENCY = Orders().concurrency
_SOLVING = SolveSettings()


@dataclass(frozen=True)
class Due:
    """A moment at which a daemon is to be killed."""

    stage: Stage
    share: float
    """How much of all work is to be done before; of no matter where none is under way."""
    late: float
    """How far into the time that it is given from there on."""


@dataclass(frozen=True)
class Moment:
    """What a daemon was at when it died."""

    stage: Stage
    done: int
    """Pieces of work that were finished, by this daemon and those before it."""
    attempts: int = 0
    """Attempts in flight."""
    gradings: int = 0
    """Gradings of traces in flight, each of which runs the cells again."""


def drawn(random: Random, kills: int, aside: Stage) -> list[Due]:
    """So many moments in the order in which they come: one aside, the others each in its part of the work."""
    parts = kills if aside == "draining" else kills - 1
    due = [Due("working", (part + random.random()) / parts, random.random()) for part in range(parts)]
    if aside == "draining":
        place = random.randrange(parts)
        due[place] = replace(due[place], stage=aside)
    else:
        place = parts if aside == "resting" else random.randrange(kills)
        due.insert(place, Due(aside, 0.0, random.random()))
    return due


def finished(history: Sequence[AnyRecorded]) -> int:
    """How many pieces of work are done; starting again adds none."""
    return sum(one.work is not None and one.work.finishes for one in history)


def moment(history: Sequence[AnyRecorded], since: int) -> Moment:
    """What a daemon was at whose own events are those after this place.

    No event tells that work was begun. But an actor runs whatever it owes, up to a limit, as soon as it owes it;
    so what the actors make of this log is what they had under way.
    """
    life, done = [one for one in history if one.seq > since], finished(history)
    types = {type(one.event) for one in life}
    if RunStarted not in types:
        return Moment("loading", done)
    owed = {actor.name: len(_todo(actor, history)) for actor in _actors()}
    if StreamRequested in types and not any(owed.values()):
        return Moment("resting", done)
    if not finished(life):
        return Moment("opening", done)
    attempts, gradings = (min(CONCURRENCY, owed[name]) for name in (Solver.name, Grounder.name))
    return Moment("working", done, attempts, gradings)


def _actors() -> list[Actor[Any]]:
    """All of a daemon's, as it has them."""
    return [
        Generator(_never, _never, _episode),
        Solver(NAME, _SOLVING, _never),
        Recorder(),
        Grounder(_never),
        Verifier(NAME, _SOLVING, _traces, unasked, unexplained),
    ]


def _todo(actor: Actor[Any], history: Sequence[AnyRecorded]) -> list[str]:
    state = actor.initial()
    for one in history:
        if type(one.event) in actor.hears:
            actor.apply(state, one)
    done = {one.work.key for one in history if one.work is not None and one.work.finishes}
    return [key for key in actor.todo(state) if key not in done]


def _episode(question: Question) -> str:
    return episode_id(question.id, NAME, _SOLVING, _SOLVING.traces)


def _traces(question: Question) -> list[str]:
    return [trace_of(task, NAME, _SOLVING) for task in tasks(question, _SOLVING)]


async def _never(*_: object) -> Any:
    raise AssertionError("the dead do no work")

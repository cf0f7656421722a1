"""A storm of failing work and crashing folds loses nothing and changes nothing: it ends where the calm ends.

The actors are the real ones, from questions to verdicts; what they would have to wait for is made up.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import anyio.lowlevel
import msgspec
import pytest
from structlog.testing import capture_logs

from actors.gating.case import Limits, Report, RuleResult
from actors.gating.gate import judge
from actors.runtime.actor import Actor
from actors.runtime.settings import Settings
from actors.runtime.supervisor import Supervisor
from actors.runtime.work import Work, Yield
from actors.teaching.dialogue import SolveSettings, Task
from actors.teaching.solver import Solver, tasks, trace_of
from actors.tracing.grounding import Grounder
from actors.tracing.recording import Recorder
from actors.verifying.verifier import Verifier
from events.dataset import DatasetTaken
from events.question import Question, QuestionAccepted, StreamRequested, stream_id
from events.runtime import DeadLettered, RunStarted
from events.struct import Event
from events.trace import AttemptEnded, HooksGraded
from events.wire import AnyRecorded
from store.artifacts import render_artifacts
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from store.projections.state import State, fold
from store.replay import ReplayReport
from tests.history import attempt, dataset_registered, graded, question
from tests.runtime.conftest import QuickTime
from tests.verifying.unasked import unasked, unexplained

SOLVING = SolveSettings()
RUNTIME = Settings(concurrency=64)
KEYS_A_QUESTION = 5 * 3 + 1
"""Five traces to be had, recorded and graded, and a verdict."""
CRASHES = 4
"""How often the fold of each actor crashes in a storm; fewer in a minute than end a run."""


@pytest.fixture
def seed() -> int:
    """Drawn anew each time, unless the environment gives it; shown when the test fails."""
    drawn = int(os.environ.get("TRACEGATE_TEST_SEED") or time.time_ns() % 2**32)
    sys.stdout.write(f"TRACEGATE_TEST_SEED={drawn}\n")
    return drawn


@dataclass(frozen=True)
class Weather:
    """What goes wrong, decided by seed, key and try, whatever the order."""

    seed: int
    share: float = 0.3
    """How many of all tries fail; never as many in a row as put a key aside."""
    crashes: int = CRASHES
    """How often each fold crashes."""
    doomed: str = ""
    """The key whose every try fails."""

    def fails(self, key: str, attempt: int) -> bool:
        """Whether this try comes to nothing."""
        last = attempt % RUNTIME.max_tries == 0
        return key == self.doomed or (
            not last and Random(f"{self.seed}/{key}/{attempt}").random() < self.share
        )


CALM = Weather(0, share=0.0, crashes=0)


@dataclass
class Exposed:
    """An actor in this weather."""

    actor: Actor[Any]
    weather: Weather
    tries: Counter[str] = field(default_factory=Counter)
    """How often the work of each key was begun."""
    _crash_at: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        chances = Random(f"{self.weather.seed}/{self.actor.name}")
        self._crash_at = sorted(
            (chances.randrange(10, 1000) for _ in range(self.weather.crashes)), reverse=True
        )

    @property
    def name(self) -> str:
        return self.actor.name

    @property
    def hears(self) -> frozenset[type[Event]]:
        return self.actor.hears

    def initial(self) -> Any:
        return self.actor.initial()

    def apply(self, state: Any, recorded: AnyRecorded, /) -> None:
        """Crash at each of the places once, after the state was touched."""
        self.actor.apply(state, recorded)
        if self._crash_at and recorded.seq >= self._crash_at[-1]:
            raise KeyError(self._crash_at.pop())

    def todo(self, state: Any, /) -> Mapping[str, Work]:
        """The same work, which may fail."""
        return {key: self._exposed(work) for key, work in self.actor.todo(state).items()}

    def _exposed(self, work: Work) -> Work:
        async def run() -> Yield:
            self.tries[work.key] += 1
            if self.weather.fails(work.key, self.tries[work.key]):
                await anyio.lowlevel.checkpoint()
                raise ValueError(work.key)
            return await work.run()

        return msgspec.structs.replace(work, run=run)


def actors(weather: Weather) -> list[Exposed]:
    """Solver, recorder, grounder and verifier."""

    async def solve(task: Task) -> tuple[AttemptEnded, Mapping[str, bytes]]:
        wrong = task.role == "consistency" and task.index == 1
        ended = attempt(task.question, task.role, task.index, {"mean_mass": 1.0 if wrong else 4201.75})
        return msgspec.structs.replace(ended, trace=trace_of(task, "scripted", SOLVING)), {}

    async def ground(_: Question, ended: AttemptEnded) -> HooksGraded:
        return graded(ended)

    def traces(asked: Question) -> list[str]:
        return [trace_of(task, "scripted", SOLVING) for task in tasks(asked, SOLVING)]

    real: list[Actor[Any]] = [
        Solver("scripted", SOLVING, solve),
        Recorder(),
        Grounder(ground),
        Verifier("scripted", SOLVING, traces, unasked, unexplained),
    ]
    return [Exposed(actor, weather) for actor in real]


def given(questions: int) -> list[Event]:
    """A table and its questions."""
    table = dataset_registered()
    stream = stream_id(table.dataset, "template", 0)
    accepted = [
        QuestionAccepted(stream, number, question(table.dataset, "template", number))
        for number in range(questions)
    ]
    return [
        RunStarted("test", 0, ("template",)),
        table,
        DatasetTaken(table.dataset),
        StreamRequested(stream, table.dataset, "template", 0, questions),
        *accepted,
    ]


async def live_through(home: Home, questions: int, weather: Weather) -> tuple[State, list[Exposed]]:
    """What the log says after a run in this weather."""
    exposed = actors(weather)
    with capture_logs():
        await run(home, questions, exposed)
    return fold(read_events(home)), exposed


async def run(home: Home, questions: int, exposed: list[Exposed]) -> None:
    """Run until nothing is owed, without waiting."""
    async with LogWriter.open(home) as writer:
        await writer.append([Draft(event) for event in given(questions)])
        supervisor = Supervisor(writer, exposed, settings=RUNTIME, timing=QuickTime().timing())
        assert await supervisor.run_until_idle() == "idle"


def comparable(state: State) -> dict[str, str]:
    """Digests of the read models without what names a place in the log or counts tries."""
    for model in (state.questions, state.traces, state.episodes):
        model.events.clear()
    told = state.integrity
    told.touched.clear()
    told.failed = 0
    told.crashes.clear()
    told.restarts.clear()
    return state.digests()


def letters_rule(state: State) -> RuleResult:
    """What the gate says of dead letters."""
    gate = judge(state, Report(ReplayReport(state.seq, True, {}, ())), Limits())
    (rule,) = [rule for rule in gate.rules if rule.rule == "dead_letters"]
    return rule


@pytest.mark.parametrize("keys", [2_000, pytest.param(10_000, marks=pytest.mark.full)])
async def test_a_storm_ends_where_the_calm_ends(keys: int, seed: int, tmp_path: Path) -> None:
    questions = keys // KEYS_A_QUESTION
    keys = questions * KEYS_A_QUESTION
    calm, _ = await live_through(Home(tmp_path / "calm"), questions, CALM)
    storm, exposed = await live_through(Home(tmp_path / "storm"), questions, Weather(seed))
    assert render_artifacts(storm) == render_artifacts(calm)
    assert len(storm.episodes.verified()) == questions
    assert storm.integrity.finished == calm.integrity.finished == keys
    assert storm.pending.held == {}
    tries = sum((actor.tries for actor in exposed), Counter())
    assert len(tries) == keys
    assert sum(tries.values()) == keys + storm.integrity.failed
    # 0.3 + 0.3² of the keys fail once or more: 0.39 a key, give or take what is possible by chance.
    assert 0.3 * keys < storm.integrity.failed < 0.5 * keys
    # Who crashes while it folds again was not restarted in between.
    assert storm.integrity.crashes == {actor.name: CRASHES for actor in exposed}
    assert storm.integrity.restarts.keys() == storm.integrity.crashes.keys()
    assert comparable(storm) == comparable(calm)


async def test_work_that_always_fails_is_one_dead_letter_which_the_gate_counts(
    seed: int, tmp_path: Path
) -> None:
    questions = 20
    calm, _ = await live_through(Home(tmp_path / "calm"), questions, CALM)
    asked = Random(seed).choice(sorted(calm.questions.accepted))
    doomed = Random(seed).choice(
        [f"solve:{trace}" for trace, ended in calm.traces.attempts.items() if ended.question == asked]
    )
    storm, exposed = await live_through(Home(tmp_path / "storm"), questions, Weather(seed, doomed=doomed))
    assert list(storm.integrity.dead) == [doomed]
    assert exposed[0].tries[doomed] == RUNTIME.max_tries
    letters = [one for one in read_events(Home(tmp_path / "storm")) if isinstance(one.event, DeadLettered)]
    assert len(letters) == 1
    assert calm.episodes.judged.keys() - storm.episodes.judged.keys() == {
        judged.episode for judged in calm.episodes.judged.values() if judged.question == asked
    }
    closed = letters_rule(storm)
    assert not closed.passed
    assert closed.found == 1
    assert letters[0].id in closed.where
    assert doomed in closed.where
    assert letters_rule(calm).passed

"""A model's attempts at a question are spent one by one, and none once the verdict is certain."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from msgspec.structs import replace

from actors.runtime.actor import Actor
from actors.runtime.supervisor import Supervisor
from actors.teaching.dialogue import Task
from actors.teaching.orders import ModelSettings
from actors.teaching.solver import Solver, tasks, trace_of
from actors.tracing.grounding import Grounder
from actors.tracing.recording import Recorder
from actors.verifying.economy import settled
from actors.verifying.verifier import Verifier
from events.answers import Answer
from events.dataset import DatasetTaken
from events.episode import EpisodeJudged
from events.question import Question, QuestionAccepted, StreamRequested, stream_id
from events.runtime import RunStarted
from events.struct import Event
from events.trace import AttemptEnded, HooksGraded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from store.projections.state import fold
from tests.history import attempt, dataset_registered, graded, question
from tests.verifying.unasked import unasked, unexplained

MODEL = "some-model"
SETTINGS = ModelSettings(prompts="p")
WRONG: Answer = {"mean_mass": 17.0}
Voices = Mapping[int, Answer | None]
"""What traces submit that are not right, by index; that of the gold is -1."""
RIGHT: Voices = {}
SILENT_GOLD: Voices = {-1: None}
SILENT: Voices = {0: None, 2: None, 3: None}
LATE: Voices = {1: WRONG}
SPLIT: Voices = {0: WRONG, 1: WRONG}
SPENT = [(RIGHT, 4, "verified"), (SILENT_GOLD, 0, "too_hard"), (SILENT, 4, "too_hard"),
         (LATE, 5, "verified"), (SPLIT, 5, "ambiguous")]  # fmt: skip
"""How many consistency traces are asked until the verdict is certain, and which it is."""
QUESTIONS = 3
AT_ONCE = 16


class Made:
    """Attempts in the order in which they were begun.

    Args:
        voices: what they submit.
        stop_at: the attempt, counted from 0, at which the run is cut off.
    """

    def __init__(self, voices: Voices, stop_at: int | None = None) -> None:
        self.order: list[tuple[str, int]] = []
        self.most = 0
        self.cut: Callable[[], None] = lambda: None
        self._under_way = Counter[str]()
        self._voices = voices
        self._stop_at = stop_at

    async def attempt(self, task: Task) -> tuple[AttemptEnded, Mapping[str, bytes]]:
        place = -1 if task.role == "gold" else task.index
        self.order.append((task.question.id, place))
        self._under_way[task.question.id] += 1
        self.most = max(self.most, self._under_way[task.question.id])
        if self._stop_at is not None and len(self.order) > self._stop_at:
            self.cut()
        await anyio.lowlevel.checkpoint()
        self._under_way[task.question.id] -= 1
        ended = attempt(task.question, task.role, task.index, self._voices.get(place, {"mean_mass": 4201.75}))
        return replace(ended, trace=trace_of(task, MODEL, SETTINGS), teacher=MODEL), {}

    @property
    def indices(self) -> dict[str, list[int]]:
        """The places that were asked, by question, in their order."""
        return {asked: [place for one, place in self.order if one == asked] for asked, _ in self.order}


def actors(made: Made, ahead: int | None) -> list[Actor[Any]]:
    async def ground(_: Question, ended: AttemptEnded) -> HooksGraded:
        return graded(ended)

    def traces(asked: Question) -> list[str]:
        return [trace_of(task, MODEL, SETTINGS) for task in tasks(asked, SETTINGS)]

    enough = partial(settled, traces=SETTINGS.traces)
    return [
        Solver(MODEL, SETTINGS, made.attempt, enough, ahead),
        Recorder(),
        Grounder(ground),
        Verifier(MODEL, SETTINGS, traces, unasked, unexplained, enough),
    ]


def given() -> list[Event]:
    """A table and its questions."""
    table = dataset_registered()
    stream = stream_id(table.dataset, "template", 0)
    asked = (question(table.dataset, "template", number) for number in range(QUESTIONS))
    return [
        RunStarted("test", 0, ("template",)),
        table,
        DatasetTaken(table.dataset),
        StreamRequested(stream, table.dataset, "template", 0, QUESTIONS),
        *(QuestionAccepted(stream, number, one) for number, one in enumerate(asked)),
    ]


async def spent(home: Home, made: Made, ahead: int | None = 1) -> list[EpisodeJudged]:
    """The verdicts after one more run, which may be cut off."""
    first = not home.log.exists()
    async with LogWriter.open(home) as writer:
        begun = given() if first else [RunStarted("test", 0, ("template",)), given()[2]]
        await writer.append([Draft(event) for event in begun])
        with anyio.CancelScope() as scope:
            made.cut = scope.cancel
            await Supervisor(writer, actors(made, ahead), limits={"solver": AT_ONCE}).run_until_idle()
    judged = fold(read_events(home)).episodes.judged
    return [judged[key] for key in sorted(judged)]


@pytest.mark.parametrize(("voices", "asked", "verdict"), SPENT)
async def test_attempts_are_made_one_by_one_until_the_verdict_is_certain(
    tmp_path: Path, voices: Voices, asked: int, verdict: str
) -> None:
    made = Made(voices)
    judged = await spent(Home(tmp_path), made)
    assert made.most == 1
    assert list(made.indices.values()) == [list(range(-1, asked))] * QUESTIONS
    assert [(one.verdict, len(one.votes) - 1, one.unasked) for one in judged] == [
        (verdict, asked, SETTINGS.traces - asked)
    ] * QUESTIONS


async def test_questions_are_solved_beside_each_other(tmp_path: Path) -> None:
    made = Made(RIGHT)
    await spent(Home(tmp_path), made)
    assert len({asked for asked, _ in made.order[:QUESTIONS]}) == QUESTIONS


@pytest.mark.parametrize("ahead", [2, 3, 6, None])
@pytest.mark.parametrize(("voices", "asked", "verdict"), SPENT)
async def test_how_many_are_made_at_once_changes_no_verdict_and_no_vote(
    tmp_path: Path, voices: Voices, asked: int, verdict: str, ahead: int | None
) -> None:
    one_by_one, made = Made(voices), Made(voices)
    judged = await spent(Home(tmp_path / "one"), one_by_one)
    assert await spent(Home(tmp_path / "more"), made, ahead) == judged
    assert made.most == min(ahead or 6, 6)
    assert {one.verdict for one in judged} == {verdict}
    assert {len(places) - 1 for places in made.indices.values()} <= set(range(asked, SETTINGS.traces + 1))


@pytest.mark.parametrize("ahead", [1, 2])
@pytest.mark.parametrize("stop_at", [0, 1, 4, 7, 10, 14])
async def test_what_was_recorded_before_a_run_was_cut_off_is_not_asked_again(
    tmp_path: Path, stop_at: int, ahead: int
) -> None:
    whole = await spent(Home(tmp_path / "whole"), Made(RIGHT), ahead)
    home, first, second = Home(tmp_path / "cut"), Made(RIGHT, stop_at), Made(RIGHT)
    await spent(home, first, ahead)
    recorded = {one.event.trace for one in read_events(home) if isinstance(one.event, AttemptEnded)}
    assert len(first.order) > stop_at
    assert await spent(home, second, ahead) == whole
    ended = Counter(one.event.trace for one in read_events(home) if isinstance(one.event, AttemptEnded))
    assert set(ended.values()) == {1}
    assert len(second.order) == len(ended) - len(recorded)


async def test_a_home_whose_attempts_were_all_made_is_judged_alike_and_nothing_is_asked(
    tmp_path: Path,
) -> None:
    """As an older version left it, that asked all of them before anything was judged."""
    home, nobody = Home(tmp_path / "old"), Made(RIGHT)
    attempts = [
        (await Made(RIGHT).attempt(task))[0]
        for event in given()
        if isinstance(event, QuestionAccepted)
        for task in tasks(event.question, SETTINGS)
    ]
    async with LogWriter.open(home) as writer:
        await writer.append([Draft(event) for event in (*given(), *attempts)])
    assert await spent(home, nobody) == await spent(Home(tmp_path / "new"), Made(RIGHT))
    assert nobody.order == []

"""The task: held-out questions of a home, put in the real environment, judged by their contracts.

    inspect eval actors/inspecting/questions.py -T home=.tracegate --model …

What is asked, the prompts, the sessions and the judgement are those of `evaluate`; sampling, limits, retries,
costs and the log are Inspect's. The home is only read.
"""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    Metric,
    Score,
    Scorer,
    Target,
    accuracy,
    grouped,
    scorer,
    stderr,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from actors.evaluating.scoring import Spent, sort_of
from actors.evaluating.selection import SIDES, Chosen, NoQuestionError, Side, chosen
from actors.exporting.harvesting import splits_of
from actors.inspecting.asking import Guest
from actors.inspecting.venue import Choice, Venue
from actors.papers import OwnPaper
from actors.teaching import dialogue
from actors.teaching.model import ModelTeacher
from actors.teaching.orders import ModelSettings
from actors.teaching.prompting import Protocol, prompts
from actors.terminal.output import configure_log
from actors.tracing.recorder import record
from events.evaluation import AnswerScored
from events.question import SOURCES, Question, Source
from store.home import Home
from store.projections.state import State
from store.replay import rebuild

_SCORED = "scored"
_SORTED_BY = ("source", "split", "difficulty")
_KEPT = ("hooks", "grounded", "steps", "passed", "departed", "tampering")
"""What is kept of an answer beside its being right."""
_CHOICES: dict[str, Sequence[str]] = {
    "split": SIDES,
    "protocol": ("text", "tools"),
    "workers": ("auto", "docker", "local"),
}


class BrokenRecordError(Exception):
    """What was recorded of an answer contradicts itself; it is in no rate."""


@task  # type: ignore[untyped-decorator]
def questions(  # noqa: PLR0913, PLR0917  the options of the task, by name
    home: str = ".tracegate",
    split: Side = "held-out",
    source: str = "",
    protocol: Protocol = "text",
    workers: Choice = "auto",
    allow_process_level: bool = False,
) -> Task:
    """Questions of verified episodes, each put once.

    Args:
        home: the home that holds them.
        split: whatever is held out from training, everything, or one split.
        source: only of this source.
        protocol: how code is written: one fenced block, or one native tool call.
        workers: what runs the code.
        allow_process_level: whether a model's code may run without a wall.

    Raises:
        UsageError: an option is none, or there is nothing to ask.
    """
    configure_log()
    _see_that_they_are_known(split=split, protocol=protocol, workers=workers)
    place = Home(Path(home))
    state = rebuild(place)
    asked = _chosen(place, state, split, _sources(source))
    paper = OwnPaper(asked, state.datasets.by_id)
    settings = ModelSettings(prompts().digest, protocol=protocol, traces=1, temperature=None, seeded=False)
    return Task(
        dataset=MemoryDataset([_sample(one, asked) for one in asked.questions], name="questions"),
        solver=answered(paper, settings, Venue(place, paper, workers, allow_process_level)),
        scorer=by_contract(),
        config=GenerateConfig(max_tokens=settings.reply_tokens, temperature=ModelSettings("").temperature),
        metadata={"chosen": asked.told, "prompts": settings.prompts},
    )


def _see_that_they_are_known(**given: str) -> None:
    for name, value in given.items():
        if value not in _CHOICES[name]:
            raise click.UsageError(f"{name} is none of {', '.join(_CHOICES[name])}: {value!r}")


def _sources(source: str) -> Sequence[Source]:
    found = [one for one in SOURCES if source in ("", one)]
    if not found:
        raise click.UsageError(f"source is none of {', '.join(SOURCES)}: {source!r}")
    return found


def _chosen(home: Home, state: State, split: Side, sources: Sequence[Source]) -> Chosen:
    try:
        return chosen(state, splits_of(home, state).of, split, sources)
    except NoQuestionError as problem:
        raise click.UsageError(str(problem)) from problem


def _sample(question: Question, asked: Chosen) -> Sample:
    return Sample(
        id=question.id,
        input=f"{question.question_text}\n\n{question.format}",
        target=[msgspec.json.encode(one).decode() for one in question.answers],
        metadata={
            **sort_of(question),
            "split": asked.splits.get(question.id, "none"),
            "chance": question.certificate.chance,
        },
    )


@solver  # type: ignore[untyped-decorator]
def answered(paper: OwnPaper, settings: ModelSettings, venue: Venue) -> Solver:
    """Has the model solve the question in a session, and keeps what that is worth."""
    by_id = {one.id: one for one in paper.chosen.questions}

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate  # the conversation is ours: turns, corrections and limits
        guest = Guest(get_model())
        async with venue.at_work() as cast:
            teacher = ModelTeacher(
                model=guest,
                name=str(state.model),
                settings=settings,
                prompts=prompts(),
                columns_of=cast.columns_of,
            )
            task_ = dialogue.Task(by_id[str(state.sample_id)], "consistency", state.epoch - 1)
            ended, _ = await dialogue.attempt(task_, teacher, cast.workers, settings)
            found = await paper.score(task_.question, ended, Spent(), cast)
        state.messages, state.output = guest.messages, guest.output or state.output
        if found.broken is not None:
            raise BrokenRecordError(found.broken)
        state.store.set(_SCORED, msgspec.to_builtins(found))
        return state

    return solve


def _by(name: str) -> Metric:
    """The share of right answers among those that are alike in something."""
    return grouped(accuracy(), name, all=False, name_template=f"{name} {{group_name}}")


@scorer(  # type: ignore[untyped-decorator]
    metrics=[accuracy(), stderr(), *map(_by, _SORTED_BY)],
    name="contract",
)
def by_contract() -> Scorer:
    """Right where the answer matches an accepted one by the question's contract."""

    async def score(state: TaskState, target: Target) -> Score:
        del target  # the contract knows more of it than its text
        found = msgspec.convert(state.store.get(_SCORED), AnswerScored)
        return Score(
            value=CORRECT if found.right else INCORRECT,
            answer=_told(found),
            explanation=_explained(found),
            metadata={name: getattr(found, name) for name in _KEPT},
        )

    return score


def _told(found: AnswerScored) -> str:
    answer = record(found.attempt).answer
    return "" if answer is None else msgspec.json.encode(answer).decode()


def _explained(found: AnswerScored) -> str:
    """How the attempt ended, and where it left the program's own solution."""
    ended = f"{found.attempt.outcome}: {found.attempt.stop}"
    if not found.expected:
        return ended
    return f"{ended}; it has no `{found.expected}`" + (f", but `{found.found}`" if found.found else "")

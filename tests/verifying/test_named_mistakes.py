"""Triangulation names the step at which a solver went wrong: one seeded mistake at a known step."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from actors.language.mistakes import MistakenProgram, mistakes, shows
from actors.language.program import Undefined
from actors.language.settle import answer_of
from actors.language.subject import Subject
from actors.teaching.dialogue import Task, attempt
from actors.teaching.reading import meanings
from actors.teaching.scripted import ScriptedTeacher
from actors.tracing.triangulating import departures
from events.question import ProgramRecord, Question
from events.trace import AttemptEnded, MistakeKind
from tests.birds import birds
from tests.trials import Trial
from tests.trying import SETTINGS, SOURCES, Bench, accepted, bench

KINDS: tuple[MistakeKind, ...] = get_args(MistakeKind)
EACH = int(os.environ.get("TRACEGATE_MISTAKES", "18"))
"""Mistakes of a kind in the long suite; with 71 there are 301."""


@dataclass
class Named:
    """How often the step was named, of so many mistakes of each kind, and where it was not."""

    wanted: Counter[str]
    random: Random
    right: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def lacking(self) -> Iterator[str]:
        return (kind for kind in KINDS if self.tried[kind] < self.wanted[kind])


def _possible(
    question: Question, read: ProgramRecord, subject: Subject, random: Random
) -> dict[str, MistakenProgram]:
    """One mistake of each kind that shows in the answer."""
    try:
        right = answer_of(read, subject)
    except Undefined:
        return {}
    found: dict[str, MistakenProgram] = {}
    drawn = list(mistakes(read, subject.columns))
    for made in random.sample(drawn, len(drawn)):
        if made.kind not in found and shows(made, right, question.contract, subject):
            found[made.kind] = made
    return found


async def _solved(desk: Bench, question: Question, record: ProgramRecord, name: str) -> AttemptEnded:
    """The blind solver's trace, when it reads the text as this program."""
    scripted = desk.scripted

    async def read(_: Question) -> list[ProgramRecord]:
        return [record]

    async def spoil(_question: Question, _record: ProgramRecord) -> None:
        return None

    teacher = ScriptedTeacher(scripted.columns_of, read, spoil, SETTINGS)
    ended, _ = await attempt(Task(question, "consistency", 0), teacher, desk.workers, SETTINGS)
    return replace(ended, trace=name)


async def _name(desk: Bench, subject: Subject, question: Question, told: Named) -> None:
    (read, *_) = meanings(question.question_text, question.format, question.contract, subject)
    possible = _possible(question, read, subject, told.random)
    wanted = [possible[kind] for kind in told.lacking() if kind in possible]
    if not wanted:
        return
    gold, _ = await attempt(Task(question, "gold", 0), desk.scripted, desk.workers, SETTINGS)
    right = [replace(gold, trace="gold"), await _solved(desk, question, read, "right")]
    wrong = [await _solved(desk, question, made.record, str(at)) for at, made in enumerate(wanted)]
    found = await departures(
        [*right, *wrong], {"gold", "right"}, question.contract, desk.workers, subject.dataset
    )
    by_trace = {one.trace: one for one in found}
    steps = ["", *(step.name for step in read.steps)]
    for at, made in enumerate(wanted):
        expected = by_trace[str(at)].expected
        cell = expected[0].cell if expected else 0
        named = steps[cell] if expected and expected[0].trace == "right" and cell < len(steps) else ""
        told.tried[made.kind] += 1
        told.right[made.kind] += named == made.step
        if named != made.step:
            told.wrong.append(f"{made.kind} at {made.step}, not {named}: {question.question_text}")


def _with_gaps(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    """The table with a quarter of its cells blank: on it programs turn on where those are counted."""
    gaps, rng = frame.copy(), np.random.default_rng(random.randrange(10**6))
    for column in ("species", 'the "island"', "bill", "flipper", "mass (kg)"):
        gaps.loc[rng.random(len(gaps)) < 0.25, column] = None
    return gaps


@pytest.mark.parametrize("each", [2, pytest.param(EACH, marks=pytest.mark.full)])
async def test_the_step_of_a_seeded_mistake_is_named_in_nineteen_of_twenty(each: int, trial: Trial) -> None:
    rare = {"missing_values": each // 4}  # few programs turn on how they are treated
    told = Named(Counter(dict.fromkeys(KINDS, each) | rare), trial.random)
    async with bench() as desk:
        for table in count():
            if not any(told.lacking()):
                break
            frame = birds(rows=trial.random.randrange(60, 200), seed=trial.random.randrange(10**6))
            if table % 2:
                frame = _with_gaps(frame, trial.random)
            subject = await desk.take(frame)
            for source in SOURCES:
                for question in accepted(subject, source, 6, key=str(trial.random.random())):
                    await _name(desk, subject, question, told)
    trial.counts.update({f"{kind} tried": count for kind, count in told.tried.items()})
    trial.counts.update({f"{kind} named": count for kind, count in told.right.items()})
    total = told.wanted.total()
    assert sum(told.tried.values()) == total
    assert sum(told.right.values()) >= 0.95 * total - 1.5 * (each == 2), told.wrong

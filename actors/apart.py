"""What runs in processes of its own: our numeric code, and nothing that these would only load for nothing."""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache, partial
from random import Random
from typing import Any, TypeVar

import anyio

from actors.generation.proposing import Table, subject_of
from actors.job import PROCESSES
from actors.language.court.guess import guessed
from actors.language.mistakes import MistakenProgram, mistaken
from actors.language.operators.later import load
from actors.runtime.loop import QUICK
from actors.runtime.processes import forked
from actors.teaching.reading import meanings
from actors.verifying.opinion import Opinion, opinion
from actors.verifying.oracle import Expectation, expectation
from events.answers import Answer, AnswerContract
from events.question import ProgramRecord, Question

T = TypeVar("T")


def run_with_processes(work: Callable[..., Awaitable[T]], *given: object) -> T:
    """Run what computes, with processes that are forked off this one as long as it has one thread.

    Args:
        work: an async function.
        given: what it is called with, before the processes.
    """
    load()  # once, in place of once in each
    with forked(PROCESSES) as processes:
        return anyio.run(partial(work, *given, processes), backend_options=QUICK)


@lru_cache(maxsize=256)
def meant(table: Table, text: str, note: str, contract: AnswerContract) -> list[ProgramRecord]:
    """The programs that a question can be read as; remembered for the other traces of the question."""
    return meanings(text, note, contract, subject_of(table))


def misled(table: Table, question: Question, record: ProgramRecord) -> MistakenProgram | None:
    """A program spoiled by a mistake, always the same one for a question; None where none fits."""
    return mistaken(record, subject_of(table), question.contract, Random(f"{question.id}/mistake"))


def expected(table: Table, question: Question) -> Expectation:
    """What a trace of the question must show."""
    return expectation(question.recipe.program, subject_of(table))


def thin_air(table: Table, question: Question, seed: int) -> dict[str, Any]:
    """An answer given without the data, always the same one for a question and a seed."""
    return guessed(question, subject_of(table), Random(f"{question.id}/guess/{seed}"))


def opined(table: Table, question: Question, given: Mapping[str, Answer]) -> Opinion:
    """What the second implementation says of a question, and of answers that are not accepted."""
    return opinion(question, subject_of(table), given)

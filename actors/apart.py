"""What runs in processes of its own: our numeric code, and nothing that these would only load for nothing."""

from collections.abc import Mapping
from functools import lru_cache
from random import Random

from actors.generation.proposing import Table, subject_of
from actors.language.mistakes import MistakenProgram, mistaken
from actors.teaching.reading import meanings
from actors.verifying.opinion import Opinion, opinion
from actors.verifying.oracle import Expectation, expectation
from events.answers import Answer, AnswerContract
from events.question import ProgramRecord, Question


def warm() -> None:
    """Do nothing, in a process that has then loaded what the others here need."""


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


def opined(table: Table, question: Question, given: Mapping[str, Answer]) -> Opinion:
    """What the second implementation says of a question, and of answers that are not accepted."""
    return opinion(question, subject_of(table), given)

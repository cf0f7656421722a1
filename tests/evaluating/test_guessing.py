"""Who answers without the data is right as often as the certificates of the questions say."""

from itertools import islice
from random import Random

import pytest

from actors.evaluating.intervals import Rate
from actors.language.contract import reaches
from actors.language.court import Proposal, judge
from actors.language.court.guess import guessed
from actors.language.subject import Subject
from actors.language.term import TABLE, field_of
from events.question import Question
from tests.birds import birds, subject_of
from tests.language.grown import grown
from tests.trying import accepted_one_by_one

TRIES = 400


@pytest.fixture(scope="module")
def subject() -> Subject:
    return subject_of(birds())


@pytest.fixture(scope="module")
def questions(subject: Subject) -> list[Question]:
    """Some questions: two that a guess may get right, one that asks for a list, and eight that ask for numbers."""
    judged = accepted_one_by_one(subject, "procedural")
    numbers = (one for one in judged if not one.certificate.chance)
    return [
        *(ending_in(name, subject) for name in ("most_common", "least", "top_three")),
        *islice(numbers, 8),
    ]


def ending_in(name: str, subject: Subject) -> Question:
    """The first question that ends in an operator and leaves a choice."""
    for number in range(40):
        node = grown(subject, name, number, TABLE)
        made = judge(Proposal("procedural", {field_of(node): node}, 0), subject)
        if isinstance(made, Question) and made.certificate.chance:
            return made
    raise LookupError(name)


def hits(asked: Question, subject: Subject) -> int:
    """How many of so many guesses are right."""
    answers = (guessed(asked, subject, Random(f"{asked.id}/{number}")) for number in range(TRIES))
    return sum(any(reaches(asked.contract, answer, gold) for gold in asked.answers) for answer in answers)


def test_of_each_question_chance_gets_right_what_is_stored(
    questions: list[Question], subject: Subject
) -> None:
    for one in questions[:2]:
        low, high = Rate(hits(one, subject), TRIES).interval(0.9999)
        assert 0 < one.certificate.chance < 1
        assert low <= one.certificate.chance <= high, (one.question_text, one.certificate.alternatives)


def test_a_list_is_guessed_at_most_as_often_as_is_stored(questions: list[Question], subject: Subject) -> None:
    assert questions[2].contract.fields[0].kind == "labels"
    assert Rate(hits(questions[2], subject), TRIES).interval(0.9999)[0] <= questions[2].certificate.chance


def test_of_all_questions_together_the_interval_holds_the_stored_level(
    questions: list[Question], subject: Subject
) -> None:
    """An evaluation puts each question once; over many seeds its interval misses as seldom as it says."""
    questions = [*questions[:2], *questions[3:]]
    level = sum(one.certificate.chance for one in questions) / len(questions)
    held = 0
    for seed in range(60):
        answers = [guessed(one, subject, Random(f"{one.id}/seed/{seed}")) for one in questions]
        right = sum(
            any(reaches(one.contract, answer, gold) for gold in one.answers)
            for one, answer in zip(questions, answers, strict=True)
        )
        low, high = Rate(right, len(questions)).interval()
        held += low <= level <= high
    assert held >= 52


def test_a_number_is_never_guessed(questions: list[Question], subject: Subject) -> None:
    assert len(questions) == 11
    assert not any(hits(one, subject) for one in questions[3:6])

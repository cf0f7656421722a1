"""What running the programs of many questions adds to what a log tells of them."""

from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from actors.generation.streams import proposals
from actors.language.court import judge
from benchmarks.difficulty import Tried
from benchmarks.pool import Looked, distinct, hard
from events.question import Question
from tests.birds import SUBJECT


@pytest.fixture(scope="module")
def question() -> Question:
    verdicts = (judge(one, SUBJECT) for one in proposals("template", SUBJECT, "pool") if one)
    return next(one for one in verdicts if isinstance(one, Question))


def looked(question: Question, meanings: Sequence[str], right: Sequence[bool] = ()) -> Iterator[Looked]:
    """Questions of these meanings, of which some members of the panel are right."""
    reported = {f"member {number}": one for number, one in enumerate(right)}
    for meaning in meanings:
        yield Looked(question, meaning, Tried((0.0,) * 5, {}, reported))


def test_questions_that_ask_what_another_does_are_counted(question: Question) -> None:
    assert distinct(list(looked(question, "abc"))).is_met
    twice = distinct(list(looked(question, "abca")))
    assert (twice.found, twice.is_met) == (1, False)


@pytest.mark.parametrize(("right", "defeated", "is_met"), [("nny", 2 / 3, True), ("nyy", 1 / 3, False)])
def test_what_the_median_question_defeats_is_told(
    question: Question, right: str, defeated: float, is_met: bool
) -> None:
    of_panel = [one == "y" for one in right]
    *_, middle = hard(list(islice(looked(question, "abc", of_panel), 3)))
    assert middle.found == pytest.approx(defeated)
    assert middle.is_met is is_met


def test_of_questions_on_which_hardly_a_member_has_a_say_nothing_is_told(question: Question) -> None:
    _, middle = hard(list(looked(question, "abc", [True])))
    assert middle.detail == "of 0 questions"

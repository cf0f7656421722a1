"""A stored question is what its recipe makes."""

from itertools import islice

import pytest
from msgspec.structs import replace

from actors.generation.streams import proposals
from actors.language.court import judge
from actors.language.recipe import rebuilt
from actors.language.soundness import Refusal
from events.identity import canonical_json
from events.question import Question, Source
from tests.birds import SUBJECT, birds, subject_of


def stored(source: Source, number: int) -> list[Question]:
    found = (judge(one, SUBJECT) for one in proposals(source, SUBJECT, "stored") if one is not None)
    return list(islice((one for one in found if isinstance(one, Question)), number))


@pytest.mark.parametrize("source", ["template", "procedural"])
def test_a_question_is_rebuilt_to_the_byte(source: Source) -> None:
    for question in stored(source, 15):
        assert canonical_json(rebuilt(question, subject_of(birds()))) == canonical_json(question)


def test_a_question_about_another_table_is_another_or_none() -> None:
    (question,) = stored("procedural", 1)
    other = rebuilt(question, subject_of(birds(rows=60)))
    assert isinstance(other, Refusal) or other.answers != question.answers


def test_a_recipe_that_was_tampered_with_makes_something_else() -> None:
    (question,) = stored("procedural", 1)
    worded = replace(question.recipe, phrasing=question.recipe.phrasing + 1)
    changed = rebuilt(replace(question, recipe=worded), SUBJECT)
    assert isinstance(changed, Refusal) or changed.question_text != question.question_text

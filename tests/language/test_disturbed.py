"""What is no part of a question changes nothing about it, or it is refused."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from actors.language.court import Proposal, judge
from actors.language.court.disturbed import DISTURBED, distractors, disturbed
from actors.language.operator import operator
from actors.language.soundness import Refusal
from actors.language.term import TABLE, Term, term
from events.question import Question
from tests.birds import SUBJECT, birds, subject_of

HEAVY = term("above_mean", TABLE, measure="mass (kg)")
COUNT = {"count": term("count_records", HEAVY)}
MEAN = {"value": term("mean", HEAVY, measure="bill")}


def ruled(answer: Mapping[str, Term]) -> Question | Refusal:
    return judge(Proposal("procedural", answer, 0), subject_of(birds()))


@pytest.mark.parametrize(
    ("counted", "reason"),
    [
        (lambda rows: len(rows) if rows["id"].is_monotonic_increasing else 0, "row_order"),
        (lambda rows: len(rows) if rows.columns[0] == "id" else 0, "column_order"),
        (lambda rows: len(rows) if rows.shape[1] == 7 else 0, "distractor"),
    ],
)
def test_an_answer_that_depends_on_what_is_beside_the_question_is_refused(
    counted: Callable[[Any], int], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operator("count_records"), "idiom", staticmethod(counted))
    found = ruled(COUNT)
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_a_question_is_certified_with_all_that_was_changed_about_its_table() -> None:
    found = ruled(MEAN)
    assert isinstance(found, Question)
    assert found.certificate.disturbed == (
        "rows shuffled",
        "columns turned round",
        "a column beside: text",
        "a column beside: category",
        "a column beside: measure",
    )


def test_only_kinds_that_a_question_does_not_range_over_stand_beside_it() -> None:
    columns = term("numeric_columns", TABLE)
    assert distractors({"pair": term("strongest_pair", TABLE, columns)}) == ("text",)
    assert distractors({"count": term("duplicate_count", TABLE)}) == ()
    assert distractors(MEAN) == ("text", "category", "measure")


def test_a_disturbed_table_holds_the_same_records_in_another_order_and_more_beside() -> None:
    other = disturbed(SUBJECT, DISTURBED, ("text", "measure"))
    assert list(other.frame.columns)[2:] == [one.name for one in SUBJECT.columns][::-1]
    assert {one.name for one in other.columns} - {one.name for one in SUBJECT.columns} == {
        "beside text",
        "beside measure",
    }
    ours = [one.name for one in SUBJECT.columns]
    before, after = SUBJECT.frame.sort_values("id"), other.frame.sort_values("id")
    assert before[ours].reset_index(drop=True).equals(after[ours].reset_index(drop=True))
    assert list(other.frame["id"]) != list(SUBJECT.frame["id"])


@pytest.mark.parametrize("name", ["bootstrap_low", "bootstrap_high", "permutation_p"])
def test_what_is_drawn_at_random_does_not_depend_on_the_order_of_the_rows(name: str) -> None:
    declared = operator(name)
    shuffled = disturbed(SUBJECT, DISTURBED[:1])
    constants = {one: declared.constants[one][0] for one in declared.constants}  # type: ignore[index]
    inputs: list[Any] = [TABLE]
    bound: dict[str, Any] = {"measure": "mass (kg)", **constants}
    if "first" in declared.inputs:
        means = term("mean_by_group", TABLE, measure="bill", category="species")
        inputs += [term("most", means), term("least", means)]
        bound["category"] = "species"
    drawn = term(name, *inputs, **bound)
    for engine in ("idioms", "arithmetic"):
        assert getattr(SUBJECT, engine).value(drawn) == pytest.approx(getattr(shuffled, engine).value(drawn))

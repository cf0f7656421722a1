"""Which records each operator of the family keeps, on tables written out by hand."""

import numpy as np
import pytest

from actors.language.operator import grammar
from actors.language.operators import thresholds
from actors.language.operators.thresholds import first_days, last_days, round_values
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

COUNTS = term("count_by_group", TABLE, category="kind")
MEANS = term("mean_by_group", TABLE, measure="size", category="kind")
CASES = [
    (term("keep_level", TABLE, category="kind", level="b"), [2, 3]),
    (term("keep_level", TABLE, category="kind", level="z"), []),
    (term("leave_out_level", TABLE, category="kind", level="b"), [0, 1, 5, 6, 7]),
    (term("keep_either_level", TABLE, category="kind", level="b", other_level="d"), [2, 3, 7]),
    (term("above_mean", TABLE, measure="size"), [5, 6, 7]),
    (term("below_median", TABLE, measure="size"), [0, 1, 2]),
    (term("above_group_mean", TABLE, measure="size", category="kind"), [1, 3, 6]),
    (term("keep_group", TABLE, term("most", COUNTS), category="kind"), [0, 1]),
    (term("leave_out_group", TABLE, term("most", COUNTS), category="kind"), [2, 3, 5, 6, 7]),
    (term("keep_top_groups", TABLE, term("top_three", MEANS), category="kind"), [2, 3, 5, 6, 7]),
    (term("in_large_groups", TABLE, measure="size", category="kind", least=2), [0, 1, 2, 3, 5, 6]),
    (term("in_large_groups", TABLE, measure="size", category="kind", least=3), []),
    (term("missing", TABLE, column="kind"), [4]),
    (term("missing", TABLE, column="size"), [4]),
    # The seven known sizes 1, 2, 3, 4, 6, 7, 9: a share of 0.75 lies halfway between 6 and 7.
    (term("above_quantile", TABLE, measure="size", share=0.75), [6, 7]),
    (term("below_quantile", TABLE, measure="size", share=0.25), [0, 1]),
    (term("above_value", TABLE, measure="size", limit=4), [5, 6, 7]),
    (term("below_value", TABLE, measure="size", limit=4), [0, 1, 2]),
    (term("in_span", TABLE, date="day", start="2020-01-31", end="2020-03-01"), [1, 2, 3]),
]
SUBJECT = table(
    kind=["a", "a", "b", "b", None, "c", "c", "d"],
    size=[1, 2, 3, 4, None, 6, 7, 9],
    day=[
        "2020-01-30",
        "2020-01-31",
        "2020-02-29",
        "2020-03-01",
        None,
        "2020-03-02",
        "2021-02-01",
        "2019-02-01",
    ],
)


@pytest.mark.parametrize(("node", "kept"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_records_that_are_kept(node: Term, kept: list[int]) -> None:
    assert both(SUBJECT, node) == kept


def test_the_middle_of_an_even_count_is_between_two_values() -> None:
    subject = table(size=[4, 1, 3, 2])
    assert both(subject, term("below_median", TABLE, measure="size")) == [1, 3]


def test_there_is_no_quantile_and_no_mean_of_nothing() -> None:
    empty = term("keep_level", TABLE, category="kind", level="z")
    undefined(SUBJECT, term("quantile", empty, measure="size", share=0.5))
    undefined(SUBJECT, term("mean", empty, measure="size"))
    undefined(SUBJECT, term("most", term("mean_by_group", empty, measure="size", category="kind")))


def test_the_days_of_a_span_are_compared_as_days_and_not_as_texts() -> None:
    subject = table(day=["0999-12-31", "1000-01-01", "1999-12-31"])
    span = term("in_span", TABLE, date="day", start="1000-01-01", end="1000-01-01")
    assert subject.arithmetic.value(span).tolist() == [1]


def test_round_numbers_lie_inside_and_are_whole_where_the_values_are() -> None:
    assert round_values(np.array([1.02, 1.3, 1.55, 1.71, 1.99, np.nan])) == (1.3, 1.4, 1.5, 1.6, 1.7)
    assert round_values(np.arange(1000.0)) == (200, 300, 400, 500, 600, 700)
    assert round_values(np.array([0.0, 1, 1, 2, 3])) == (1, 2)
    assert round_values(np.array([5.0, 5, 5])) == ()
    assert round_values(np.array([np.nan])) == ()


def test_spans_begin_with_a_month_and_end_with_one() -> None:
    days = np.arange(18262.0, 18262 + 366)  # the year 2020
    assert "2020-03-01" in first_days(days)
    assert "2020-09-30" in last_days(days)
    assert max(map(str, first_days(days))) < min(map(str, last_days(days)))
    assert first_days(np.array([np.nan])) == ()


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {
        name
        for name, one in grammar().items()
        if one.family == "select" or one.__module__ == thresholds.__name__
    }
    assert family == {node.operator for node, _ in CASES}

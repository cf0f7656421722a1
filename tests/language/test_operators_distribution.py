"""How values are distributed, against values worked out otherwise."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.stattools import jarque_bera

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

A = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 40]
SUBJECT = table(a=[*A, None, None], b=[2.0] * 14, kind=["x"] * 14)
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")


def of(name: str, axes: dict[str, str] | None = None) -> Term:
    return term(name, TABLE, measure="a").with_axes(axes or {})


CASES = [
    (of("shapiro_wilk"), stats.shapiro(A).pvalue),
    (of("jarque_bera"), jarque_bera(A)[1]),
    # The quartiles are 3.75 and 9.25: the fences stand at -4.5 and 17.5.
    (of("outlier_count"), 1),
    (of("outlier_share"), 1 / 12),
    # The mean is 106 / 12.
    (of("percentile_of_mean"), 8 / 12),
    (of("share_within_one_deviation"), 11 / 12),
    (of("is_skewed"), True),
]


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_figure_of_a_distribution(node: Term, wanted: float) -> None:
    assert both(SUBJECT, node) == pytest.approx(wanted)


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "distribution"}
    assert family == {node.operator for node, _ in CASES}


@pytest.mark.parametrize("size", [12, 13, 40, 700, 5000])
def test_the_shapiro_wilk_test_is_that_of_its_authors_at_every_size(size: int) -> None:
    drawn = np.random.default_rng(size).normal(0, 1, size) ** 3
    found = grammar()["shapiro_wilk"].arithmetic(drawn)
    assert found == pytest.approx(stats.shapiro(drawn).pvalue, rel=1e-9)


def test_the_options_of_an_axis_are_what_they_say() -> None:
    edge = table(a=[0, 0, 0, 10])
    node = term("share_within_one_deviation", TABLE, measure="a")
    # The mean is 2.5; the deviations are 5 and 4.33.
    assert both(edge, node) == pytest.approx(3 / 4)
    skewed = table(a=[0.0, 0, 0, 1, 1, 1.7])
    of_few = term("is_skewed", TABLE, measure="a")
    assert abs(stats.skew([0, 0, 0, 1, 1, 1.7])) < 0.5 < abs(stats.skew([0, 0, 0, 1, 1, 1.7], bias=False))
    assert both(skewed, of_few) is True
    assert both(skewed, of_few.with_axes({"bias": "plain"})) is False


@pytest.mark.parametrize("name", ["shapiro_wilk", "jarque_bera", "outlier_share", "percentile_of_mean"])
def test_no_values_have_no_distribution(name: str) -> None:
    undefined(SUBJECT, term(name, EMPTY, measure="a"))


def test_a_constant_has_no_shape() -> None:
    undefined(SUBJECT, term("jarque_bera", TABLE, measure="b"))


def test_how_far_a_skewness_lies_off_the_limit_is_told() -> None:
    decided = SUBJECT.arithmetic.decided(of("is_skewed"))
    assert decided is not None
    assert decided[0] == "skewed"
    assert decided[1] == pytest.approx(stats.skew(A, bias=False) / 0.5 - 1)


def test_a_value_on_a_fence_but_for_rounding_is_no_outlier() -> None:
    # The upper fence is 4.0 + 1.5 * (4.0 - 2.2), which comes to 6.699999999999999.
    subject = table(wind=[2.2, 2.2, 2.2, 3.0, 4.0, 4.0, 4.0, 6.7, 3.0])
    assert both(subject, term("outlier_count", TABLE, measure="wind")) == 0
    assert both(subject, term("count_records", term("within_fences", TABLE, measure="wind"))) == 9
    beyond = table(wind=[2.2, 2.2, 2.2, 3.0, 4.0, 4.0, 4.0, 6.8, 3.0])
    assert both(beyond, term("outlier_count", TABLE, measure="wind")) == 1

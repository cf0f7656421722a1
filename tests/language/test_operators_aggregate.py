"""The one number or label of each operator of the family, against values worked out otherwise."""

import math

import numpy as np
import pytest
from scipy import stats

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

KNOWN = [1.0, 2.0, 2.0, 4.0, 11.0]
SUBJECT = table(
    a=[*KNOWN, None],
    kind=["x", "x", "x", "y", "z", None],
    other=["p", "p", "q", "q", None, None],
)
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")


def of(name: str, axes: dict[str, str] | None = None, **parameters: str | float) -> Term:
    return term(name, TABLE, **({"measure": "a"} | parameters)).with_axes(axes or {})


CASES = [
    (term("count_records", TABLE), 6),
    (of("mean"), 4),
    (of("median"), 2),
    (of("standard_deviation"), np.std(KNOWN, ddof=1)),
    (of("standard_deviation", {"ddof": "population"}), np.std(KNOWN)),
    (of("variance"), 16.5),
    (of("variance", {"ddof": "population"}), 13.2),
    (of("coefficient_of_variation"), np.std(KNOWN, ddof=1) / 4),
    (of("interquartile_range"), 2),
    (of("largest"), 11),
    (of("smallest"), 1),
    (of("range_between"), 10),
    (of("total"), 20),
    (of("quantile", share=0.9), 8.2),
    (of("quantile", {"quantile": "midpoint"}, share=0.9), 7.5),
    (of("median_absolute_deviation"), 1),
    (of("median_absolute_deviation", {"mad_scale": "normal"}), 1.4826),
    (of("skewness"), stats.skew(KNOWN, bias=False)),
    (of("skewness", {"bias": "plain"}), np.mean((np.array(KNOWN) - 4) ** 3) / 13.2**1.5),
    (of("excess_kurtosis"), stats.kurtosis(KNOWN, bias=False)),
    (of("excess_kurtosis", {"bias": "plain"}), np.mean((np.array(KNOWN) - 4) ** 4) / 13.2**2 - 3),
    # Half the mean distance of two values, as a multiple of the mean: 88 is the sum over ordered pairs.
    (of("gini"), 88 / 25 / 2 / 4),
    (of("gini", {"gini_bias": "corrected"}), 88 / 20 / 2 / 4),
    (term("missing_share", TABLE, column="other"), 1 / 3),
    (term("share_with_level", TABLE, category="kind", level="x"), 3 / 5),
    (term("share_with_level", TABLE, category="kind", level="x").with_axes({"share_of": "all"}), 3 / 6),
    (term("distinct_count", TABLE, category="kind"), 3),
    (term("entropy", TABLE, category="other"), 1),
    (term("entropy", TABLE, category="other").with_axes({"base": "nats"}), math.log(2)),
    (term("most_common", TABLE, category="kind"), "x"),
    (term("least_common", TABLE, category="kind"), "y"),
    (term("least_common", TABLE, category="kind").with_axes({"ties": "last"}), "z"),
    (term("most_common", TABLE, category="other"), "p"),
]


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_figure_of_an_aggregate(node: Term, wanted: float | str) -> None:
    assert both(SUBJECT, node) == (wanted if isinstance(wanted, str) else pytest.approx(wanted))


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "aggregate"}
    assert family == {node.operator for node, _ in CASES}


def test_records_without_a_label_may_be_the_most_common() -> None:
    subject = table(kind=["x", None, None])
    common = term("most_common", TABLE, category="kind")
    assert both(subject, common) == "x"
    assert subject.arithmetic.value(common.with_axes({"missing": "level"})) is None


@pytest.mark.parametrize(
    "name", ["mean", "median", "variance", "largest", "skewness", "gini", "range_between"]
)
def test_nothing_has_no_figure(name: str) -> None:
    undefined(SUBJECT, term(name, EMPTY, measure="a"))


def test_what_may_be_negative_has_no_share_and_no_unevenness() -> None:
    subject = table(a=[-1.0, 2.0, 3.0])
    undefined(subject, of("gini"))
    undefined(subject, of("coefficient_of_variation"))
    undefined(SUBJECT, term("most_common", EMPTY, category="kind"))

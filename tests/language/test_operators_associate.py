"""The measures of association, against values worked out otherwise."""

import math

import numpy as np
import pytest
from scipy import stats

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

A, B, C = [1.0, 2, 3, 4, 5, 6], [2.0, 1, 4, 3, 7, 8], [3.0, 9, 4, 1, 5, 2]
SUBJECT = table(
    a=[*A, None, 8],
    b=[*B, 9, None],
    c=[*C, 7, 7],
    kind=["x", "x", "y", "x", "y", "y", "y", "x"],
    other=["p", "p", "q", "p", "p", "q", "q", "q"],
    only=["o"] * 8,
)
TIED = table(a=[1, 1, 2, 3], b=[1, 2, 2, 1])
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")
NUMBERS = term("numeric_columns", TABLE)
R = np.corrcoef([A, B, C])
KINDS = np.array([1, 1, 0, 1, 0, 0])


def of(name: str, axes: dict[str, str] | None = None, **parameters: str) -> Term:
    return term(name, TABLE, **parameters).with_axes(axes or {})


CASES = [
    (of("pearson", measure="a", other="b"), R[0, 1]),
    (of("spearman", measure="a", other="b"), 1 - 6 * 4 / (6 * 35)),
    (of("slope", measure="b", other="a"), stats.linregress(A, B).slope),
    # Of 15 pairs two are in the wrong order.
    (of("kendall", measure="a", other="b"), 11 / 15),
    (of("partial_correlation", measure="a", other="b", third="c"), (R[0, 1] - R[0, 2] * R[1, 2])
     / math.sqrt((1 - R[0, 2] ** 2) * (1 - R[1, 2] ** 2))),
    # Of the table 3, 1 over 1, 3 chi-squared is 2, and with Yates' correction 0.5.
    (of("cramers_v", category="kind", other="other"), 0.5),
    (of("cramers_v", {"yates": "corrected"}, category="kind", other="other"), 0.25),
    (of("cramers_v", {"cramer_bias": "corrected"}, category="kind", other="other"), math.sqrt(1 / 8)),
    (of("point_biserial", measure="b", category="kind", level="x"),
     np.corrcoef([*B, 9], [*KINDS, 0])[0, 1]),
    # The group means are 2 and 7 about 34 / 7.
    (of("eta_squared", measure="b", category="kind"),
     (3 * (2 - 34 / 7) ** 2 + 4 * (7 - 34 / 7) ** 2) / (7 * np.var([*B, 9]))),
    (of("strongest_partner", measure="a"), "b"),
    (term("strongest_pair", TABLE, NUMBERS), ("a", "b")),
    (term("weakest_pair", TABLE, NUMBERS), ("a", "c")),
    (term("pair_correlation", TABLE, term("strongest_pair", TABLE, NUMBERS)), R[0, 1]),
]  # fmt: skip


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_figure_of_an_association(node: Term, wanted: float | str | tuple[str, ...]) -> None:
    expected = pytest.approx(wanted) if isinstance(wanted, float) else wanted
    assert both(SUBJECT, node) == expected


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "associate"}
    assert family == {node.operator for node, _ in CASES}


def test_tied_pairs_are_left_out_of_concordance() -> None:
    # One pair in order, two against it; one tied in a, two in b.
    assert both(TIED, of("kendall", measure="a", other="b")) == pytest.approx(-1 / math.sqrt(5 * 4))


@pytest.mark.parametrize("name", ["pearson", "kendall", "cramers_v", "eta_squared"])
def test_of_no_records_there_is_no_association(name: str) -> None:
    kinds = grammar()[name].parameters
    columns = {"measure": iter("abc"), "category": iter(["kind", "other"])}
    undefined(SUBJECT, term(name, EMPTY, **{key: next(columns[kind]) for key, kind in kinds.items()}))


def test_what_does_not_vary_goes_with_nothing() -> None:
    undefined(SUBJECT, of("cramers_v", category="kind", other="only"))
    constant = table(a=[1, 2, 3, 4], b=[5, 5, 5, 5])
    undefined(constant, of("kendall", measure="a", other="b"))
    undefined(constant, of("strongest_partner", measure="a"))


def test_a_copy_is_no_partner() -> None:
    copied = table(a=A, twice=[2 * value for value in A], c=C)
    assert both(copied, of("strongest_partner", measure="a")) == "c"


def test_partners_that_lead_by_nothing_are_a_close_call() -> None:
    equal = table(a=[1, 2, 3, 4, 5, 6], b=B, c=[-value for value in B])
    decided = equal.arithmetic.decided(of("strongest_partner", measure="a"))
    assert decided is not None
    assert decided[1] == pytest.approx(0, abs=1e-9)


def test_concordance_takes_a_long_table() -> None:
    first, second = np.random.default_rng(3).normal(0, 1, (2, 40_000))
    found = grammar()["kendall"].arithmetic(first, first + second)
    assert found == pytest.approx(stats.kendalltau(first, first + second).statistic)

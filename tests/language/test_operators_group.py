"""The number of each group, on tables written out by hand."""

import math

import numpy as np
import pytest

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

SUBJECT = table(
    a=[1, 2, 6, 4, None, 5, 7, 3],
    b=[2, 4, 12, 9, 1, 8, 8, None],
    kind=["x", "x", "x", "y", "y", "y", "y", None],
    trait=["p", "q", None, "p", "p", "p", "q", "q"],
)
X, Y, NONE = [1, 2, 6], [4, 5, 7], [3]


def of(name: str, axes: dict[str, str] | None = None, **parameters: str) -> Term:
    return term(name, TABLE, **({"category": "kind"} | parameters)).with_axes(axes or {})


CASES = [
    (of("mean_by_group", measure="a"), {"x": 3, "y": 16 / 3}),
    (of("mean_by_group", {"missing": "level"}, measure="a"), {"x": 3, "y": 16 / 3, None: 3}),
    (of("median_by_group", measure="a"), {"x": 2, "y": 5}),
    (of("deviation_by_group", measure="a"), {"x": np.std(X, ddof=1), "y": np.std(Y, ddof=1)}),
    (of("deviation_by_group", {"ddof": "population"}, measure="a"), {"x": np.std(X), "y": np.std(Y)}),
    (of("count_by_group"), {"x": 3, "y": 4}),
    (of("count_by_group", {"missing": "level"}), {"x": 3, "y": 4, None: 1}),
    (of("total_by_group", measure="a"), {"x": 9, "y": 16}),
    (of("largest_by_group", measure="a"), {"x": 6, "y": 7}),
    (of("smallest_by_group", {"missing": "level"}, measure="a"), {"x": 1, "y": 4, None: 3}),
    (of("variation_by_group", measure="a"), {"x": np.std(X, ddof=1) / 3, "y": np.std(Y, ddof=1) / (16 / 3)}),
    (
        of("correlation_by_group", measure="a", other="b"),
        {"x": 1, "y": np.corrcoef([4, 5, 7], [9, 8, 8])[0, 1]},
    ),
    (of("share_by_group"), {"x": 3 / 7, "y": 4 / 7}),
    (of("share_by_group", {"share_of": "all"}), {"x": 3 / 8, "y": 4 / 8}),
    (of("share_by_group", {"missing": "level"}), {"x": 3 / 8, "y": 4 / 8, None: 1 / 8}),
    (of("level_share_by_group", trait="trait", level="p"), {"x": 1 / 2, "y": 3 / 4}),
    (of("level_share_by_group", {"share_of": "all"}, trait="trait", level="p"), {"x": 1 / 3, "y": 3 / 4}),
    (of("missing_share_by_group", column="a"), {"x": 0, "y": 1 / 4}),
    # Of 1, 2 and 6 the fences are far; of 9, 8, 8 and 1 the quartiles are 6.25 and 8.25, the fences 3.25 and 11.25.
    (of("outlier_share_by_group", measure="a"), {"x": 0, "y": 0}),
    (of("outlier_share_by_group", measure="b"), {"x": 0, "y": 1 / 4}),
    (of("missing_share_by_group", column="trait"), {"x": 1 / 3, "y": 0}),
]


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_numbers_of_the_groups(node: Term, wanted: dict[str | None, float]) -> None:
    first = {
        None if isinstance(key, float) else key: value for key, value in SUBJECT.idioms.value(node).items()
    }
    assert first == pytest.approx(wanted)
    assert SUBJECT.arithmetic.value(node) == pytest.approx(wanted)


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "group"}
    assert family == {node.operator for node, _ in CASES}


def test_a_group_of_which_nothing_is_known_has_no_number() -> None:
    subject = table(a=[1, 2, None], b=[1, 2, 3], kind=["x", "x", "y"])
    for name in ("mean_by_group", "median_by_group", "deviation_by_group", "largest_by_group"):
        assert math.isnan(both(subject, of(name, measure="a"))["y"])
    assert math.isnan(both(subject, of("correlation_by_group", measure="a", other="b"))["y"])
    assert both(subject, of("total_by_group", measure="a")) == {"x": 3, "y": 0}


def test_where_no_value_is_missing_there_is_no_share_of_missing_ones() -> None:
    subject = table(a=[1, 2, -3], kind=["x", "x", "y"])
    undefined(subject, of("missing_share_by_group", column="a"))
    undefined(subject, of("variation_by_group", measure="a"))

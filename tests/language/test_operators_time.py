"""How a measure runs over days, against values worked out by hand."""

import numpy as np
import pytest

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

DAYS = [f"2020-0{month}-01" for month in (3, 1, 2, 5, 4, 7, 6)]
# In order of the days: 4, 6, 1, 9, 8, missing, 11.
SUBJECT = table(
    day=[*DAYS, None], a=[1.0, 4, 6, 8, 9, 11, None, 99], year=[3, 1, 2, 5, 4, 7, 6, 6],
    again=["2020-01-01"] * 8,
)  # fmt: skip
RUN = [4.0, 6, 1, 9, 8, 11]
CENTERED = np.array(RUN) - np.mean(RUN)


def of(name: str, axes: dict[str, str] | None = None) -> Term:
    return term(name, TABLE, measure="a", order="day").with_axes(axes or {})


CASES = [
    # The places 1 to 6 about 3.5 have the squares 17.5.
    (of("trend_per_step"), sum(a * (n - 2.5) for n, a in enumerate(RUN)) / 17.5),
    (of("change_over_period"), 7.0),
    (of("largest_step"), 8.0),
    # The mean is 6.5: 9 and 8, then past the gap 11.
    (of("longest_run_above_mean"), 3),
    (of("longest_run_above_mean", {"gaps": "kept"}), 2),
    (of("autocorrelation"), np.corrcoef(RUN[1:], RUN[:-1])[0, 1]),
    (of("autocorrelation", {"lagged": "overall"}), CENTERED[1:] @ CENTERED[:-1] / (CENTERED @ CENTERED)),
]


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_figure_of_a_run(node: Term, wanted: float) -> None:
    assert both(SUBJECT, node) == pytest.approx(wanted)


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "time"}
    assert family == {node.operator for node, _ in CASES}


def test_numbers_put_records_in_order_as_well_as_days() -> None:
    first = term("recorded", TABLE, column="day")
    node = term("trend_per_step", first, measure="a", order="year")
    assert both(SUBJECT, node) == pytest.approx(CASES[0][1])


@pytest.mark.parametrize("name", sorted({node.operator for node, _ in CASES}))
def test_records_that_come_at_once_are_in_no_order(name: str) -> None:
    undefined(SUBJECT, term(name, TABLE, measure="a", order="again"))

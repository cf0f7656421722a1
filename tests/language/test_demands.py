"""What operators demand is found alike in what either implementation is given."""

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from actors.language.demands import Demand, unmet

DEMANDS: tuple[Demand, ...] = get_args(Demand)
NAN = np.nan
LABELS: tuple[Demand, ...] = ("inconsistent", "trimmed")


def met(demand: Demand, value: Any) -> bool:
    return unmet({"it": demand}, {"it": value}) is None


@pytest.mark.parametrize(
    ("demand", "numbers", "holds"),
    [
        ("positive", [1, 2, NAN], True),
        ("positive", [0, 2], False),
        ("not_negative", [0, NAN], True),
        ("not_negative", [0, -1e-9], False),
        ("distinct", [3, 1, 2], True),
        ("distinct", [3, 1, 3], False),
        ("distinct", [3, 1, NAN], False),
        ("lacking", [3, NAN], True),
        ("lacking", [3, 1], False),
        ("outlying", [1, 2, 3, 4, 100], True),
        ("outlying", [1, 2, 3, 4, 5, NAN], False),
        ("untied", [1, 2, NAN], True),
        ("untied", [1, 1], False),
        ("several", [1, 2, 3, 4], True),
        ("several", [1, 2, 3, NAN], False),
        ("several", [1, 2, 3, 3], False),
        ("few", [1, 2, 3], True),
        ("few", [1, 2], False),
        ("few", [1, 2, 3, 4, 5, 6, 7], False),
        ("apart", [1, 2, 4], True),
        ("apart", [0.1, 0.2, 0.3], False),
    ],
)
def test_numbers_are_judged_the_same_in_every_form(demand: Demand, numbers: list[float], holds: bool) -> None:
    amounts = np.array(numbers, dtype=float)
    assert met(demand, amounts) is holds
    assert met(demand, pd.Series(amounts)) is holds
    if demand not in ("lacking", "distinct"):
        assert met(demand, dict(enumerate(amounts.tolist()))) is holds


@pytest.mark.parametrize(
    ("demand", "cells", "holds"),
    [
        ("inconsistent", ["Bay", "bay ", None], True),
        ("inconsistent", ["Bay", "Bays"], False),
        ("trimmed", ["a b", None], True),
        ("trimmed", ["a", "b\n"], False),
        ("lacking", ["a", None], True),
        ("lacking", ["a", "b"], False),
    ],
)
def test_labels_are_judged_the_same_in_both_forms(
    demand: Demand, cells: list[str | None], holds: bool
) -> None:
    levels = sorted({cell for cell in cells if cell is not None})
    codes = np.array([levels.index(cell) if cell is not None else -1 for cell in cells])
    assert met(demand, pd.Series(cells, dtype="str")) is holds
    assert met(demand, (codes, [*levels, "of no record "])) is holds


def test_days_without_a_value_put_nothing_in_order() -> None:
    days = pd.Series(["2020-01-01", None, "2020-01-02"])
    assert not met("distinct", pd.to_datetime(days))
    assert met("distinct", pd.to_datetime(days.dropna()))


@pytest.mark.parametrize("demand", DEMANDS)
@pytest.mark.parametrize("numbers", [[], [NAN], [np.inf, 1, 2], [np.inf, -np.inf], [1e308, -1e308]])
def test_nothing_and_the_largest_numbers_are_judged_without_a_crash(
    demand: Demand, numbers: list[float]
) -> None:
    amounts = np.array(numbers, dtype=float)
    assert met(demand, amounts if demand not in LABELS else (np.array([], dtype=int), [])) in (True, False)

"""How a measure goes in the order of its days, beside what a loop over the days says."""

from collections.abc import Mapping
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest

from tests.language.templates.asking import Case, check, of_family


def _windiest(df: Any) -> Mapping[str, Any]:
    months = {f"{number:02}": df[df["date"].str[5:7] == f"{number:02}"]["wind"] for number in range(1, 13)}
    best = max(months, key=lambda month: months[month].mean())
    return {"month": {"02": "February"}[best], "mean": float(np.mean(months[best]))}


def _course(df: Any) -> Mapping[str, Any]:
    values = df.sort_values("date")["temp_max"].tolist()
    steps = [abs(later - earlier) for earlier, later in pairwise(values)]
    return {"change": values[-1] - values[0], "largest": max(steps)}


def _warm_spell(df: Any) -> Mapping[str, Any]:
    values = df.sort_values("date")["temp_max"].to_numpy()
    runs = [len([*run]) for warm, run in groupby(values > values.mean()) if warm]
    return {"run": max(runs), "autocorrelation": float(np.corrcoef(values[:-1], values[1:])[0, 1])}


CASES = [
    Case(
        "month_with_highest_mean",
        "seattle_weather",
        {"date": "date", "measure": "wind"},
        0,
        "In which calendar month of date is the mean wind highest, and how high is it?",
        _windiest,
    ),
    Case(
        "change_over_the_period",
        "seattle_weather",
        {"date": "date", "measure": "temp_max"},
        0,
        (
            "By how much does temp max change from its first to its last known value by date, and how"
            " large, up or down, is the largest change between neighbours with both known?"
        ),
        _course,
    ),
    Case(
        "persistence_above_the_mean",
        "seattle_weather",
        {"date": "date", "measure": "temp_max"},
        0,
        (
            "In order of date, how many days make up the longest unbroken run of temp max above its mean,"
            " and what is its autocorrelation at a lag of one day, counting only those with both known?"
        ),
        _warm_spell,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_a_question_reads_as_it_must_and_has_the_answer_worked_out_apart(case: Case) -> None:
    check(case)


def test_every_template_of_the_family_has_a_case() -> None:
    assert {case.template for case in CASES} == of_family("time")

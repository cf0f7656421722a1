"""Which groups stand out, beside what a loop over the groups says."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from tests.language.templates.asking import Case, check, of_family

MASS, FLIPPER = "Body Mass (g)", "Flipper Length (mm)"


def _leader(
    df: Any, category: str, held: str, field: str, figure: Callable[[Any], float]
) -> Mapping[str, Any]:
    found = {name: float(figure(df[df[category] == name][held])) for name in df[category].unique()}
    best = max(found, key=lambda name: found[name])
    return {"group": best, field: found[best]}


def _means(df: Any, category: str, measure: str) -> dict[str, float]:
    return {name: float(np.mean(df[df[category] == name][measure])) for name in df[category].unique()}


def _ends(df: Any) -> Mapping[str, Any]:
    means = _means(df, "Mjob", "G3")
    ranked = sorted(means, key=lambda name: means[name])
    return {"highest": ranked[-1], "lowest": ranked[0], "gap": means[ranked[-1]] - means[ranked[0]]}


def _top_three(df: Any) -> Mapping[str, Any]:
    means = _means(df, "Major_category", "Median")
    large = [name for name in means if (df["Major_category"] == name).sum() >= 10]
    ranked = sorted(large, key=lambda name: -means[name])
    return {"groups": tuple(ranked[:3]), "gap": means[ranked[0]] - means[ranked[-1]]}


def _outlying(held: Any) -> float:
    low, high = np.percentile(held, [25, 75])
    reach = 1.5 * (high - low)
    return float(np.mean([not low - reach <= value <= high + reach for value in held]))


def _interval(df: Any) -> Mapping[str, Any]:
    means = _means(df, "reason", "G3")
    best = max(means, key=lambda name: means[name])
    values = np.sort(df[df["reason"] == best]["G3"].to_numpy(dtype=float))
    drawn = np.random.default_rng(42).choice(values, size=(1000, len(values)))
    low, high = np.percentile([row.mean() for row in drawn], [2.5, 97.5]).tolist()
    return {"group": best, "low": low, "high": high}


def _pivotal(df: Any) -> Mapping[str, Any]:
    usual = df["absences"].mean()
    moves = {name: df[df["reason"] != name]["absences"].mean() - usual for name in df["reason"].unique()}
    best = max(moves, key=lambda name: abs(moves[name]))
    return {"group": best, "change": float(moves[best])}


CASES = [
    Case(
        "category_highest_target_mean",
        "student_mat",
        {"category": "Mjob", "measure": "G3"},
        0,
        "Which mjob has the highest mean g3, and how high is it?",
        lambda df: _leader(df, "Mjob", "G3", "mean", np.mean),
    ),
    Case(
        "group_mean_gap",
        "student_mat",
        {"category": "Mjob", "measure": "G3"},
        0,
        "Which mjob has the highest mean g3, which the lowest, and how far apart are the two means?",
        _ends,
    ),
    Case(
        "rank_categories_by_target_mean",
        "recent_grads",
        {"category": "Major_category", "measure": "Median", "least": 10},
        0,
        (
            'Only values of "Major_category" with at least 10 known values of "Median" count. Which three'
            ' of them have the highest mean "Median", the highest first, and how far apart are the'
            " highest and the lowest mean of all that count?"
        ),
        _top_three,
    ),
    Case(
        "quantile_bin_best_mean",
        "penguins_raw",
        {"measure": "Flipper Length (mm)", "other": "Body Mass (g)"},
        0,
        (
            "Divide the penguins into four quartile groups by flipper length. In which of them is the"
            " mean body mass highest, and how high is it?"
        ),
        lambda df: {
            "quarter": "Q4",
            "mean": float(np.nanmean(df[MASS][df[FLIPPER] > np.nanpercentile(df[FLIPPER], 75)])),
        },
    ),
    Case(
        "segment_then_analyze_outliers",
        "student_mat",
        {"category": "reason", "measure": "absences"},
        0,
        (
            "In which reason is the share of outliers of absences largest, an outlier being a value more"
            " than 1.5 interquartile ranges beyond the quartiles of its own reason, and what share of the"
            " known values is that, between 0 and 1?"
        ),
        lambda df: _leader(df, "reason", "absences", "share", _outlying),
    ),
    Case(
        "bootstrap_ci_discovered",
        "student_mat",
        {"category": "reason", "measure": "G3", "seed": 42},
        0,
        (
            "Which reason has the highest mean g3, and what is the 95% percentile bootstrap interval of"
            " that mean, from 1000 resamples with seed 42?"
        ),
        _interval,
    ),
    Case(
        "group_that_moves_the_mean",
        "student_mat",
        {"category": "reason", "measure": "absences"},
        0,
        (
            "Leaving out which reason would move the mean absences farthest, and by how much would the"
            " mean change?"
        ),
        _pivotal,
    ),
    Case(
        "largest_part_of_total",
        "student_mat",
        {"category": "reason", "measure": "absences"},
        0,
        (
            "Which reason accounts for the largest part of the total absences, and what share of it,"
            " between 0 and 1, is that?"
        ),
        lambda df: _leader(df, "reason", "absences", "share", lambda held: sum(held) / sum(df["absences"])),
    ),
    Case(
        "highest_share_of_level",
        "student_mat",
        {"category": "reason", "trait": "sex", "level": "F"},
        0,
        (
            'In which reason is the share of students with "F" as sex highest, and how high is it,'
            " between 0 and 1?"
        ),
        lambda df: _leader(df, "reason", "sex", "share", lambda held: (held == "F").mean()),
    ),
    Case(
        "least_even_group",
        "student_mat",
        {"category": "reason", "measure": "absences"},
        0,
        "Within which reason does absences have the largest sample standard deviation, and how large is it?",
        lambda df: _leader(df, "reason", "absences", "deviation", lambda held: np.std(held, ddof=1)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_a_question_reads_as_it_must_and_has_the_answer_worked_out_apart(case: Case) -> None:
    check(case)


def test_every_template_of_the_family_has_a_case() -> None:
    assert {case.template for case in CASES} == of_family("groups")

"""What a rule picks among the variables, beside what a loop over all of them picks."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.api import OLS, add_constant

from tests.language.templates.asking import Case, check, of_family

PENGUINS = [
    "Culmen Length (mm)",
    "Culmen Depth (mm)",
    "Flipper Length (mm)",
    "Body Mass (g)",
    "Delta 15 N (o/oo)",
    "Delta 13 C (o/oo)",
]
STUDENTS = ["age", "failures", "absences", "G1", "G2", "G3"]
MASS = "Body Mass (g)"


def _unsteadiest(df: Any) -> Mapping[str, Any]:
    held = {name: df[name].dropna().to_numpy() for name in PENGUINS if not (df[name] < 0).any()}
    name = max(held, key=lambda one: stats.variation(held[one], ddof=1))
    return {"variable": name, "mean": float(held[name].mean()), "deviation": float(stats.tstd(held[name]))}


def _widest(df: Any) -> Mapping[str, Any]:
    name = max(PENGUINS, key=lambda one: np.ptp(df[one].dropna()))
    low, high = np.nanpercentile(df[name], [10, 90]).tolist()
    return {"variable": name, "low": low, "high": high}


def _between(df: Any, one: str, other: str) -> float:
    known = df[[one, other]].dropna()
    return float(stats.pearsonr(known[one], known[other]).statistic)


def _pair(df: Any, pick: Any) -> Mapping[str, Any]:
    first, second = pick(combinations(PENGUINS, 2), key=lambda two: abs(_between(df, *two)))
    return {"variables": (first, second), "correlation": _between(df, first, second)}


def _pairs_over(df: Any, limit: float) -> int:
    return sum(_between(df, *two) > limit for two in combinations(PENGUINS, 2))


def _partner(df: Any, pick: Any) -> Mapping[str, Any]:
    others = [name for name in PENGUINS if name != MASS]
    found = {name: float(stats.spearmanr(df[MASS], df[name], nan_policy="omit").statistic) for name in others}
    name = pick(found, key=lambda one: abs(found[one]))
    return {"variable": name, "correlation": found[name]}


def _best_line(df: Any, target: str) -> Mapping[str, Any]:
    lines = {name: stats.linregress(df[name], df[target]) for name in STUDENTS if name != target}
    name = max(lines, key=lambda one: lines[one].rvalue ** 2)
    return {
        "variable": name,
        "r_squared": float(lines[name].rvalue ** 2),
        "slope": float(lines[name].slope),
    }


def _three_best(df: Any) -> Mapping[str, Any]:
    others = [name for name in PENGUINS if name != MASS]
    best = sorted(others, key=lambda name: -abs(_between(df, MASS, name)))[:3]
    known = df[[MASS, *best]].dropna()
    fit = OLS(known[MASS].to_numpy(), add_constant(known[best].to_numpy())).fit()
    return {"predictors": tuple(best), "adjusted_r_squared": float(fit.rsquared_adj)}


CASES = [
    Case(
        "coefficient_of_variation",
        "penguins_raw",
        {},
        0,
        (
            "Of the numeric variables that never fall below zero, which has the largest sample standard"
            " deviation relative to its mean, and what are its mean and that deviation?"
        ),
        _unsteadiest,
    ),
    Case(
        "percentile_ranking",
        "penguins_raw",
        {},
        0,
        (
            "Which numeric variable covers the widest range from its lowest to its highest value, and"
            " what are its 10% and 90% quantiles?"
        ),
        _widest,
    ),
    Case(
        "max_variance_mean",
        "penguins_raw",
        {},
        0,
        "Which numeric variable has the largest variance, and what is its mean?",
        lambda df: {
            "variable": max(PENGUINS, key=lambda name: np.nanvar(df[name])),
            "mean": float(np.nanmean(df[MASS])),
        },
    ),
    Case(
        "min_mean_column_std",
        "penguins_raw",
        {},
        0,
        "Which numeric variable has the lowest mean, and what is its sample standard deviation?",
        lambda df: {
            "variable": (low := min(PENGUINS, key=lambda name: np.nanmean(df[name]))),
            "deviation": float(stats.tstd(df[low].dropna())),
        },
    ),
    Case(
        "strongest_correlation",
        "penguins_raw",
        {},
        0,
        (
            "Which two numeric variables have the strongest Pearson correlation, whatever its sign, over"
            " the penguins with both known, and what is it?"
        ),
        lambda df: _pair(df, max),
    ),
    Case(
        "weakest_correlation",
        "penguins_raw",
        {},
        0,
        (
            "Which two numeric variables have the Pearson correlation closest to zero over the penguins"
            " with both known, and what is it?"
        ),
        lambda df: _pair(df, min),
    ),
    Case(
        "spearman_rank_correlation",
        "penguins_raw",
        {"measure": "Body Mass (g)", "end": "weakest"},
        0,
        (
            "With which other numeric variable does body mass have the Spearman rank correlation closest"
            " to zero, and what is it?"
        ),
        lambda df: _partner(df, min),
    ),
    Case(
        "spearman_rank_correlation",
        "penguins_raw",
        {"measure": "Body Mass (g)", "end": "strongest"},
        1,
        (
            "Of all other numeric variables, which one's Spearman rank correlation with body mass is"
            " furthest from zero, and how large is it?"
        ),
        lambda df: _partner(df, max),
    ),
    Case(
        "regression_most_predictive",
        "student_mat",
        {"measure": "G3", "scope": "all"},
        0,
        (
            "Which other numeric variable, taken alone, predicts g3 best by a least-squares line over all"
            " students with both known? Give the R squared and the slope of that line."
        ),
        lambda df: _best_line(df, "G3"),
    ),
    Case(
        "regression_most_predictive",
        "student_mat",
        {"measure": "absences", "scope": "usual"},
        1,
        (
            "Over the students whose absences lies at most 1.5 interquartile ranges beyond its quartiles,"
            " absences is predicted from one other numeric variable by a least-squares line. With which"
            " is R squared highest, how high is it, and what is the slope?"
        ),
        lambda df: _best_line(df[df["absences"] <= 20], "absences"),
    ),
    Case(
        "multiple_regression_top_predictors",
        "penguins_raw",
        {"measure": "Body Mass (g)"},
        0,
        (
            "Which three other numeric variables have the strongest Pearson correlations with body mass,"
            " the strongest first, and what is the adjusted R squared of the linear regression that"
            " predicts body mass from all three?"
        ),
        _three_best,
    ),
    Case(
        "correlated_pairs",
        "penguins_raw",
        {"limit": 0.5},
        0,
        (
            "How many pairs of numeric variables, each over the penguins with both known, have a Pearson"
            " correlation above 0.5?"
        ),
        lambda df: {"pairs": _pairs_over(df, 0.5)},
    ),
    Case(
        "means_above_medians",
        "student_mat",
        {},
        0,
        "How many of the numeric variables have a mean above their median?",
        lambda df: {"variables": sum(sum(df[name]) / 395 > np.percentile(df[name], 50) for name in STUDENTS)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_a_question_reads_as_it_must_and_has_the_answer_worked_out_apart(case: Case) -> None:
    check(case)


def test_every_template_of_the_family_has_a_case() -> None:
    assert {case.template for case in CASES} == of_family("variables")

"""What is asked of the spread of one measure, beside what SciPy and a loop say of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.language.templates.asking import Case, check, of_family

MASS, CULMEN = "Body Mass (g)", "Culmen Length (mm)"


def _beyond_the_fences(df: Any) -> Mapping[str, Any]:
    low, high = np.percentile(df["absences"], [25, 75])
    rest = [days for days in df["absences"] if low - 1.5 * (high - low) <= days <= high + 1.5 * (high - low)]
    return {"outliers": 395 - len(rest), "mean": sum(rest) / len(rest)}


def _until_stable(df: Any) -> Mapping[str, Any]:
    left, before = df["absences"].tolist(), 0
    while len(left) != before:
        before = len(left)
        low, high = np.percentile(left, [25, 75])
        left = [days for days in left if low - 1.5 * (high - low) <= days <= high + 1.5 * (high - low)]
    return {"left": before, "mean": sum(left) / before}


def _against_the_normal_curve(df: Any) -> Mapping[str, Any]:
    ranked = sorted(df["G1"])
    curve = stats.norm(np.mean(ranked), np.std(ranked, ddof=1)).cdf(ranked)
    steps = np.arange(395) / 395
    distance = float(max((curve - steps).max(), (steps + 1 / 395 - curve).max()))
    return {"statistic": distance, "p_value": float(stats.kstwobign.sf(np.sqrt(395) * distance))}


def _turned(east: float) -> float:
    return east - 360 if east >= 180 else east


CASES = [
    Case(
        "descriptive_summary",
        "student_mat",
        {"measure": "absences"},
        0,
        "What are the mean, the median and the sample standard deviation of absences?",
        lambda df: {
            "mean": sum(df["absences"]) / 395,
            "median": float(np.median(df["absences"])),
            "deviation": float(stats.tstd(df["absences"])),
        },
    ),
    Case(
        "iqr_outlier_analysis",
        "student_mat",
        {"measure": "absences"},
        0,
        (
            "How many values of absences lie more than 1.5 interquartile ranges beyond the quartiles, and"
            " what is the mean of the rest?"
        ),
        _beyond_the_fences,
    ),
    Case(
        "iterative_outlier_removal",
        "student_mat",
        {"measure": "absences"},
        0,
        (
            "Drop the students whose absences is missing or more than 1.5 interquartile ranges beyond the"
            " quartiles, work the quartiles out anew, and go on until none lies beyond. How many are"
            " left, and what is their mean absences?"
        ),
        _until_stable,
    ),
    Case(
        "conditional_normality",
        "penguins_raw",
        {"measure": "Culmen Length (mm)"},
        0,
        (
            "Does culmen length pass the Shapiro-Wilk test of normality at the 5% level? If so, give its"
            " mean and standard deviation as center and spread; if not, its median and interquartile"
            " range."
        ),
        lambda df: {
            "normal": bool(stats.shapiro(df[CULMEN].dropna()).pvalue >= 0.05),
            "center": float(np.nanmedian(df[CULMEN])),
            "spread": float(stats.iqr(df[CULMEN].dropna())),
        },
    ),
    Case(
        "ks_normality_test",
        "student_mat",
        {"measure": "G1"},
        0,
        (
            "How far is g1 from a normal distribution with its own mean and sample standard deviation, by"
            " the Kolmogorov-Smirnov statistic, and what is the asymptotic p-value with these two taken"
            " as given?"
        ),
        _against_the_normal_curve,
    ),
    Case(
        "middle_half",
        "penguins_raw",
        {"measure": "Body Mass (g)"},
        0,
        "Between which two values does the middle half of body mass lie, and what is its median?",
        lambda df: dict(
            zip(("lower", "middle", "upper"), np.nanpercentile(df[MASS], [25, 50, 75]).tolist(), strict=True)
        ),
    ),
    Case(
        "mean_against_median",
        "student_mat",
        {"measure": "absences"},
        0,
        "By how much does the mean of absences exceed its median, and what is its bias-corrected skewness?",
        lambda df: {
            "excess": sum(df["absences"]) / 395 - 4,
            "skewness": float(stats.skew(df["absences"], bias=False)),
        },
    ),
    Case(
        "mean_round_the_earth",
        "volcanoes",
        {"measure": "Longitude"},
        1,
        (
            "Count the degrees of longitude eastward from 0 to 360 and turn their mean back to between -180"
            " and 180: what is it?"
        ),
        lambda df: {"mean": _turned(float(np.mean([east % 360 for east in df["Longitude"].dropna()])))},
    ),
    Case(
        "largest_group_deviation",
        "penguins_raw",
        {"measure": "Body Mass (g)", "category": "Island"},
        0,
        "What is the sample standard deviation of body mass in the island with the most penguins?",
        lambda df: {"deviation": float(stats.tstd(df[df["Island"] == "Biscoe"][MASS].dropna()))},
    ),
    Case(
        "upper_tail_mean",
        "penguins_raw",
        {"measure": "Body Mass (g)", "share": 0.75},
        0,
        "What is the 75% quantile of body mass, and what is the mean of the values above it?",
        lambda df: {
            "limit": float(np.nanpercentile(df[MASS], 75)),
            "mean": float(np.mean([mass for mass in df[MASS] if mass > 4750])),
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_a_question_reads_as_it_must_and_has_the_answer_worked_out_apart(case: Case) -> None:
    check(case)


def test_every_template_of_the_family_has_a_case() -> None:
    assert {case.template for case in CASES} == of_family("distribution")

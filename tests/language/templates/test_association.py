"""How two measures or categories go together, beside what SciPy and statsmodels say of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.language.templates.asking import Case, check, of_family

LENGTH, DEPTH = "Culmen Length (mm)", "Culmen Depth (mm)"


def _correlation(one: Any, other: Any) -> float:
    known = one.notna() & other.notna()
    return float(stats.pearsonr(one[known], other[known]).statistic)


def _without_outliers(df: Any) -> Mapping[str, Any]:
    usual = df[df["absences"] <= 8 + 1.5 * 8]
    after = _correlation(usual["absences"], usual["G1"])
    return {"correlation": after, "change": after - _correlation(df["absences"], df["G1"])}


def _logged(one: Any, other: Any, changed: Any) -> Mapping[str, Any]:
    before, after = _correlation(one, other), _correlation(np.log(one), changed)
    return {"before": before, "after": after, "change": after - before}


def _held_fixed(df: Any) -> Mapping[str, Any]:
    inverse = np.linalg.inv(np.corrcoef([df["G1"], df["G3"], df["G2"]]))
    partial = -inverse[0, 1] / np.sqrt(inverse[0, 0] * inverse[1, 1])
    return {"partial": float(partial), "plain": _correlation(df["G1"], df["G3"])}


def _independence(df: Any) -> Mapping[str, Any]:
    crossed = pd.crosstab(df["school"], df["activities"])
    statistic, chance, _, _ = stats.chi2_contingency(crossed, correction=False)
    return {"statistic": float(statistic), "p_value": float(chance)}


def _inside_islands(df: Any) -> Mapping[str, Any]:
    found = {str(name): _correlation(held[LENGTH], held[DEPTH]) for name, held in df.groupby("Island")}
    best = max(found, key=lambda name: found[name])
    return {"group": best, "correlation": found[best]}


def _simpson(df: Any) -> Mapping[str, Any]:
    over_all = _correlation(df[LENGTH], df[DEPTH])
    inside = [_correlation(held[LENGTH], held[DEPTH]) for _, held in df.groupby("Species")]
    return {"reversed": any(one * over_all < 0 for one in inside), "correlation": over_all}


def _line(df: Any) -> Mapping[str, Any]:
    known = df[["Flipper Length (mm)", "Body Mass (g)"]].dropna()
    found = stats.linregress(known["Flipper Length (mm)"], known["Body Mass (g)"])
    return {
        "slope": float(found.slope),
        "intercept": float(found.intercept),
        "r_squared": float(found.rvalue**2),
    }


CASES = [
    Case(
        "correlation_after_outlier_removal",
        "student_mat",
        {"measure": "absences", "other": "G1"},
        0,
        (
            "Once the students whose absences lies more than 1.5 interquartile ranges beyond the"
            " quartiles are set aside, what is the Pearson correlation between absences and g1, and by"
            " how much does it exceed the correlation over all students?"
        ),
        _without_outliers,
    ),
    Case(
        "correlation_change_analysis",
        "recent_grads",
        {"measure": "Total", "other": "Median", "logged": "first"},
        0,
        (
            'What is the Pearson correlation between "Total" and "Median", what is it once the natural'
            ' logarithm of "Total" alone is taken, and by how much does it change?'
        ),
        lambda df: _logged(df["Total"], df["Median"], df["Median"]),
    ),
    Case(
        "correlation_change_analysis",
        "penguins_raw",
        {"measure": "Culmen Length (mm)", "other": "Culmen Depth (mm)", "logged": "both"},
        1,
        (
            "How does the Pearson correlation between culmen length and culmen depth change once the"
            " natural logarithm of each is taken? Give the one before, the one after and the difference."
        ),
        lambda df: _logged(df[LENGTH], df[DEPTH], np.log(df[DEPTH])),
    ),
    Case(
        "partial_correlation",
        "student_mat",
        {"measure": "G1", "other": "G3", "third": "G2"},
        0,
        (
            "What is the partial Pearson correlation between g1 and g3 with g2 held fixed, and what is"
            " their plain Pearson correlation?"
        ),
        _held_fixed,
    ),
    Case(
        "chi_squared_independence",
        "student_mat",
        {"category": "school", "other": "activities"},
        0,
        (
            "Are school and activities independent of each other? Give the statistic and the p-value of"
            " the chi-squared test."
        ),
        _independence,
    ),
    Case(
        "strength_of_association",
        "student_mat",
        {"category": "school", "other": "activities"},
        1,
        "What are the uncorrected Cramér's V and the chi-squared statistic of school and activities?",
        lambda df: {
            "strength": float(np.sqrt(_independence(df)["statistic"] / 395)),
            "statistic": _independence(df)["statistic"],
        },
    ),
    Case(
        "highest_correlation_inside_groups",
        "penguins_raw",
        {"category": "Island", "measure": "Culmen Length (mm)", "other": "Culmen Depth (mm)"},
        0,
        (
            "In which island do culmen length and culmen depth have the highest Pearson correlation, and"
            " what is it there?"
        ),
        _inside_islands,
    ),
    Case(
        "reversal_inside_groups",
        "penguins_raw",
        {"category": "Species", "measure": "Culmen Length (mm)", "other": "Culmen Depth (mm)"},
        0,
        (
            "Is there any species in which culmen length and culmen depth correlate, by Pearson, with the"
            " opposite sign to that over all penguins, and what is the correlation over all?"
        ),
        _simpson,
    ),
    Case(
        "simple_regression_line",
        "penguins_raw",
        {"measure": "Body Mass (g)", "other": "Flipper Length (mm)"},
        0,
        (
            "What are the slope, the intercept and the R squared of the least-squares line that predicts"
            " body mass from flipper length?"
        ),
        _line,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_a_question_reads_as_it_must_and_has_the_answer_worked_out_apart(case: Case) -> None:
    check(case)


def test_every_template_of_the_family_has_a_case() -> None:
    assert {case.template for case in CASES} == of_family("association")

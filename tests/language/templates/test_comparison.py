"""What tests between groups come to, beside what SciPy and statsmodels say."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest
from statsmodels.stats.weightstats import ttest_ind

from tests.language.templates.asking import Case, check, of_family

DEPTH = "Culmen Depth (mm)"


def _outcome(found: Any) -> Mapping[str, Any]:
    statistic, chance, *_ = found
    return {"statistic": float(statistic), "p_value": float(chance)}


def _parts(df: Any, category: str, measure: str) -> list[Any]:
    return [df[df[category] == name][measure] for name in df[category].unique()]


def _cohen(one: Any, other: Any) -> float:
    freedom = len(one) + len(other) - 2
    inside = np.var(one) * len(one) + np.var(other) * len(other)
    return float((np.mean(one) - np.mean(other)) / np.sqrt(inside / freedom))


def _welch(df: Any, first: str, second: str) -> Mapping[str, Any]:
    one, other = (df[df["reason"] == name]["absences"] for name in (first, second))
    return {"first": first, "second": second, **_outcome(ttest_ind(one, other, usevar="unequal"))}


def _ranks(df: Any) -> Mapping[str, Any]:
    one, other = (df[df["sex"] == name]["G3"] for name in "FM")
    wins = float(sum((mark > other).sum() + (mark == other).sum() / 2 for mark in one))
    chance = stats.mannwhitneyu(one, other, method="asymptotic").pvalue
    return {"statistic": wins, "p_value": float(chance)}


def _adaptive(df: Any) -> Mapping[str, Any]:
    one, other = (df[df["studyName"] == name][DEPTH].dropna() for name in ("PAL0708", "PAL0809"))
    normal = bool(stats.shapiro(one).pvalue >= 0.05 and stats.shapiro(other).pvalue >= 0.05)
    assert not normal
    chance = float(stats.mannwhitneyu(one, other, method="asymptotic").pvalue)
    return {"normal": normal, "p_value": chance, "effect": _cohen(one, other)}


def _three_most_frequent(df: Any) -> Mapping[str, Any]:
    sizes = {name: int((df["reason"] == name).sum()) for name in df["reason"].unique()}
    groups = sorted(sizes, key=lambda name: -sizes[name])[:3]
    found = stats.f_oneway(*(df[df["reason"] == name]["G3"] for name in groups))
    return {"groups": tuple(groups), **_outcome(found)}


def _effect(df: Any) -> Mapping[str, Any]:
    one, other = (df[df["sex"] == name]["G3"] for name in "FM")
    return {"difference": sum(one) / len(one) - sum(other) / len(other), "effect": _cohen(one, other)}


def _two_shares(df: Any) -> Mapping[str, Any]:
    held = [df[df["sex"] == name]["romantic"].tolist() for name in "FM"]
    return _outcome(proportions_ztest([one.count("yes") for one in held], [len(one) for one in held]))


def _mean_of(df: Any, sex: str) -> float:
    absences = [count for count, one in zip(df["absences"], df["sex"], strict=True) if one == sex]
    return float(sum(absences) / len(absences))


def _median_of(df: Any, guardian: str) -> float:
    return float(np.percentile(df["absences"][df["guardian"] == guardian], 50))


def _odds_of(df: Any, sex: str) -> float:
    held: list[str] = df[df["sex"] == sex]["romantic"].tolist()
    return held.count("yes") / held.count("no")


CASES = [
    Case(
        "ttest_discovered_groups",
        "student_mat",
        {"category": "reason", "measure": "absences", "groups": "means"},
        0,
        (
            "Find the reason with the highest mean absences and the one with the lowest. Which are they,"
            " and what are the statistic, the former less the latter, and the two-sided p-value of"
            " Welch's t-test for a difference in absences between them?"
        ),
        lambda df: _welch(df, "home", "course"),
    ),
    Case(
        "ttest_discovered_groups",
        "student_mat",
        {"category": "reason", "measure": "absences", "groups": "sizes"},
        1,
        (
            "Does absences differ between the reason with the most students and the one with the second"
            " most? Name the two in this order and give the statistic, the first less the second, and the"
            " two-sided p-value of Welch's t-test."
        ),
        lambda df: _welch(df, "course", "home"),
    ),
    Case(
        "mann_whitney_u_test",
        "student_mat",
        {"category": "sex", "level": "F", "other_level": "M", "measure": "G3"},
        0,
        (
            'By the two-sided Mann-Whitney test, does g3 differ between "F" and "M" as sex? Give U of the'
            " former and the p-value."
        ),
        _ranks,
    ),
    Case(
        "adaptive_two_sample_test",
        "penguins_raw",
        {
            "category": "studyName",
            "level": "PAL0708",
            "other_level": "PAL0809",
            "measure": "Culmen Depth (mm)",
        },
        0,
        (
            'Compare culmen depth between "PAL0708" and "PAL0809" as study name. If both pass'
            " Shapiro-Wilk at 5%, use Student's t-test, or Welch's if Levene's test on medians finds"
            " unequal spread at 5%; otherwise Mann-Whitney. Do both pass, and what are the two-sided"
            " p-value and Cohen's d, the former less the latter?"
        ),
        _adaptive,
    ),
    Case(
        "levene_variance_test",
        "student_mat",
        {"category": "guardian", "measure": "absences"},
        0,
        (
            "Is absences spread equally in every guardian? Give the statistic and the p-value of Levene's"
            " test centred on the group medians."
        ),
        lambda df: _outcome(stats.levene(*_parts(df, "guardian", "absences"), center="median")),
    ),
    Case(
        "anova_discovered_groups",
        "student_mat",
        {"category": "reason", "measure": "G3"},
        0,
        (
            "Which three values of reason have the most students, the most frequent first, and what are F"
            " and p of a one-way analysis of variance of g3 across these three?"
        ),
        _three_most_frequent,
    ),
    Case(
        "kruskal_wallis_test",
        "student_mat",
        {"category": "reason", "measure": "absences"},
        0,
        (
            "By ranks, does absences differ from one reason to another? Give the statistic and the"
            " p-value of the Kruskal-Wallis test."
        ),
        lambda df: _outcome(stats.kruskal(*_parts(df, "reason", "absences"))),
    ),
    Case(
        "difference_and_effect_size",
        "student_mat",
        {"category": "sex", "level": "F", "other_level": "M", "measure": "G3"},
        0,
        'By how much does the mean g3 of "F" exceed that of "M" as sex, and how large is that as Cohen\'s d?',
        _effect,
    ),
    Case(
        "ratio_of_means",
        "student_mat",
        {"category": "sex", "level": "F", "other_level": "M", "measure": "absences"},
        0,
        'How many times as large as the mean absences of "M" is that of "F" as sex?',
        lambda df: {"ratio": _mean_of(df, "F") / _mean_of(df, "M")},
    ),
    Case(
        "percentage_between_medians",
        "student_mat",
        {"category": "guardian", "level": "other", "other_level": "father", "measure": "absences"},
        1,
        (
            'In per cent of the median absences of "father" as guardian, how much higher is that of "other",'
            " below zero if it is lower?"
        ),
        lambda df: {"percentage": 100 * _median_of(df, "other") / _median_of(df, "father") - 100},
    ),
    Case(
        "odds_ratio_between_groups",
        "student_mat",
        {"category": "sex", "level": "F", "other_level": "M", "outcome": "romantic", "result": "yes"},
        0,
        'How many times as high are the odds of "yes" as romantic with "F" as with "M" as sex?',
        lambda df: {"ratio": _odds_of(df, "F") / _odds_of(df, "M")},
    ),
    Case(
        "two_shares_test",
        "student_mat",
        {"category": "sex", "level": "F", "other_level": "M", "outcome": "romantic", "result": "yes"},
        0,
        (
            'Is "yes" as romantic as frequent with "F" as with "M" as sex? Give z, the former less the'
            " latter, and the p-value of the pooled two-sided test of two proportions."
        ),
        _two_shares,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_a_question_reads_as_it_must_and_has_the_answer_worked_out_apart(case: Case) -> None:
    check(case)


def test_every_template_of_the_family_has_a_case() -> None:
    assert {case.template for case in CASES} == of_family("comparison")

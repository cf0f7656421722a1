"""What is asked of the state of a table, beside what pandas says of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.language.templates.asking import Case, asked, check, of_family
from tests.language.tiny import table

MASS, CARBON = "Body Mass (g)", "Delta 13 C (o/oo)"


def _imputed(df: Any) -> Mapping[str, Any]:
    known = [value for value in df[CARBON] if value == value]  # noqa: PLR0124  NaN
    filled = [*known, *[float(np.median(known))] * (344 - len(known))]
    before = float(stats.tstd(known))
    return {"missing": 344 - len(known), "before": before, "change": float(stats.tstd(filled)) - before}


CASES = [
    Case(
        "count_high_missing_columns",
        "penguins_raw",
        {"share": 0.2},
        0,
        "How many columns lack a value in more than 20% of the penguins?",
        lambda df: {"columns": sum(int(df[name].isna().sum()) > 0.2 * 344 for name in df)},
    ),
    Case(
        "identifier_like_columns",
        "recent_grads",
        {},
        1,
        "In how many columns would the value alone tell every major from all others, with none missing?",
        lambda df: {"columns": sum(len(set(df[name].dropna())) == 173 for name in df)},
    ),
    Case(
        "incomplete_records",
        "penguins_raw",
        {},
        0,
        "How many penguins lack a value in one column or more, and which column lacks the most?",
        lambda df: {"incomplete": 344 - len(df.dropna()), "column": df.count().idxmin()},
    ),
    Case(
        "count_outlier_columns",
        "macrodata",
        {},
        0,
        (
            "How many numeric columns have at least one value more than three standard deviations away"
            " from the column's mean?"
        ),
        lambda df: {
            "columns": sum(bool((abs(stats.zscore(df[name], ddof=1)) > 3).any()) for name in df.columns[2:])
        },
    ),
    Case(
        "missing_share_in_largest_group",
        "penguins_raw",
        {"category": "Sex", "column": "Comments"},
        1,
        (
            "Take the sex that comes up most often. For what share of its penguins, between 0 and 1, is"
            " comments missing?"
        ),
        lambda df: {"share": 1 - df.query("Sex == 'MALE'")["Comments"].count() / 168},
    ),
    Case(
        "complete_record_mean_shift",
        "penguins_raw",
        {"measure": "Body Mass (g)", "column": "Comments"},
        0,
        (
            "If only the penguins with a known comments counted, what would the mean body mass be, and by"
            " how much would it exceed the mean over all penguins?"
        ),
        lambda df: {
            "mean": (told := float(np.nanmean(df.dropna(subset="Comments")[MASS]))),
            "change": told - float(np.nanmean(df[MASS])),
        },
    ),
    Case(
        "audit_missing_imputation_effect",
        "penguins_raw",
        {"measure": "Delta 13 C (o/oo)"},
        1,
        (
            "Suppose every missing delta 13 c were replaced by the median of the known ones. How many"
            " gaps would that fill, what is the sample standard deviation before, and by how much would"
            " it change?"
        ),
        _imputed,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_a_question_reads_as_it_must_and_has_the_answer_worked_out_apart(case: Case) -> None:
    check(case)


def test_every_template_of_the_family_has_a_case() -> None:
    assert {case.template for case in CASES} | {"duplicate_rows_summary"} == of_family("quality")


def test_copies_are_counted_beside_what_is_left_without_them() -> None:
    kinds, sizes = ["x", "y"] * 20, [*range(40)]
    twice = table(kind=[*kinds, *kinds[:12]], size=[*sizes, *sizes[:12]])
    made = asked("duplicate_rows_summary", {}, 0, twice)
    assert made.question_text == (
        "How many records are, in every column, copies of an earlier one, and how many are left once these"
        " copies are dropped?"
    )
    assert made.answers == ({"copies": 12, "left": 40},)

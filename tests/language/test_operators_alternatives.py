"""Operators that are another reading of usual words, on tables written out by hand."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from actors.language.operator import grammar
from actors.language.operators import thresholds
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

FAMILIES = {
    "run", "blend", "span", "figure", "lead", "departure", "partner", "wide_model", "further_test", "contrast"
}  # fmt: skip
X = [1.0, 2.0, 2.0, 0.0, 5.0, None, 7.0, 8.0]
Y = [2.0, 1.0, 4.0, 3.0, 6.0, 9.0, 5.0, 8.0]
KIND = ["a", "a", "b", "b", "b", None, "other", "?"]
SUBJECT = table(
    x=X,
    y=Y,
    place=[1, 2, 3, 4, 5, 6, 7, 8],
    kind=KIND,
    size=["s", "l", "s", "l", "s", "l", "s", "l"],
    wave=["u", "u", "u", "v", "v", "v", "w", "w"],
    day=[f"2024-03-0{number}" for number in range(1, 9)],
)
KNOWN = [value for value in X if value is not None]
MEANS = term("mean_by_group", TABLE, measure="y", category="kind")
"""1.5 for a, 13/3 for b, 5 for other, 8 for ?."""


def of(name: str, axes: dict[str, str] | None = None, /, **parameters: Any) -> Term:
    return term(name, TABLE, **parameters).with_axes(axes or {})


def of_groups(name: str, axes: dict[str, str] | None = None, /, **parameters: Any) -> Term:
    return term(name, MEANS, **parameters).with_axes(axes or {})


def between(bounds: str) -> Term:
    return of("between_values", {"bounds": bounds}, measure="x", low=2, high=7)


def mean_of(name: str, level: str) -> Term:
    return term(name, term("keep_level", TABLE, category="size", level=level), measure="y")


SQUARES = stats.chi2_contingency([[1, 1], [2, 1], [1, 0], [0, 1]], correction=False).statistic
COLUMNS = term("numeric_columns", TABLE)
PAIR = {"measure": "x", "other": "y"}
IN_ORDER = {"measure": "x", "order": "place"}
CASES: list[tuple[Term, Any]] = [
    (of("longest_run_below", limit=3, **IN_ORDER), 4),
    (of("number_of_runs", limit=2, least=2, **IN_ORDER), 2),
    (of("number_of_runs", {"gaps": "kept"}, limit=5, least=2, **IN_ORDER), 1),
    (of("number_of_runs", {"gaps": "skipped"}, limit=5, least=3, **IN_ORDER), 1),
    (
        of("rolling_deviation", measure="y", order="place", window=4),
        [None] * 3 + [np.std(Y[at - 3 : at + 1], ddof=1) for at in range(3, 8)],
    ),
    (of("first_value", **IN_ORDER), 1),
    (of("last_value", **IN_ORDER), 8),
    (of("growth_over", measure="y", order="place", category="kind", level="b"), 5),
    (
        of("growth_over", {"period_start": "first"}, measure="y", order="place", category="kind", level="b"),
        0.5,
    ),
    (of("midpoint", **PAIR), [1.5, 1.5, 3, 1.5, 5.5, None, 6, 8]),
    (of("amount_above", measure="x", limit=2), [0, 0, 0, 0, 3, None, 5, 6]),
    (of("rounded", measure=of("midpoint", **PAIR)), [2, 2, 3, 2, 6, None, 6, 8]),
    (
        of("rounded", {"halves": "even"}, measure=of("midpoint", measure="y", other="place")),
        [2, 2, 4, 4, 6, 8, 6, 8],
    ),
    (of("step_band", measure="x", width=5), [0, 0, 0, 0, 5, None, 5, 5]),
    (of("equal_band", measure="y", number=4), [1, 1, 2, 2, 3, 4, 3, 4]),
    (
        of("combination", category="kind", other="size"),
        ["a and s", "a and l", "b and s", "b and l", "b and s", None, "other and s", "? and l"],
    ),
    (
        term(
            "number_of_groups_above",
            term(
                "count_by_group",
                TABLE,
                category=of("combination", {"parts_known": "any"}, category="kind", other="size"),
            ),
        ),
        1,
    ),
    (of("is_level", category="kind", level="b"), ["no", "no", "yes", "yes", "yes", None, "no", "no"]),
    (between("both"), [1, 2, 4, 6]),
    (between("lower"), [1, 2, 4]),
    (between("neither"), [4]),
    (of("top_records", measure="x", number=3), [4, 6, 7]),
    (of("keep_frequent", category="kind", least=3), [2, 3, 4]),
    (of("mean_without_zeros", measure="x"), 25 / 6),
    (of("trimmed_mean", measure="y", share=0.25), np.mean([3, 4, 5, 6])),
    (of("trimmed_mean", {"trim": "in_all"}, measure="y", share=0.25), np.mean([2, 3, 4, 5, 6, 8])),
    (
        of("mean_interval_width", measure="x", confidence=0.95),
        np.diff(stats.t.interval(0.95, 6, np.mean(KNOWN), stats.sem(KNOWN)))[0],
    ),
    (of("share_below_value", measure="x", limit=2), 2 / 7),
    (of("distinct_pairs", category="kind", other="size"), 6),
    (of("days_spanned", date="day"), 8),
    (of("days_spanned", {"both_ends": "last"}, date="day"), 7),
    (of("most_common_named", category="kind"), "b"),
    (of("share_among_stated", category="kind", level="b"), 3 / 6),
    (
        of("group_lead", {"unknown_others": "counted"}, measure="y", category="kind", level="b"),
        13 / 3 - np.mean([2, 1, 9, 5, 8]),
    ),
    (
        of(
            "group_lead",
            {"lead_over": "all", "unknown_others": "counted"},
            measure="y",
            category="kind",
            level="b",
        ),
        13 / 3 - np.mean(Y),
    ),
    (of_groups("lead_of_top"), np.mean([8 - 1.5, 8 - 13 / 3, 3])),
    (of_groups("lead_of_top", {"lead_over": "all"}), np.mean([8 - 1.5, 8 - 13 / 3, 3, 0])),
    (of_groups("groups_over", limit=4.9), 2),
    (of_groups("concentration"), sum((v / (1.5 + 13 / 3 + 13)) ** 2 for v in (1.5, 13 / 3, 5, 8))),
    (
        of_groups("gini_of_groups"),
        (-3 * 1.5 - 13 / 3 + 5 + 3 * 8) / (4 * (1.5 + 13 / 3 + 13)),
    ),
    (
        of("mean_by_full_group", measure="y", category="wave"),
        {"u": np.mean(Y[:3]), "v": np.mean(Y[3:6])},
    ),
    (of("distinct_by_group", trait="kind", category="size"), {"s": 3, "l": 3}),
    (
        of("entropy_by_group", trait="size", category="kind"),
        {"a": 1, "b": math.log2(3) - 2 / 3, "other": 0, "?": 0},
    ),
    (of("mix_by_group", trait="kind", category="size"), {"s": 1 - 2 / 12, "l": 1}),
    (
        of("mean_strength", measure="y"),
        np.mean(
            [
                np.corrcoef(KNOWN, [v for v, x in zip(Y, X, strict=True) if x is not None])[0, 1],
                np.corrcoef(Y, range(8))[0, 1],
            ]
        ),
    ),
    (term("pairs_above", TABLE, COLUMNS, limit=0.5), 3),
    (term("mean_over_median", TABLE, COLUMNS), 2),
    (
        of("correlation_of_changes", measure="y", other="x", order="place"),
        np.corrcoef([-1, 3, -1, 3, 3], [1, 0, -2, 5, 1])[0, 1],
    ),
    (of("contingency_coefficient", category="kind", other="size"), math.sqrt(SQUARES / (SQUARES + 7))),
    (mean_of("mean_of_degrees", "s"), np.mean([2, 4, 6, 5])),
    (of("outlier_count_by_deviation", measure="y"), 0),
    (of("normal_by_moments", measure="y"), True),
    (term("ratio_of_figures", mean_of("mean", "s"), mean_of("mean", "l")), 4.25 / 5.25),
    (term("relative_change", mean_of("mean", "s"), mean_of("mean", "l")), -100 / 5.25),
]


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_what_another_reading_comes_to(node: Term, wanted: Any) -> None:
    found = both(SUBJECT, node)
    is_plain = isinstance(wanted, str) or (isinstance(wanted, list) and isinstance(wanted[0], str))
    assert found == (wanted if is_plain else pytest.approx(wanted))


RNG = np.random.default_rng(7)
LINE = np.arange(60.0)
NOISE = RNG.normal(size=60)
GROUPS = ["p" if at % 3 else "q" for at in range(60)]
LARGE = table(
    line=LINE.tolist(),
    near=(LINE + NOISE).tolist(),
    noise=np.round(NOISE + LINE / 40, 1).tolist(),
    group=GROUPS,
    name=[f"n{at}" for at in range(60)],
)
HIGH, LOW = (
    term(name, term("mean_by_group", TABLE, measure="near", category="group")) for name in ("most", "least")
)


def sample(group: str) -> list[float]:
    return [float(value) for value, one in zip(LINE + NOISE, GROUPS, strict=True) if one == group]


ONE, TWO = sorted((sample("p"), sample("q")), key=np.mean, reverse=True)
NOISY = np.round(NOISE + LINE / 40, 1)


def compared(name: str, axes: dict[str, str]) -> Term:
    return term(name, TABLE, HIGH, LOW, measure="near", category="group").with_axes(axes)


def pooled() -> float:
    squares = (len(ONE) - 1) * np.var(ONE, ddof=1) + (len(TWO) - 1) * np.var(TWO, ddof=1)
    return float(np.sqrt(squares / 58))


def explained(columns: list[Any], outcome: Any) -> float:
    design = np.column_stack([*columns, np.ones(60)])
    left = outcome - design @ np.linalg.lstsq(design, outcome, rcond=None)[0]
    return float(1 - (left**2).sum() / ((outcome - outcome.mean()) ** 2).sum())


APART = float(np.mean(ONE) - np.mean(TWO))
CASES_OF_MANY: list[tuple[Term, Any]] = [
    (
        compared("one_sided_t", {"variances": "welch"}),
        tuple(stats.ttest_ind(ONE, TWO, equal_var=False, alternative="greater")),
    ),
    (
        compared("one_sided_t", {"variances": "student"}),
        tuple(stats.ttest_ind(ONE, TWO, alternative="greater")),
    ),
    (of("correlation_test", measure="line", other="noise"), tuple(stats.pearsonr(LINE, NOISY))),
    (
        of("trend_test", measure="noise", order="line"),
        (stats.linregress(LINE, NOISY).slope, stats.linregress(LINE, NOISY).pvalue),
    ),
    (of("rank_trend_test", measure="noise", order="line"), tuple(stats.kendalltau(LINE, NOISY))),
    (compared("effect_size", {"effect_scale": "pooled"}), APART / pooled()),
    (compared("effect_size", {"effect_scale": "first"}), APART / np.std(ONE, ddof=1)),
    (compared("effect_size", {"effect_scale": "second"}), APART / np.std(TWO, ddof=1)),
    (compared("effect_size", {"effect_scale": "hedges"}), APART / pooled() * (1 - 3 / (4 * 60 - 9))),
    (of("neighbours_of", measure="line", other="line", category="name", level="n9", distance=2), 4),
    (
        of(
            "neighbours_of",
            {"counts_itself": "itself"},
            measure="line",
            other="line",
            category="name",
            level="n9",
            distance=2,
        ),
        5,
    ),
    (of("standing_of", measure="line", category="name", level="n9"), 9 / 59),
    (of("standing_of", {"counts_itself": "itself"}, measure="line", category="name", level="n9"), 9 / 60),
    (of("record_with_most", measure="line", category="name"), "n59"),
    (
        term(
            "odds_ratio",
            of("share_with_level", category="group", level="p"),
            of("share_below_value", measure="line", limit=15),
        ),
        6,
    ),
    (of("strongest_partner_apart", measure="near"), "noise"),
    (of("explained_by_all", measure="noise"), explained([LINE, LINE + NOISE], NOISY)),
    (of("explained_by_apart", measure="near"), explained([NOISY], LINE + NOISE)),
]


@pytest.mark.parametrize(("node", "wanted"), CASES_OF_MANY, ids=lambda case: getattr(case, "operator", ""))
def test_what_a_test_or_a_comparison_comes_to(node: Term, wanted: Any) -> None:
    found = both(LARGE, node)
    assert found == (wanted if isinstance(wanted, str) else pytest.approx(wanted))


def test_every_operator_of_these_families_has_a_case() -> None:
    families = {
        name
        for name, one in grammar().items()
        if one.family in FAMILIES and one.__module__ != thresholds.__name__
    }
    assert families == {node.operator for node, _ in [*CASES, *CASES_OF_MANY]} & families


@pytest.mark.parametrize(
    "node",
    [
        of("top_records", measure="x", number=4),
        of("top_records", measure="x", number=9),
        of("longest_run_below", measure="y", order="x", limit=3),
        of("growth_over", measure="y", order="place", category="kind", level="a"),
        of("neighbours_of", measure="x", other="y", category="kind", level="a", distance=1),
        of("standing_of", measure="x", category="kind", level="b"),
        of("correlation_of_changes", measure="y", other="place", order="x"),
        of("rank_trend_test", measure="y", order="place"),
        of("most_common_named", category="nothing"),
        of("mean_without_zeros", measure="zero"),
    ],
    ids=lambda node: node.operator,
)
def test_what_is_tied_or_not_there_has_no_value(node: Term) -> None:
    columns: dict[str, list[Any]] = {"x": X, "y": Y, "place": list(range(8)), "kind": KIND}
    undefined(table(**columns, nothing=["?"] * 8, zero=[0.0] * 8), node)

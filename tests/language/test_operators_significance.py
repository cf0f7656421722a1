"""The tests of significance, against values worked out by hand or by statsmodels."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.oneway import anova_oneway
from statsmodels.stats.proportion import proportions_ztest
from statsmodels.stats.weightstats import DescrStatsW, ttest_ind

from actors.language.operator import grammar
from actors.language.term import TABLE, Input, Term, term
from tests.language.tiny import both, table, undefined

X, Y = [float((7 * n * n) % 23) for n in range(14)], [float((5 * n * n) % 29 + 6) for n in range(11)]
TWO = table(
    a=[*X, None, *Y, 50.0],
    kind=[*["x"] * 15, *["y"] * 11, None],
    hit=[*["yes", "no", "yes"] * 5, *["no", "no", "yes", "no"] * 3],
)
HIGH = term("most", term("mean_by_group", TABLE, measure="a", category="kind"))
LOW = term("least", term("mean_by_group", TABLE, measure="a", category="kind"))
APART = table(a=[*range(18), 40], kind=[*["x"] * 9, *["y"] * 9, "z"])
THREE = table(a=[1, 2, 3, 5, 6, 4, 9, 8, 7, None], kind=[*"xxxyyyzzz", "z"])
PAIRED = table(a=[3 + n for n in range(51)], b=[2 + 2 * n + 2 for n in range(51)])
CROSSED = table(
    kind=[*["x"] * 12, *["y"] * 12, "y"], other=[*["p"] * 8, *["q"] * 4, *["p"] * 4, *["q"] * 8, None]
)
COIN = table(a=[*[0] * 50, *[1] * 50, None])
COIN_GAP = 0.5 - float(stats.norm.cdf(-1))
SAMPLE_GAP = 0.5 - float(stats.norm.cdf(-0.5 / math.sqrt(25 / 99)))
SMALL = table(kind=[*"xxxxyyyy"], other=[*"pppqpqqq"])
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")


def between(name: str, axes: dict[str, str] | None = None, **more: str) -> Term:
    """A test between the higher group, y, and the lower."""
    given = {"measure": "a", "category": "kind"} | more
    own = {key: value for key, value in given.items() if key in grammar()[name].parameters}
    return term(name, TABLE, HIGH, LOW, **own).with_axes(axes or {})


def of(name: str, axes: dict[str, str] | None = None, rows: Input = TABLE, **parameters: str | float) -> Term:
    return term(name, rows, **parameters).with_axes(axes or {})


def welch(variances: str) -> tuple[float, float]:
    statistic, chance, _ = ttest_ind(Y, X, usevar=variances)
    return float(statistic), float(chance)


def normal(distance: float) -> float:
    """The two-sided chance of so many deviations."""
    return float(2 * stats.norm.sf(distance))


ANOVA = of("anova", measure="a", category="kind")
WINS = sum((y > x) + (y == x) / 2 for x in X for y in Y)
APART_HIGH, APART_LOW = (
    term(way, term("mean_by_group", term("leave_out_level", TABLE, category="kind", level="z"),
                   measure="a", category="kind"))
    for way in ("most", "least")
)  # fmt: skip
SPREAD = math.sqrt(51 * 52 * 103 / 24)
CASES = [
    (TWO, between("t_comparison"), welch("unequal")),
    (TWO, between("t_comparison", {"variances": "student"}), welch("pooled")),
    (TWO, between("cohens_d"), (np.mean(Y) - np.mean(X)) / math.sqrt(
        (np.var(Y, ddof=1) * 10 + np.var(X, ddof=1) * 13) / 23)),
    # Of the values 0 and 1 half are as low as the normal share below -1, or -0.5 sample deviations, and lower.
    (COIN, of("ks_normality", {"ddof": "population"}, measure="a"), (COIN_GAP, stats.kstwobign.sf(10 * COIN_GAP))),
    (COIN, of("ks_normality", measure="a"), (SAMPLE_GAP, stats.kstwobign.sf(10 * SAMPLE_GAP))),
    (TWO, between("two_proportions", outcome="hit", level="yes"), proportions_ztest([3, 10], [11, 15])),
    # All 81 pairs are won; of 18 choose 9 ways to place the groups two lie as far apart.
    (APART, term("mann_whitney", TABLE, APART_HIGH, APART_LOW, measure="a", category="kind"),
     (81, normal(40 / math.sqrt(81 * 19 / 12)))),
    (APART, term("mann_whitney", TABLE, APART_HIGH, APART_LOW, measure="a", category="kind")
     .with_axes({"continuity_ranks": "plain", "u_counts": "second"}),
     (0, normal(40.5 / math.sqrt(81 * 19 / 12)))),
    (APART, term("kolmogorov_smirnov", TABLE, APART_HIGH, APART_LOW, measure="a", category="kind"),
     (1, 2 / math.comb(18, 9))),
    (PAIRED, of("paired_t", measure="a", other="b"), DescrStatsW(-1 - np.arange(51)).ttest_mean(0)[:2]),
    # Every difference is negative.
    (PAIRED, of("wilcoxon", measure="a", other="b"), (0, normal(663 / SPREAD))),
    (PAIRED, of("wilcoxon", {"continuity_signed": "corrected", "signed_ranks": "positive"},
                measure="b", other="a"), (1326, normal(662.5 / SPREAD))),
    (THREE, ANOVA, (27, anova_oneway([[1, 2, 3], [5, 6, 4], [9, 8, 7]], use_var="equal").pvalue)),
    (THREE, of("kruskal", measure="a", category="kind"), (7.2, math.exp(-3.6))),
    # About the medians values lie 1, 0 and 1 off in each group.
    (THREE, of("levene", measure="a", category="kind"), (0, 1)),
    (THREE, of("levene", {"levene_center": "mean"}, measure="a", category="kind"), (0, 1)),
    (THREE, of("differing_pairs", measure="a", category="kind", alpha=0.05), 3),
    (THREE, of("differing_pairs", measure="a", category="kind", alpha=0.01), 1),
    (CROSSED, of("chi_squared", category="kind", other="other"), (8 / 3, stats.chi2.sf(8 / 3, 1))),
    (CROSSED, of("chi_squared", {"yates": "corrected"}, category="kind", other="other"),
     (1.5, stats.chi2.sf(1.5, 1))),
    (SMALL, of("fisher", category="kind", other="other"), (math.nan, 34 / 70)),
    (THREE, term("p_value", ANOVA), anova_oneway([[1, 2, 3], [5, 6, 4], [9, 8, 7]], use_var="equal").pvalue),
    (THREE, term("test_statistic", ANOVA), 27.0),
    (THREE, term("is_significant", ANOVA, alpha=0.01), True),
    (THREE, term("is_significant", of("kruskal", measure="a", category="kind"), alpha=0.01), False),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_outcome_of_a_test(subject: object, node: Term, wanted: object) -> None:
    assert both(subject, node) == pytest.approx(wanted, nan_ok=True)  # type: ignore[arg-type]


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "significance"}
    assert family == {node.operator for _, node, _ in CASES}


def test_ties_lessen_the_spread_of_ranks() -> None:
    found = both(TWO, between("mann_whitney"))
    wanted = stats.mannwhitneyu(Y, X, method="asymptotic")
    assert found == pytest.approx((WINS, wanted.pvalue))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("anova", {"measure": "a", "category": "kind"}),
        ("kruskal", {"measure": "a", "category": "kind"}),
        ("levene", {"measure": "a", "category": "kind"}),
        ("chi_squared", {"category": "kind", "other": "hit"}),
        ("fisher", {"category": "kind", "other": "hit"}),
        ("paired_t", {"measure": "a", "other": "a"}),
        ("wilcoxon", {"measure": "a", "other": "a"}),
    ],
)
def test_nothing_is_tested_without_records(name: str, columns: dict[str, str]) -> None:
    undefined(TWO, term("p_value", term(name, EMPTY, **columns)))


def test_groups_of_a_few_are_not_compared_by_ranks_nor_tables_of_a_few_by_chi_squared() -> None:
    few = table(a=[1, 2, 3, 4, 5, 6], kind=[*"xxxyyy"])
    undefined(few, between("mann_whitney"))
    undefined(SMALL, of("chi_squared", category="kind", other="other"))
    undefined(THREE, of("fisher", category="kind", other="kind"))


def test_a_p_value_at_the_level_is_a_close_call() -> None:
    decided = THREE.arithmetic.decided(term("is_significant", ANOVA, alpha=0.05))
    assert decided is not None
    assert decided[0] == "significant"
    assert decided[1] == pytest.approx(0.98, abs=0.01)

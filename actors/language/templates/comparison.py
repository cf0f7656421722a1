"""Questions that a test between groups answers."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.operators.axes import LEVENE_CENTER, VARIANCES
from actors.language.program import TABLE
from actors.language.templates.pairs import NAMED, measures_of_pairs, named, of_each, outcome_of
from actors.language.templates.template import (
    Bindings,
    Template,
    grouped,
)
from actors.language.term import Term, term


def _discovered(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    if given["groups"] == "means":
        means = term("mean_by_group", TABLE, **both)
        first, second = term("most", means), term("least", means)
    else:
        counts = term("count_by_group", TABLE, category=given["category"])
        first, second = term("most", counts), term("kth_most", counts, place=2)
    return {
        "first": first,
        "second": second,
        **outcome_of(term("t_comparison", TABLE, first, second, **both)),
    }


def _ways_to_discover(columns: Columns) -> Iterator[Bindings]:
    yield from ({**one, "groups": "means"} for one in grouped(3)(columns))
    yield from ({**one, "groups": "sizes"} for one in grouped(4)(columns))


def _by_ranks(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    return outcome_of(term("mann_whitney", TABLE, *named(given), **both))


def _adaptive(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    groups = named(given)
    test = term("adaptive_comparison", TABLE, *groups, **both)
    effect = term("cohens_d", TABLE, *groups, **both)
    normal = term("both_normal", TABLE, *groups, **both)
    return {"normal": normal, "p_value": term("p_value", test), "effect": effect}


def _spreads(given: Bindings) -> Mapping[str, Term]:
    return outcome_of(term("levene", TABLE, **given))


def _largest_three(given: Bindings) -> Mapping[str, Term]:
    counts = term("count_by_group", TABLE, category=given["category"])
    three = term("keep_top_groups", TABLE, named := term("top_three", counts), category=given["category"])
    return {"groups": named, **outcome_of(term("anova", three, **given))}


def _all_groups_by_ranks(given: Bindings) -> Mapping[str, Term]:
    return outcome_of(term("kruskal", TABLE, **given))


def _effect(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    return {
        "difference": term("excess", *of_each(given, "mean", measure=given["measure"])),
        "effect": term("cohens_d", TABLE, *named(given), **both),
    }


TEMPLATES = (
    Template(
        name="ttest_discovered_groups",
        family="comparison",
        sentences=(
            (
                "Find {groups}. Which are they, and what are the statistic, the former less the latter, and"
                " the two-sided p-value of {variances} t-test for a difference in {measure} between them?"
            ),
            (
                "Does {measure} differ between {groups}? Name the two in this order and give the statistic,"
                " the first less the second, and the two-sided p-value of {variances} t-test."
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_discovered,
        bindings=_ways_to_discover,
        axes=(VARIANCES,),
        choices={
            "groups": {
                "means": "the {category} with the highest mean {measure} and the one with the lowest",
                "sizes": "the {category} with the most {records} and the one with the second most",
            }
        },
    ),
    Template(
        name="mann_whitney_u_test",
        family="comparison",
        sentences=(
            (
                "By the two-sided Mann-Whitney test, does {measure} differ between {level} and {other_level}"
                " as {category}? Give U of the former and the p-value."
            ),
            (
                "Compare {measure} by ranks between {level} and {other_level} as {category}: what are the U"
                " of the former and the two-sided p-value of the Mann-Whitney test?"
            ),
        ),
        parameters=NAMED,
        program=_by_ranks,
        bindings=measures_of_pairs,
    ),
    Template(
        name="adaptive_two_sample_test",
        family="comparison",
        sentences=(
            (
                "Compare {measure} between {level} and {other_level} as {category}. If both pass"
                " Shapiro-Wilk at 5%, use Student's t-test, or Welch's if Levene's test on medians finds"
                " unequal spread at 5%; otherwise Mann-Whitney. Do both pass, and what are the two-sided"
                " p-value and Cohen's d, the former less the latter?"
            ),
            (
                "Do both {level} and {other_level} as {category} pass Shapiro-Wilk at 5% for {measure}? If"
                " not, test their difference by Mann-Whitney; if so, by Student's t-test, or by Welch's"
                " where Levene's test on medians finds unequal spread at 5%. What are the two-sided p-value"
                " and Cohen's d, the former less the latter?"
            ),
        ),
        parameters=NAMED,
        program=_adaptive,
        bindings=measures_of_pairs,
    ),
    Template(
        name="levene_variance_test",
        family="comparison",
        sentences=(
            (
                "Is {measure} spread equally in every {category}? Give the statistic and the p-value of"
                " Levene's test {levene_center}."
            ),
            (
                "What are the statistic and the p-value of Levene's test {levene_center} for the spread of"
                " {measure} by {category}?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_spreads,
        bindings=grouped(),
        axes=(LEVENE_CENTER,),
    ),
    Template(
        name="anova_discovered_groups",
        family="comparison",
        sentences=(
            (
                "Which three values of {category} have the most {records}, the most frequent first, and what"
                " are F and p of a one-way analysis of variance of {measure} across these three?"
            ),
            (
                "Take the three most frequent values of {category}, from the most frequent down. Which are"
                " they, and what are F and p of a one-way analysis of variance of {measure} between them?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_largest_three,
        bindings=grouped(4),
    ),
    Template(
        name="kruskal_wallis_test",
        family="comparison",
        sentences=(
            (
                "By ranks, does {measure} differ from one {category} to another? Give the statistic and the"
                " p-value of the Kruskal-Wallis test."
            ),
            "What are the statistic and the p-value of a Kruskal-Wallis test of {measure} by {category}?",
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_all_groups_by_ranks,
        bindings=grouped(3),
    ),
    Template(
        name="difference_and_effect_size",
        family="comparison",
        sentences=(
            (
                "By how much does the mean {measure} of {level} exceed that of {other_level} as {category},"
                " and how large is that as Cohen's d?"
            ),
            (
                "What separates {level} from {other_level} as {category} in mean {measure}, the former less"
                " the latter, plainly and as Cohen's d?"
            ),
        ),
        parameters=NAMED,
        program=_effect,
        bindings=measures_of_pairs,
    ),
)

"""Questions that a test between groups answers."""

from collections.abc import Iterator, Mapping

from actors.language.kinds import ParameterKind
from actors.language.operator import Columns
from actors.language.operators.axes import LEVENE_CENTER, VARIANCES
from actors.language.program import TABLE
from actors.language.sense import adds_up
from actors.language.templates.template import (
    Bindings,
    Template,
    categories,
    each_measure,
    grouped,
    level_pairs,
    levels,
)
from actors.language.term import Term, term


def _outcome(test: Term) -> Mapping[str, Term]:
    return {"statistic": term("test_statistic", test), "p_value": term("p_value", test)}


def _discovered(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    if given["groups"] == "means":
        means = term("mean_by_group", TABLE, **both)
        first, second = term("most", means), term("least", means)
    else:
        counts = term("count_by_group", TABLE, category=given["category"])
        first, second = term("most", counts), term("kth_most", counts, place=2)
    return {"first": first, "second": second, **_outcome(term("t_comparison", TABLE, first, second, **both))}


def _ways_to_discover(columns: Columns) -> Iterator[Bindings]:
    yield from ({**one, "groups": "means"} for one in grouped(3)(columns))
    yield from ({**one, "groups": "sizes"} for one in grouped(4)(columns))


def _named(given: Bindings) -> tuple[Term, Term]:
    first, second = (
        term("named_level", TABLE, category=given["category"], level=given[name])
        for name in ("level", "other_level")
    )
    return first, second


def _by_ranks(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    return _outcome(term("mann_whitney", TABLE, *_named(given), **both))


def _adaptive(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    groups = _named(given)
    test = term("adaptive_comparison", TABLE, *groups, **both)
    effect = term("cohens_d", TABLE, *groups, **both)
    normal = term("both_normal", TABLE, *groups, **both)
    return {"normal": normal, "p_value": term("p_value", test), "effect": effect}


def _measures_of_pairs(columns: Columns) -> Iterator[Bindings]:
    for two in level_pairs(columns):
        yield from ({**two, **one} for one in each_measure(columns))


def _spreads(given: Bindings) -> Mapping[str, Term]:
    return _outcome(term("levene", TABLE, **given))


def _largest_three(given: Bindings) -> Mapping[str, Term]:
    counts = term("count_by_group", TABLE, category=given["category"])
    three = term("keep_top_groups", TABLE, named := term("top_three", counts), category=given["category"])
    return {"groups": named, **_outcome(term("anova", three, **given))}


def _all_groups_by_ranks(given: Bindings) -> Mapping[str, Term]:
    return _outcome(term("kruskal", TABLE, **given))


def _of_each(given: Bindings, figure: str, **bound: str) -> tuple[Term, Term]:
    """A figure of the records of either level."""
    first, second = (
        term(figure, term("keep_level", TABLE, category=given["category"], level=given[name]), **bound)
        for name in ("level", "other_level")
    )
    return first, second


def _effect(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "category": given["category"]}
    return {
        "difference": term("excess", *_of_each(given, "mean", measure=given["measure"])),
        "effect": term("cohens_d", TABLE, *_named(given), **both),
    }


def _two_shares(given: Bindings) -> Mapping[str, Term]:
    test = term(
        "two_proportions",
        TABLE,
        *_named(given),
        category=given["category"],
        outcome=given["outcome"],
        level=given["result"],
    )
    return _outcome(test)


def _outcomes_of_pairs(columns: Columns) -> Iterator[Bindings]:
    for two in level_pairs(columns):
        for outcome in categories(columns):
            held = levels(columns, outcome)
            if outcome != two["category"] and len(held) == 2:
                yield {**two, "outcome": outcome, "result": held[1]}


def _times(given: Bindings) -> Mapping[str, Term]:
    return {"ratio": term("ratio_of_figures", *_of_each(given, "mean", measure=given["measure"]))}


def _per_cent(given: Bindings) -> Mapping[str, Term]:
    return {"percentage": term("relative_change", *_of_each(given, "median", measure=given["measure"]))}


def _amounts_of_pairs(columns: Columns) -> Iterator[Bindings]:
    """Of temperatures or shares a ratio means nothing."""
    amounts = {column.name for column in columns if adds_up(column)}
    yield from (one for one in _measures_of_pairs(columns) if one["measure"] in amounts)


def _odds(given: Bindings) -> Mapping[str, Term]:
    shares = _of_each(given, "share_with_level", category=given["outcome"], level=given["result"])
    return {"ratio": term("odds_ratio", *shares)}


NAMED: Mapping[str, ParameterKind] = {
    "measure": "measure",
    "category": "category",
    "level": "level",
    "other_level": "level",
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
        bindings=_measures_of_pairs,
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
        bindings=_measures_of_pairs,
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
        bindings=_measures_of_pairs,
    ),
    Template(
        name="ratio_of_means",
        family="comparison",
        sentences=(
            (
                "How many times as large as the mean {measure} of {other_level} is that of {level} as"
                " {category}?"
            ),
            (
                "Divide the mean {measure} of {level} by that of {other_level} as {category}: what is the"
                " ratio of the two means?"
            ),
        ),
        parameters=NAMED,
        program=_times,
        bindings=_amounts_of_pairs,
    ),
    Template(
        name="percentage_between_medians",
        family="comparison",
        sentences=(
            (
                "By what percentage of the latter does the median {measure} of {level} exceed that of"
                " {other_level} as {category}?"
            ),
            (
                "In per cent of the median {measure} of {other_level} as {category}, how much higher is that"
                " of {level}, below zero if it is lower?"
            ),
        ),
        parameters=NAMED,
        program=_per_cent,
        bindings=_amounts_of_pairs,
    ),
    Template(
        name="odds_ratio_between_groups",
        family="comparison",
        sentences=(
            (
                "How many times as high are the odds of {result} as {outcome} with {level} as with"
                " {other_level} as {category}?"
            ),
            (
                "What are the odds of {result} as {outcome} with {level} as {category}, divided by those with"
                " {other_level}?"
            ),
        ),
        parameters={
            "category": "category",
            "level": "level",
            "other_level": "level",
            "outcome": "category",
            "result": "level",
        },
        program=_odds,
        bindings=_outcomes_of_pairs,
    ),
    Template(
        name="two_shares_test",
        family="comparison",
        sentences=(
            (
                "Is {result} as {outcome} as frequent with {level} as with {other_level} as {category}? Give"
                " z, the former less the latter, and the p-value of the pooled two-sided test of two"
                " proportions."
            ),
            (
                "What are z, the former less the latter, and the two-sided p-value of a pooled test of two"
                " proportions for {result} as {outcome}, between {level} and {other_level} as {category}?"
            ),
        ),
        parameters={
            "category": "category",
            "level": "level",
            "other_level": "level",
            "outcome": "category",
            "result": "level",
        },
        program=_two_shares,
        bindings=_outcomes_of_pairs,
    ),
)

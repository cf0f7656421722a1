"""Questions about how many times as large one group's figure is as another's, and about two shares."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.program import TABLE
from actors.language.sense import adds_up
from actors.language.templates.pairs import NAMED, measures_of_pairs, named, of_each, outcome_of
from actors.language.templates.template import (
    Bindings,
    Template,
    categories,
    level_pairs,
    levels,
)
from actors.language.term import Term, term


def _two_shares(given: Bindings) -> Mapping[str, Term]:
    test = term(
        "two_proportions",
        TABLE,
        *named(given),
        category=given["category"],
        outcome=given["outcome"],
        level=given["result"],
    )
    return outcome_of(test)


def _outcomes_of_pairs(columns: Columns) -> Iterator[Bindings]:
    for two in level_pairs(columns):
        for outcome in categories(columns):
            held = levels(columns, outcome)
            if outcome != two["category"] and len(held) == 2:
                yield {**two, "outcome": outcome, "result": held[1]}


def _times(given: Bindings) -> Mapping[str, Term]:
    return {"ratio": term("ratio_of_figures", *of_each(given, "mean", measure=given["measure"]))}


def _per_cent(given: Bindings) -> Mapping[str, Term]:
    return {"percentage": term("relative_change", *of_each(given, "median", measure=given["measure"]))}


def _amounts_of_pairs(columns: Columns) -> Iterator[Bindings]:
    """Of temperatures or shares a ratio means nothing."""
    amounts = {column.name for column in columns if adds_up(column)}
    yield from (one for one in measures_of_pairs(columns) if one["measure"] in amounts)


def _odds(given: Bindings) -> Mapping[str, Term]:
    shares = of_each(given, "share_with_level", category=given["outcome"], level=given["result"])
    return {"ratio": term("odds_ratio", *shares)}


TEMPLATES = (
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

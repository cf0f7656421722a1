"""Questions about how groups differ, and which of them stands out."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.operators.axes import DDOF
from actors.language.program import TABLE
from actors.language.templates.template import (
    Bindings,
    Template,
    categories,
    grouped,
    levels,
    measures,
    ordered_pairs,
)
from actors.language.term import Term, term

DRAWS = 1000


def _by_group(name: str, given: Bindings) -> Term:
    return term(name, TABLE, measure=given["measure"], category=given["category"])


def _leader(name: str, given: Bindings, field: str) -> Mapping[str, Term]:
    """The group with the highest figure, and the figure."""
    leader = term("most", _by_group(name, given))
    return {"group": leader, field: term("value_of_group", _by_group(name, given), leader)}


def _gap(given: Bindings) -> Mapping[str, Term]:
    means = _by_group("mean_by_group", given)
    return {"highest": term("most", means), "lowest": term("least", means), "gap": term("gap", means)}


def _top_three(given: Bindings) -> Mapping[str, Term]:
    large = term("in_large_groups", TABLE, **given)
    means = term("mean_by_group", large, measure=given["measure"], category=given["category"])
    return {"groups": term("top_three", means), "gap": term("gap", means)}


def _large_groups(columns: Columns) -> Iterator[Bindings]:
    for one in grouped(4)(columns):
        yield from ({**one, "least": least} for least in (10, 20, 50))


def _best_quarter(given: Bindings) -> Mapping[str, Term]:
    quarter = term("quantile_band", TABLE, measure=given["measure"])
    means = term("mean_by_group", TABLE, measure=given["other"], category=quarter)
    leader = term("most", means)
    return {"quarter": leader, "mean": term("value_of_group", means, leader)}


def _outlying(given: Bindings) -> Mapping[str, Term]:
    return _leader("outlier_share_by_group", given, "share")


def _interval(given: Bindings) -> Mapping[str, Term]:
    leader = term("most", _by_group("mean_by_group", given))
    kept = term("keep_group", TABLE, leader, category=given["category"])
    drawn = {"measure": given["measure"], "draws": DRAWS, "seed": given["seed"]}
    return {
        "group": leader,
        "low": term("bootstrap_low", kept, **drawn),
        "high": term("bootstrap_high", kept, **drawn),
    }


def _seeds(columns: Columns) -> Iterator[Bindings]:
    yield from ({**one, "seed": seed} for one in grouped(3)(columns) for seed in (0, 42))


def _pivotal(given: Bindings) -> Mapping[str, Term]:
    pivotal = term("leave_one_group_out", TABLE, **given)
    return {"group": pivotal, "change": term("change_without_group", TABLE, pivotal, **given)}


def _largest_part(given: Bindings) -> Mapping[str, Term]:
    largest = term("most", _by_group("total_by_group", given))
    return {"group": largest, "share": term("share_held_by_top", TABLE, **given)}


def _level_share(given: Bindings) -> Mapping[str, Term]:
    shares = term("level_share_by_group", TABLE, **given)
    leader = term("most", shares)
    return {"group": leader, "share": term("value_of_group", shares, leader)}


def _levels_in_groups(columns: Columns) -> Iterator[Bindings]:
    for category in categories(columns):
        for trait in categories(columns):
            if trait != category and len(levels(columns, trait)) <= MOST_TRAITS:
                for level in levels(columns, trait):
                    yield {"category": category, "trait": trait, "level": level}


MOST_TRAITS = 8
"""Levels of a trait whose share is asked for; of more each is rare."""


def _pairs_of_quarters(columns: Columns) -> Iterator[Bindings]:
    yield from ordered_pairs(columns) if len(measures(columns)) >= 2 else ()


def _most_uneven(given: Bindings) -> Mapping[str, Term]:
    return _leader("deviation_by_group", given, "deviation")


TEMPLATES = (
    Template(
        name="category_highest_target_mean",
        family="groups",
        sentences=(
            "Which {category} has the highest mean {measure}, and how high is it?",
            "For which {category} is {measure} highest on average, and what is that average?",
        ),
        parameters={"measure": "measure", "category": "category"},
        program=lambda given: _leader("mean_by_group", given, "mean"),
        bindings=grouped(3),
    ),
    Template(
        name="group_mean_gap",
        family="groups",
        sentences=(
            (
                "Which {category} has the highest mean {measure}, which the lowest, and how far apart are"
                " the two means?"
            ),
            (
                "Between which {category} at the top and which at the bottom does mean {measure} range, and"
                " how far?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_gap,
        bindings=grouped(),
    ),
    Template(
        name="rank_categories_by_target_mean",
        family="groups",
        sentences=(
            (
                "Only values of {category} with at least {least} known values of {measure} count. Which"
                " three of them have the highest mean {measure}, the highest first, and how far apart are"
                " the highest and the lowest mean of all that count?"
            ),
            (
                "Leave out every {category} with fewer than {least} known values of {measure}. Which three"
                " of the rest lead by mean {measure}, from the highest down, and what separates the highest"
                " from the lowest mean of the rest?"
            ),
        ),
        parameters={"measure": "measure", "category": "category", "least": "whole"},
        program=_top_three,
        bindings=_large_groups,
    ),
    Template(
        name="quantile_bin_best_mean",
        family="groups",
        sentences=(
            (
                "Divide the {records} into four quartile groups by {measure}. In which of them is the mean"
                " {other} highest, and how high is it?"
            ),
            ("Which quartile group of {measure} has the highest mean {other}, and what is that mean?"),
        ),
        parameters={"measure": "measure", "other": "measure"},
        program=_best_quarter,
        bindings=_pairs_of_quarters,
    ),
    Template(
        name="segment_then_analyze_outliers",
        family="groups",
        sentences=(
            (
                "In which {category} is the share of outliers of {measure} largest, an outlier being a value"
                " more than 1.5 interquartile ranges beyond the quartiles of its own {category}, and what"
                " share of the known values is that, between 0 and 1?"
            ),
            (
                "Judge each {category} by its own quartiles of {measure}: what lies more than 1.5"
                " interquartile ranges beyond them is an outlier. Where is the share of outliers among the"
                " known values largest, and how large is it, between 0 and 1?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_outlying,
        bindings=grouped(),
    ),
    Template(
        name="bootstrap_ci_discovered",
        family="groups",
        sentences=(
            (
                "Which {category} has the highest mean {measure}, and what is the 95% percentile bootstrap"
                " interval of that mean, from 1000 resamples with seed {seed}?"
            ),
            (
                "Take the {category} where {measure} is highest on average. Which is it, and between which"
                " ends does the 95% percentile bootstrap interval of its mean lie, with 1000 resamples and"
                " seed {seed}?"
            ),
        ),
        parameters={"measure": "measure", "category": "category", "seed": "whole"},
        program=_interval,
        bindings=_seeds,
    ),
    Template(
        name="group_that_moves_the_mean",
        family="groups",
        sentences=(
            (
                "Leaving out which {category} would move the mean {measure} farthest, and by how much would"
                " the mean change?"
            ),
            (
                "Without which {category} would the mean {measure} be farthest from what it is over all"
                " {records}, and by how much would it change?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_pivotal,
        bindings=grouped(3),
    ),
    Template(
        name="largest_part_of_total",
        family="groups",
        sentences=(
            (
                "Which {category} accounts for the largest part of the total {measure}, and what share of"
                " it, between 0 and 1, is that?"
            ),
            (
                "Add up {measure} for every {category}. Which has the largest sum, and what share of the"
                " total, between 0 and 1, is that?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_largest_part,
        bindings=grouped(),
    ),
    Template(
        name="highest_share_of_level",
        family="groups",
        sentences=(
            (
                "In which {category} is the share of {records} with {level} as {trait} highest, and how high"
                " is it, between 0 and 1?"
            ),
            (
                "Where, by {category}, is {level} as {trait} most common among the {records}, and what share"
                " of them, between 0 and 1, has it there?"
            ),
        ),
        parameters={"category": "category", "trait": "category", "level": "level"},
        program=_level_share,
        bindings=_levels_in_groups,
    ),
    Template(
        name="least_even_group",
        family="groups",
        sentences=(
            (
                "Within which {category} does {measure} have the largest {ddof} standard deviation, and how"
                " large is it?"
            ),
            (
                "Where, by {category}, is {measure} least even, going by the {ddof} standard deviation, and"
                " what is that deviation?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_most_uneven,
        bindings=grouped(3),
        axes=(DDOF,),
    ),
)

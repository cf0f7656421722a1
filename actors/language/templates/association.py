"""Questions about how two measures, or two categories, go together."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from actors.language.operator import Columns
from actors.language.operators.axes import CRAMER_BIAS
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, categories, measures, ordered_pairs, pairs
from actors.language.term import Term, term


def _without_outliers(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "other": given["other"]}
    after = term("pearson", term("within_fences", TABLE, measure=given["measure"]), **both)
    return {"correlation": after, "change": term("change", after, term("pearson", TABLE, **both))}


def _logarithms(given: Bindings) -> Mapping[str, Term]:
    measure, other = given["measure"], given["other"]
    after: Term | str = term("logarithm", TABLE, measure=other) if given["logged"] == "both" else other
    raw = term("pearson", TABLE, measure=measure, other=other)
    logged = term("pearson", TABLE, measure=term("logarithm", TABLE, measure=measure), other=after)
    return {"before": raw, "after": logged, "change": term("excess", logged, raw)}


def _logged(columns: Columns) -> Iterator[Bindings]:
    yield from ({**one, "logged": "both"} for one in pairs(columns))
    yield from ({**one, "logged": "first"} for one in ordered_pairs(columns))


def _held_fixed(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "other": given["other"]}
    partial = term("partial_correlation", TABLE, **both, third=given["third"])
    return {"partial": partial, "plain": term("pearson", TABLE, **both)}


def _independence(given: Bindings) -> Mapping[str, Term]:
    test = term("chi_squared", TABLE, category=given["category"], other=given["other"])
    return {"statistic": term("test_statistic", test), "p_value": term("p_value", test)}


def _strength(given: Bindings) -> Mapping[str, Term]:
    both = {"category": given["category"], "other": given["other"]}
    return {
        "strength": term("cramers_v", TABLE, **both),
        "statistic": term("test_statistic", term("chi_squared", TABLE, **both)),
    }


def _two_categories(columns: Columns) -> Iterator[Bindings]:
    for category, other in combinations(categories(columns), 2):
        yield {"category": category, "other": other}


def _inside_groups(given: Bindings) -> Mapping[str, Term]:
    by_group = term("correlation_by_group", TABLE, **given)
    leader = term("most", by_group)
    return {"group": leader, "correlation": term("value_of_group", by_group, leader)}


def _reversal(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "other": given["other"]}
    return {
        "reversed": term("reversal_inside_groups", TABLE, **given),
        "correlation": term("pearson", TABLE, **both),
    }


def _pairs_in_groups(columns: Columns) -> Iterator[Bindings]:
    for category in categories(columns):
        yield from ({"category": category, **one} for one in pairs(columns))


def _line(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "other": given["other"]}
    return {field: term(field, TABLE, **both) for field in ("slope", "intercept", "r_squared")}


def _triples(columns: Columns) -> Iterator[Bindings]:
    """Two measures with a third that no record lacks, so that both correlations are over the same records."""
    lacking = {column.name for column in columns if column.missing}
    for one in pairs(columns):
        for third in measures(columns):
            if third not in one.values() and third not in lacking:
                yield {**one, "third": third}


TEMPLATES = (
    Template(
        name="correlation_after_outlier_removal",
        family="association",
        sentences=(
            (
                "Once the {records} whose {measure} lies more than 1.5 interquartile ranges beyond the"
                " quartiles are set aside, what is the Pearson correlation between {measure} and {other},"
                " and by how much does it exceed the correlation over all {records}?"
            ),
            (
                "Leave out the {records} whose {measure} is more than 1.5 interquartile ranges beyond the"
                " quartiles. What is the Pearson correlation of {measure} and {other} then, and how much"
                " higher is it than over all {records}, below zero if it is lower?"
            ),
        ),
        parameters={"measure": "measure", "other": "measure"},
        program=_without_outliers,
        bindings=ordered_pairs,
    ),
    Template(
        name="correlation_change_analysis",
        family="association",
        sentences=(
            (
                "What is the Pearson correlation between {measure} and {other}, what is it once {logged},"
                " and by how much does it change?"
            ),
            (
                "How does the Pearson correlation between {measure} and {other} change once {logged}? Give"
                " the one before, the one after and the difference."
            ),
        ),
        parameters={"measure": "measure", "other": "measure"},
        program=_logarithms,
        bindings=_logged,
        choices={
            "logged": {
                "both": "the natural logarithm of each is taken",
                "first": "the natural logarithm of {measure} alone is taken",
            }
        },
    ),
    Template(
        name="partial_correlation",
        family="association",
        sentences=(
            (
                "What is the partial Pearson correlation between {measure} and {other} with {third} held"
                " fixed, and what is their plain Pearson correlation?"
            ),
            (
                "How strongly do {measure} and {other} go together by Pearson's correlation once {third} is"
                " held fixed, and how strongly without that?"
            ),
        ),
        parameters={"measure": "measure", "other": "measure", "third": "measure"},
        program=_held_fixed,
        bindings=_triples,
    ),
    Template(
        name="chi_squared_independence",
        family="association",
        sentences=(
            (
                "Are {category} and {other} independent of each other? Give the statistic and the p-value of"
                " the chi-squared test."
            ),
            "What do the chi-squared statistic and its p-value say of a link between {category} and {other}?",
        ),
        parameters={"category": "category", "other": "category"},
        program=_independence,
        bindings=_two_categories,
    ),
    Template(
        name="strength_of_association",
        family="association",
        sentences=(
            (
                "How closely are {category} and {other} linked, by {cramer_bias} Cramér's V, and what is"
                " their chi-squared statistic?"
            ),
            "What are the {cramer_bias} Cramér's V and the chi-squared statistic of {category} and {other}?",
        ),
        parameters={"category": "category", "other": "category"},
        program=_strength,
        bindings=_two_categories,
        axes=(CRAMER_BIAS,),
    ),
    Template(
        name="highest_correlation_inside_groups",
        family="association",
        sentences=(
            (
                "In which {category} do {measure} and {other} have the highest Pearson correlation, and what"
                " is it there?"
            ),
            (
                "Within each {category}, take the Pearson correlation between {measure} and {other}. Where"
                " is it highest, and how high?"
            ),
        ),
        parameters={"category": "category", "measure": "measure", "other": "measure"},
        program=_inside_groups,
        bindings=_pairs_in_groups,
    ),
    Template(
        name="reversal_inside_groups",
        family="association",
        sentences=(
            (
                "Is there any {category} in which {measure} and {other} correlate, by Pearson, with the"
                " opposite sign to that over all {records}, and what is the correlation over all?"
            ),
            (
                "What is the Pearson correlation between {measure} and {other} over all {records}, and does"
                " its sign turn round inside at least one {category}?"
            ),
        ),
        parameters={"category": "category", "measure": "measure", "other": "measure"},
        program=_reversal,
        bindings=_pairs_in_groups,
    ),
    Template(
        name="simple_regression_line",
        family="association",
        sentences=(
            (
                "What are the slope, the intercept and the R squared of the least-squares line that predicts"
                " {measure} from {other}?"
            ),
            (
                "Draw the least-squares line of {measure} against {other}. What are its slope, its intercept"
                " and its R squared?"
            ),
        ),
        parameters={"measure": "measure", "other": "measure"},
        program=_line,
        bindings=ordered_pairs,
    ),
)

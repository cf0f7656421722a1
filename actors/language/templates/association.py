"""Questions about how measures go together."""

from collections.abc import Iterator, Mapping
from itertools import combinations, permutations

from actors.language.operator import Columns
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, measures
from actors.language.term import Term, term


def _strongest(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    columns = term("numeric_columns", TABLE)
    pair = term("strongest_pair", TABLE, columns)
    return {"columns": pair, "correlation": term("pair_correlation", TABLE, pair)}


def _once(columns: Columns) -> Iterator[Bindings]:
    if len(measures(columns)) >= 3:
        yield {}


def _spearman(given: Bindings) -> Mapping[str, Term]:
    return {
        "correlation": term("spearman", TABLE, measure=given["measure"], other=given["other"]),
    }


def _pairs(columns: Columns) -> Iterator[Bindings]:
    for measure, other in combinations(measures(columns), 2):
        yield {"measure": measure, "other": other}


def _without_outliers(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "other": given["other"]}
    after = term("pearson", term("within_fences", TABLE, measure=given["measure"]), **both)
    return {"correlation": after, "change": term("change", after, term("pearson", TABLE, **both))}


def _ordered_pairs(columns: Columns) -> Iterator[Bindings]:
    for measure, other in permutations(measures(columns), 2):
        yield {"measure": measure, "other": other}


TEMPLATES = (
    Template(
        name="strongest_correlation",
        family="association",
        sentences=(
            (
                "Which two numeric columns have the strongest Pearson correlation, whatever its sign, and"
                " what is it?"
            ),
            (
                "Of all pairs of numeric columns, which has the Pearson correlation furthest from zero, and"
                " how large is it?"
            ),
        ),
        parameters={},
        program=_strongest,
        bindings=_once,
    ),
    Template(
        name="spearman_rank_correlation",
        family="association",
        sentences=("How strongly do {measure} and {other} rise together, by Spearman's rank correlation?",),
        parameters={"measure": "measure", "other": "measure"},
        program=_spearman,
        bindings=_pairs,
    ),
    Template(
        name="correlation_after_outlier_removal",
        family="association",
        sentences=(
            (
                "Once the records whose {measure} lies more than 1.5 interquartile ranges beyond the"
                " quartiles are set aside, what is the Pearson correlation between {measure} and {other}, and"
                " by how much does it exceed the correlation over all records?"
            ),
        ),
        parameters={"measure": "measure", "other": "measure"},
        program=_without_outliers,
        bindings=_ordered_pairs,
    ),
)

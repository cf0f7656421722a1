"""Questions about how one measure is spread."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.operators.axes import DDOF
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, categories, measures
from actors.language.term import Term, term


def _each_measure(columns: Columns) -> Iterator[Bindings]:
    yield from ({"measure": measure} for measure in measures(columns))


def _variation(given: Bindings) -> Mapping[str, Term]:
    return {"ratio": term("coefficient_of_variation", TABLE, measure=given["measure"])}


def _trimmed(given: Bindings) -> Mapping[str, Term]:
    usual = term("within_fences", TABLE, measure=given["measure"])
    return {
        "records": term("count_records", usual),
        "mean": term("mean", usual, measure=given["measure"]),
    }


def _largest_group(given: Bindings) -> Mapping[str, Term]:
    counts = term("count_by_group", TABLE, category=given["category"])
    largest = term("keep_group", TABLE, term("most", counts), category=given["category"])
    return {"deviation": term("standard_deviation", largest, measure=given["measure"])}


def _measures_in_groups(columns: Columns) -> Iterator[Bindings]:
    for category in categories(columns):
        for measure in measures(columns):
            yield {"category": category, "measure": measure}


TEMPLATES = (
    Template(
        name="coefficient_of_variation",
        family="distribution",
        sentences=(
            "How large is the {ddof} standard deviation of {measure} as a multiple of its mean?",
            "What is the {ddof} standard deviation of {measure}, divided by the mean?",
        ),
        parameters={"measure": "measure"},
        program=_variation,
        bindings=_each_measure,
        axes=(DDOF,),
    ),
    Template(
        name="iqr_outlier_analysis",
        family="distribution",
        sentences=(
            (
                "How many records have a value of {measure} within 1.5 interquartile ranges of the quartiles,"
                " ends included, and what is the mean {measure} of these?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_trimmed,
        bindings=_each_measure,
    ),
    Template(
        name="largest_group_deviation",
        family="distribution",
        sentences=(
            "What is the {ddof} standard deviation of {measure} in the {category} with the most records?",
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_largest_group,
        bindings=_measures_in_groups,
        axes=(DDOF,),
    ),
)

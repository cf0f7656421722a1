"""Questions about how groups differ."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.operators.axes import VARIANCES
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, categories, measures
from actors.language.term import Term, term


def _means(given: Bindings) -> Term:
    return term("mean_by_group", TABLE, measure=given["measure"], category=given["category"])


def _highest(given: Bindings) -> Mapping[str, Term]:
    leader = term("most", _means(given))
    return {"group": leader, "mean": term("value_of_group", _means(given), leader)}


def _gap(given: Bindings) -> Mapping[str, Term]:
    return {"gap": term("gap", _means(given))}


def _extremes(given: Bindings) -> Mapping[str, Term]:
    first, second = term("most", _means(given)), term("least", _means(given))
    test = term("t_test", TABLE, first, second, measure=given["measure"], category=given["category"])
    return {"highest": first, "lowest": second, "p_value": test}


def _combinations(least: int, columns: Columns) -> Iterator[Bindings]:
    for category in categories(columns, least):
        for measure in measures(columns):
            yield {"category": category, "measure": measure}


def _two_groups(columns: Columns) -> Iterator[Bindings]:
    return _combinations(2, columns)


def _three_groups(columns: Columns) -> Iterator[Bindings]:
    return _combinations(3, columns)


TEMPLATES = (
    Template(
        name="category_highest_target_mean",
        family="groups",
        sentences=(
            "Which {category} has the highest mean {measure}, and how high is it?",
            "For which {category} is {measure} highest on average, and what is that average?",
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_highest,
        bindings=_three_groups,
    ),
    Template(
        name="group_mean_gap",
        family="groups",
        sentences=("How far apart are the highest and the lowest mean {measure} of any {category}?",),
        parameters={"measure": "measure", "category": "category"},
        program=_gap,
        bindings=_two_groups,
    ),
    Template(
        name="ttest_discovered_groups",
        family="groups",
        sentences=(
            (
                "Find the {category} with the highest and the one with the lowest mean {measure}. What is the"
                " two-sided p-value of {variances} t-test for a difference in {measure} between the two?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_extremes,
        bindings=_three_groups,
        axes=(VARIANCES,),
    ),
)

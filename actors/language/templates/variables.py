"""Questions in which a rule picks the variables: which varies most, which goes best with another."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.operators.axes import DDOF
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, each_measure, measures, once
from actors.language.term import Input, Term, term

NUMERIC = term("numeric_columns", TABLE)
SAMPLE = {"ddof": "sample"}


def _chosen(name: str, **parameters: str) -> tuple[Term, Term]:
    """The variable that a rule picks, and its values."""
    header = term(name, TABLE, NUMERIC, **parameters)
    return header, term("values_of", TABLE, header)


def _most_variation(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    header = term("highest_variation", TABLE, NUMERIC).with_axes(SAMPLE)
    values = term("values_of", TABLE, header)
    deviation = term("standard_deviation", TABLE, measure=values).with_axes(SAMPLE)
    return {"variable": header, "mean": term("mean", TABLE, measure=values), "deviation": deviation}


def _widest(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    header, values = _chosen("widest_range")
    return {
        "variable": header,
        "low": term("quantile", TABLE, measure=values, share=0.1),
        "high": term("quantile", TABLE, measure=values, share=0.9),
    }


def _most_variance(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    header, values = _chosen("highest_variance")
    return {"variable": header, "mean": term("mean", TABLE, measure=values)}


def _lowest_mean(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    header, values = _chosen("lowest_mean")
    return {"variable": header, "deviation": term("standard_deviation", TABLE, measure=values)}


def _pair(name: str) -> Mapping[str, Term]:
    pair = term(name, TABLE, NUMERIC)
    return {"variables": pair, "correlation": term("pair_correlation", TABLE, pair)}


def _rank_partner(given: Bindings) -> Mapping[str, Term]:
    header, values = _chosen(f"{given['end']}_rank_partner", measure=given["measure"])
    return {
        "variable": header,
        "correlation": term("spearman", TABLE, measure=given["measure"], other=values),
    }


def _pairs_above(given: Bindings) -> Mapping[str, Term]:
    return {"pairs": term("pairs_above", TABLE, NUMERIC, limit=given["limit"])}


def _limits(columns: Columns) -> Iterator[Bindings]:
    yield from ({"limit": limit} for _ in once(columns) for limit in (0.3, 0.5, 0.7))


def _mean_over_median(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    return {"variables": term("mean_over_median", TABLE, NUMERIC)}


def _ends(columns: Columns) -> Iterator[Bindings]:
    for one in each_measure(columns) if len(measures(columns)) >= 3 else ():
        yield from ({**one, "end": end} for end in ("strongest", "weakest"))


def _best_predictor(given: Bindings) -> Mapping[str, Term]:
    usual: Input = term("within_fences", TABLE, measure=given["measure"])
    rows = usual if given["scope"] == "usual" else TABLE
    header = term("strongest_partner", rows, measure=given["measure"])
    both = {"measure": given["measure"], "other": term("values_of", rows, header)}
    return {
        "variable": header,
        "r_squared": term("r_squared", rows, **both),
        "slope": term("slope", rows, **both),
    }


def _scopes(columns: Columns) -> Iterator[Bindings]:
    for one in each_measure(columns) if len(measures(columns)) >= 3 else ():
        yield from ({**one, "scope": scope} for scope in ("all", "usual"))


def _top_predictors(given: Bindings) -> Mapping[str, Term]:
    named = term("strongest_partners", TABLE, NUMERIC, measure=given["measure"])
    first, second, third = (term("values_at", TABLE, named, position=place) for place in (1, 2, 3))
    fit = term(
        "adjusted_r_squared_of_three",
        TABLE,
        measure=given["measure"],
        other=first,
        third=second,
        fourth=third,
    )
    return {"predictors": named, "adjusted_r_squared": fit}


def _targets(columns: Columns) -> Iterator[Bindings]:
    yield from each_measure(columns) if len(measures(columns)) >= 4 else ()


TEMPLATES = (
    Template(
        name="coefficient_of_variation",
        family="variables",
        sentences=(
            (
                "Of the numeric variables that never fall below zero, which has the largest sample standard"
                " deviation relative to its mean, and what are its mean and that deviation?"
            ),
            (
                "Leave aside numeric variables with values below zero. Which of the others varies most"
                " relative to its mean, by the sample standard deviation, and what are that mean and"
                " deviation?"
            ),
        ),
        parameters={},
        program=_most_variation,
        bindings=once,
    ),
    Template(
        name="percentile_ranking",
        family="variables",
        sentences=(
            (
                "Which numeric variable covers the widest range from its lowest to its highest value, and"
                " what are its 10% and 90% quantiles?"
            ),
            (
                "Find the numeric variable whose highest and lowest values lie farthest apart. Which is it,"
                " and what are its 10% and 90% quantiles?"
            ),
        ),
        parameters={},
        program=_widest,
        bindings=once,
    ),
    Template(
        name="max_variance_mean",
        family="variables",
        sentences=(
            "Which numeric variable has the largest {ddof} variance, and what is its mean?",
            "By {ddof} variance, which numeric variable is spread out the most, and what is it on average?",
        ),
        parameters={},
        program=_most_variance,
        bindings=once,
        axes=(DDOF,),
    ),
    Template(
        name="min_mean_column_std",
        family="variables",
        sentences=(
            "Which numeric variable has the lowest mean, and what is its {ddof} standard deviation?",
            "Which numeric variable is lowest on average, and how large is its {ddof} standard deviation?",
        ),
        parameters={},
        program=_lowest_mean,
        bindings=once,
        axes=(DDOF,),
    ),
    Template(
        name="strongest_correlation",
        family="variables",
        sentences=(
            (
                "Which two numeric variables have the strongest Pearson correlation, whatever its sign, over"
                " the {records} with both known, and what is it?"
            ),
            (
                "Of all pairs of numeric variables, each over the {records} with both known, which has the"
                " Pearson correlation furthest from zero, and how large is it?"
            ),
        ),
        parameters={},
        program=lambda _: _pair("strongest_pair"),
        bindings=once,
    ),
    Template(
        name="correlated_pairs",
        family="variables",
        sentences=(
            (
                "How many pairs of numeric variables, each over the {records} with both known, have a Pearson"
                " correlation above {limit}?"
            ),
            (
                "Over the {records} with both known, for how many pairs of numeric variables does the Pearson"
                " correlation exceed {limit}?"
            ),
        ),
        parameters={"limit": "number"},
        program=_pairs_above,
        bindings=_limits,
    ),
    Template(
        name="means_above_medians",
        family="variables",
        sentences=(
            "How many of the numeric variables have a mean above their median?",
            "For how many of the numeric variables is the mean higher than the median?",
        ),
        parameters={},
        program=_mean_over_median,
        bindings=once,
    ),
    Template(
        name="weakest_correlation",
        family="variables",
        sentences=(
            (
                "Which two numeric variables have the Pearson correlation closest to zero over the {records}"
                " with both known, and what is it?"
            ),
            (
                "Of all pairs of numeric variables, each over the {records} with both known, which goes"
                " together least by Pearson's correlation, whatever its sign, and how large is it?"
            ),
        ),
        parameters={},
        program=lambda _: _pair("weakest_pair"),
        bindings=once,
    ),
    Template(
        name="spearman_rank_correlation",
        family="variables",
        sentences=(
            (
                "With which other numeric variable does {measure} have the Spearman rank correlation {end},"
                " and what is it?"
            ),
            (
                "Of all other numeric variables, which one's Spearman rank correlation with {measure} is"
                " {end}, and how large is it?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_rank_partner,
        bindings=_ends,
        choices={"end": {"strongest": "furthest from zero", "weakest": "closest to zero"}},
    ),
    Template(
        name="regression_most_predictive",
        family="variables",
        sentences=(
            (
                "Which other numeric variable, taken alone, predicts {measure} best by a least-squares line"
                " over {scope}? Give the R squared and the slope of that line."
            ),
            (
                "Over {scope}, {measure} is predicted from one other numeric variable by a least-squares"
                " line. With which is R squared highest, how high is it, and what is the slope?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_best_predictor,
        bindings=_scopes,
        choices={
            "scope": {
                "all": "all {records} with both known",
                "usual": (
                    "the {records} whose {measure} lies at most 1.5 interquartile ranges beyond its quartiles"
                ),
            }
        },
    ),
    Template(
        name="multiple_regression_top_predictors",
        family="variables",
        sentences=(
            (
                "Which three other numeric variables have the strongest Pearson correlations with {measure},"
                " the strongest first, and what is the adjusted R squared of the linear regression that"
                " predicts {measure} from all three?"
            ),
            (
                "Predict {measure} by a linear regression from the three other numeric variables that go"
                " most closely with it by Pearson's correlation, whatever the sign. Which are they, the"
                " closest first, and what is the adjusted R squared?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_top_predictors,
        bindings=_targets,
    ),
)

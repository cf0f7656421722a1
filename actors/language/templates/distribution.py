"""Questions about how one measure is spread."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.operators.axes import BIAS, DDOF
from actors.language.program import TABLE
from actors.language.sense import is_longitude
from actors.language.templates.template import Bindings, Template, each_measure, grouped
from actors.language.term import Term, term


def _summary(given: Bindings) -> Mapping[str, Term]:
    names = {"mean": "mean", "median": "median", "deviation": "standard_deviation"}
    return {field: term(name, TABLE, measure=given["measure"]) for field, name in names.items()}


def _trimmed(given: Bindings) -> Mapping[str, Term]:
    usual = term("within_fences", TABLE, measure=given["measure"])
    return {
        "outliers": term("outlier_count", TABLE, measure=given["measure"]),
        "mean": term("mean", usual, measure=given["measure"]),
    }


def _stable(given: Bindings) -> Mapping[str, Term]:
    left = term("trimmed_until_stable", TABLE, measure=given["measure"])
    return {"left": term("count_records", left), "mean": term("mean", left, measure=given["measure"])}


def _quarters(given: Bindings) -> Mapping[str, Term]:
    shares = {"lower": 0.25, "middle": 0.5, "upper": 0.75}
    return {
        name: term("quantile", TABLE, measure=given["measure"], share=share) for name, share in shares.items()
    }


def _center_and_spread(given: Bindings) -> Mapping[str, Term]:
    return {
        "normal": term("normal", TABLE, measure=given["measure"]),
        "center": term("centre_by_normality", TABLE, measure=given["measure"]),
        "spread": term("spread_by_normality", TABLE, measure=given["measure"]),
    }


def _distance_from_normal(given: Bindings) -> Mapping[str, Term]:
    test = term("ks_normality", TABLE, measure=given["measure"])
    return {"statistic": term("test_statistic", test), "p_value": term("p_value", test)}


def _mean_against_median(given: Bindings) -> Mapping[str, Term]:
    mean, median = (term(name, TABLE, measure=given["measure"]) for name in ("mean", "median"))
    skewness = term("skewness", TABLE, measure=given["measure"])
    return {"excess": term("excess", mean, median), "skewness": skewness}


def _round_the_earth(given: Bindings) -> Mapping[str, Term]:
    return {"mean": term("mean_of_degrees", TABLE, measure=given["measure"])}


def _longitudes(columns: Columns) -> Iterator[Bindings]:
    degrees = {column.name for column in columns if is_longitude(column)}
    yield from (one for one in each_measure(columns) if one["measure"] in degrees)


def _largest_group(given: Bindings) -> Mapping[str, Term]:
    counts = term("count_by_group", TABLE, category=given["category"])
    largest = term("keep_group", TABLE, term("most", counts), category=given["category"])
    return {"deviation": term("standard_deviation", largest, measure=given["measure"])}


def _upper_tail(given: Bindings) -> Mapping[str, Term]:
    top = term("above_quantile", TABLE, measure=given["measure"], share=given["share"])
    return {
        "limit": term("quantile", TABLE, measure=given["measure"], share=given["share"]),
        "mean": term("mean", top, measure=given["measure"]),
    }


def _tails(columns: Columns) -> Iterator[Bindings]:
    for one in each_measure(columns):
        yield from ({**one, "share": share} for share in (0.75, 0.9))


TEMPLATES = (
    Template(
        name="descriptive_summary",
        family="distribution",
        sentences=(
            "What are the mean, the median and the {ddof} standard deviation of {measure}?",
            "Sum up {measure} in three figures: its mean, its median and its {ddof} standard deviation.",
        ),
        parameters={"measure": "measure"},
        program=_summary,
        bindings=each_measure,
        axes=(DDOF,),
    ),
    Template(
        name="iqr_outlier_analysis",
        family="distribution",
        sentences=(
            (
                "How many values of {measure} lie more than 1.5 interquartile ranges beyond the quartiles,"
                " and what is the mean of the rest?"
            ),
            (
                "By the rule of 1.5 interquartile ranges beyond the quartiles, how many outliers does"
                " {measure} have, and what is its mean without them?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_trimmed,
        bindings=each_measure,
    ),
    Template(
        name="iterative_outlier_removal",
        family="distribution",
        sentences=(
            (
                "Drop the {records} whose {measure} is missing or more than 1.5 interquartile ranges beyond"
                " the quartiles, work the quartiles out anew, and go on until none lies beyond. How many are"
                " left, and what is their mean {measure}?"
            ),
            (
                "If outliers of {measure} by the rule of 1.5 interquartile ranges were taken out again and"
                " again, with new quartiles each time, until no known value is one, how many {records} with"
                " a known value would be left, and with what mean?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_stable,
        bindings=each_measure,
    ),
    Template(
        name="conditional_normality",
        family="distribution",
        sentences=(
            (
                "Does {measure} pass the Shapiro-Wilk test of normality at the 5% level? If so, give its"
                " mean and {ddof} standard deviation as center and spread; if not, its median and"
                " interquartile range."
            ),
            (
                "Describe {measure} by a center and a spread: mean and {ddof} standard deviation if the"
                " Shapiro-Wilk test leaves normality standing at the 5% level, median and interquartile"
                " range otherwise. Is it the former, and what are the two?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_center_and_spread,
        bindings=each_measure,
        axes=(DDOF,),
    ),
    Template(
        name="ks_normality_test",
        family="distribution",
        sentences=(
            (
                "How far is {measure} from a normal distribution with its own mean and {ddof} standard"
                " deviation, by the Kolmogorov-Smirnov statistic, and what is the asymptotic p-value with"
                " these two taken as given?"
            ),
            (
                "Hold {measure} against the normal curve with the same mean and {ddof} standard deviation,"
                " both taken as given. What are the Kolmogorov-Smirnov statistic and its asymptotic p-value?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_distance_from_normal,
        bindings=each_measure,
        axes=(DDOF,),
    ),
    Template(
        name="middle_half",
        family="distribution",
        sentences=(
            "Between which two values does the middle half of {measure} lie, and what is its median?",
            "What are the lower quartile, the median and the upper quartile of {measure}?",
        ),
        parameters={"measure": "measure"},
        program=_quarters,
        bindings=each_measure,
    ),
    Template(
        name="mean_against_median",
        family="distribution",
        sentences=(
            "By how much does the mean of {measure} exceed its median, and what is its {bias} skewness?",
            "How far above its median does {measure} lie on average, and how large is its {bias} skewness?",
        ),
        parameters={"measure": "measure"},
        program=_mean_against_median,
        bindings=each_measure,
        axes=(BIAS,),
    ),
    Template(
        name="mean_round_the_earth",
        family="distribution",
        sentences=(
            (
                "What is the mean {measure} if its degrees are counted eastward from 0 to 360, and the result"
                " is turned back to lie between -180 and 180?"
            ),
            (
                "Count the degrees of {measure} eastward from 0 to 360 and turn their mean back to between"
                " -180 and 180: what is it?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_round_the_earth,
        bindings=_longitudes,
    ),
    Template(
        name="largest_group_deviation",
        family="distribution",
        sentences=(
            "What is the {ddof} standard deviation of {measure} in the {category} with the most {records}?",
            (
                "Look at the most frequent {category} alone. What {ddof} standard deviation does {measure}"
                " have there?"
            ),
        ),
        parameters={"measure": "measure", "category": "category"},
        program=_largest_group,
        bindings=grouped(),
        axes=(DDOF,),
    ),
    Template(
        name="upper_tail_mean",
        family="distribution",
        sentences=(
            "What is the {share} quantile of {measure}, and what is the mean of the values above it?",
            "How high is the {share} quantile of {measure}, and how high are the values above it on average?",
        ),
        parameters={"measure": "measure", "share": "share"},
        program=_upper_tail,
        bindings=_tails,
    ),
)

"""What the tables of DABench give under each reading of some of its questions.

A reading is admissible where the question's text allows it. The others are those that people fall into: they
tell where a label that no admissible reading gives may have come from. No text of the benchmark is here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Reading:
    """One way to take a question, and what it gives."""

    field: str
    """The tag that it answers."""
    said: str
    """The reading in words."""
    value: float
    """What the table gives."""
    admissible: bool = True
    """Whether the text allows it."""


Compute = Callable[[pd.DataFrame], Iterator[Reading]]


def _moment_skew(column: pd.Series) -> float:
    values = column.dropna()
    return float(((values - values.mean()) ** 3).mean() / values.std(ddof=0) ** 3)


def _moment_kurtosis(column: pd.Series) -> float:
    values = column.dropna()
    return float(((values - values.mean()) ** 4).mean() / values.std(ddof=0) ** 4 - 3)


def _beyond_fences(column: pd.Series) -> int:
    low, high = column.quantile(0.25), column.quantile(0.75)
    return int(((column < low - 1.5 * (high - low)) | (column > high + 1.5 * (high - low))).sum())


def _far(column: pd.Series, ddof: int) -> int:
    """Values more than three standard deviations from the mean."""
    return int(((column - column.mean()).abs() > 3 * column.std(ddof=ddof)).sum())


def _mean(field: str, column: str) -> Compute:
    return lambda table: iter([Reading(field, "the mean", table[column].mean())])


def _correlation(field: str, left: str, right: str) -> Compute:
    return lambda table: iter([Reading(field, "Pearson's correlation", table[left].corr(table[right]))])


def _deviations(
    field: str, column: pd.Series, *, population: bool = True, sample: bool = True
) -> Iterator[Reading]:
    yield Reading(field, "the population's standard deviation", column.std(ddof=0), population)
    yield Reading(field, "the sample's standard deviation", column.std(ddof=1), sample)


def _skews(field: str, column: pd.Series, *, moment: bool, corrected: bool) -> Iterator[Reading]:
    yield Reading(field, "the moment coefficient of skewness", _moment_skew(column), moment)
    yield Reading(field, "skewness corrected for bias, as pandas' skew()", float(column.skew()), corrected)


def _family(table: pd.DataFrame) -> pd.Series:
    return table["SibSp"] + table["Parch"]


def _fares_by_age(table: pd.DataFrame) -> Iterator[Reading]:
    bands = {"child": (0, 12), "teenager": (13, 19), "adult": (20, 59), "elderly": (60, 999)}
    for name, (low, high) in bands.items():
        chosen = table[(table["Age"] >= low) & (table["Age"] <= high)]
        yield Reading(f"mean_fare_{name}", "the mean of whole years", chosen["Fare"].mean())
        chosen = table[(table["Age"] >= low) & (table["Age"] < high + 1)]
        yield Reading(f"mean_fare_{name}", "the mean up to the next band", chosen["Fare"].mean())
        chosen = table[(table["Age"] > low - 1) & (table["Age"] <= high)]
        yield Reading(f"mean_fare_{name}", "the mean from the band before", chosen["Fare"].mean())


def _fares_by_class(table: pd.DataFrame) -> Iterator[Reading]:
    for number, fares in table.groupby("Pclass")["Fare"]:
        yield Reading(f"mean_fare_class{number}", "the mean", fares.mean())
        yield Reading(f"median_fare_class{number}", "the median", fares.median())
        yield from _deviations(f"std_dev_fare_class{number}", fares, sample=False)


def _shape_of_fares_and_ages(table: pd.DataFrame) -> Iterator[Reading]:
    for name in ("Age", "Fare"):
        field, column = name.lower(), table[name]
        yield from _skews(f"{field}_skewness", column, moment=True, corrected=False)
        yield Reading(f"{field}_kurtosis", "the moment coefficient of kurtosis", _moment_kurtosis(column))
        for ddof in (0, 1):
            near = (column - column.mean()).abs() <= column.std(ddof=ddof)
            yield Reading(f"{field}_values_within_one_stdev", f"ddof {ddof}", int(near.sum()))


def _skew_of_wind(table: pd.DataFrame) -> Iterator[Reading]:
    wind = table["wind speed"].dropna()
    for ddof in (0, 1):
        first = (wind.mean() - wind.mode()[0]) / wind.std(ddof=ddof)
        yield Reading("skewness_value", f"Pearson's first coefficient, ddof {ddof}", first)
    second = 3 * (wind.mean() - wind.median()) / wind.std()
    yield Reading("skewness_value", "Pearson's second coefficient", second, admissible=False)
    yield from _skews("skewness_value", wind, moment=False, corrected=False)


def _gusts(table: pd.DataFrame) -> Iterator[Reading]:
    for ddof in (0, 1):
        yield Reading(
            "outlier_count", f"missing values left out, ddof {ddof}", _far(table["wind speed"], ddof)
        )
    through = 0 if table["wind speed"].isna().any() else _far(table["wind speed"], 0)
    yield Reading("outlier_count", "missing values make every score missing", through, admissible=False)


def _outlying(field: str, column: str) -> Compute:
    return lambda table: iter(
        [
            Reading(field, f"more than 3 deviations away, ddof {ddof}", _far(table[column], ddof))
            for ddof in (0, 1)
        ]
    )


def _fenced(field: str, column: str) -> Compute:
    return lambda table: iter([Reading(field, "beyond the fences", _beyond_fences(table[column]))])


def _ages_by_sex_and_class(table: pd.DataFrame) -> Iterator[Reading]:
    for (sex, number), ages in table.groupby(["Sex", "Pclass"])["Age"]:
        yield Reading(f"average_age_{sex}_class{number}", "the mean of known ages", ages.mean())


def _ages_by_class(table: pd.DataFrame) -> Iterator[Reading]:
    for name, number in (("first", 1), ("second", 2), ("third", 3)):
        ages = table.loc[table["Pclass"] == number, "Age"]
        yield Reading(f"{name}_class_average_age", "the mean of known ages", ages.mean())


def _families_by_survival(table: pd.DataFrame) -> Iterator[Reading]:
    means = _family(table).groupby(table["Survived"]).mean()
    yield Reading("mean_familysize_survived", "the mean", means[1])
    yield Reading("mean_familysize_did_not_survive", "the mean", means[0])


def _closing_prices(table: pd.DataFrame) -> Iterator[Reading]:
    yield Reading("mean_close", "the mean", table["Close"].mean())
    yield Reading("median_close", "the median", table["Close"].median())
    yield from _deviations("std_close", table["Close"])


READINGS: Mapping[int, Compute] = {
    0: _mean("mean_fare", "Fare"),
    5: lambda table: iter(
        [Reading("correlation_coefficient", "Pearson's correlation", _family(table).corr(table["Fare"]))]
    ),
    6: _fares_by_age,
    8: _fares_by_class,
    24: _mean("mean_age", "age"),
    26: _correlation("correlation_coefficient", "charges", "children"),
    129: lambda table: _deviations("std_dev_fare", table["Fare"], sample=False),
    132: _outlying("outlier_count", "Fare"),
    174: lambda table: _skews("fare_skewness", table["Fare"], moment=False, corrected=True),
    175: _outlying("outliers_count", "Age"),
    216: lambda table: _deviations("std_dev", table["abs_diffsel"]),
    309: _shape_of_fares_and_ages,
    320: _mean("mean_eventmsgtype", "EVENTMSGTYPE"),
    349: _mean("mean_age", "Age"),
    351: _correlation("correlation_coefficient", "Age", "Fare"),
    359: _skew_of_wind,
    360: _correlation("correlation_coefficient", "temperature", "humidity"),
    361: _gusts,
    409: lambda table: iter(
        [Reading("missing_values", "cells without a value", int(table["Cabin"].isna().sum()))]
    ),
    411: _fenced("outlier_count", "Fare"),
    412: _families_by_survival,
    414: _ages_by_class,
    446: _mean("mean_windspeed", "WINDSPEED"),
    447: _fenced("number_of_outliers", "BARO"),
    516: lambda table: _skews("skewness_fare", table["Fare"], moment=True, corrected=False),
    517: _correlation("correlation_pclass_fare", "Pclass", "Fare"),
    526: _correlation("correlation_coefficient", "Pclass", "Fare"),
    527: _ages_by_sex_and_class,
    543: _correlation("correlation_coefficient", "Diameter", "Rings"),
    578: _mean("mean_volume", "Volume"),
    657: _closing_prices,
    659: _correlation("correlation_high_low", "High", "Low"),
    662: lambda table: _deviations("stddev_price_change", table["Close"] - table["Open"]),
}
"""By question of the benchmark, the readings of some of its tags."""

"""Lines and planes of least squares, and how well a measure tells groups apart."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import KNOWN_IN
from actors.language.operators.later import stats
from actors.language.sums import exact_sum


class Intercept(Operator):
    """The intercept of the least-squares line of one measure on another."""

    name = "intercept"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = ("the intercept of the least-squares line that predicts {the measure} from {the other}",)
    plan = "fit a line that predicts {the measure} from {the other}"
    mistaken_for = "slope"
    variable = "intercept"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        both = measure.notna() & other.notna()
        return stats.linregress(other[both], measure[both]).intercept

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        both = ~np.isnan(measure) & ~np.isnan(other)
        middle = exact_sum(other[both]) / np.count_nonzero(both)
        apart = other[both] - middle
        level = exact_sum(measure[both]) / np.count_nonzero(both)
        return level - middle * exact_sum((measure[both] - level) * apart) / exact_sum(apart**2)


class RSquared(Operator):
    """The share of the variance of a measure that the least-squares line on another explains."""

    name = "r_squared"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = ("the R squared of the least-squares line that predicts {the measure} from {the other}",)
    within = (0.0005, 0.9999)
    plan = "find how much of the variance of {measure} a line on {other} explains"
    mistaken_for = "pearson"
    variable = "explained"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        both = measure.notna() & other.notna()
        return stats.linregress(other[both], measure[both]).rvalue ** 2

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other)
        outcome = measure[there] - exact_sum(measure[there]) / np.count_nonzero(there)
        predictor = other[there] - exact_sum(other[there]) / np.count_nonzero(there)
        shared = exact_sum(outcome * predictor)
        return shared**2 / (exact_sum(outcome**2) * exact_sum(predictor**2))


class ResidualError(Operator):
    """The residual standard error of the least-squares line of one measure on another."""

    name = "residual_deviation"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = (
        "the residual standard error of the least-squares line that predicts {the measure} from {the other}",
    )
    plan = "find how far {measure} scatters about the line on {other}"
    mistaken_for = "largest_residual"
    variable = "scatter"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        both = measure.notna() & other.notna()
        if both.sum() < 3:
            raise ValueError("fewer than 3 records")
        line = stats.linregress(other[both], measure[both])
        residuals = measure[both] - line.intercept - line.slope * other[both]
        return ((residuals**2).sum() / (len(residuals) - 2)) ** 0.5

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other)
        outcome = measure[there] - exact_sum(measure[there]) / np.count_nonzero(there)
        predictor = other[there] - exact_sum(other[there]) / np.count_nonzero(there)
        slope = exact_sum(outcome * predictor) / exact_sum(predictor**2)
        return math.sqrt(exact_sum((outcome - slope * predictor) ** 2) / (outcome.size - 2))


class LargestResidual(Operator):
    """How far the farthest record lies off the least-squares line of one measure on another."""

    name = "largest_residual"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = (
        (
            "the largest distance, in either direction, of any {the measure} from its value on the"
            " least-squares line on {the other}"
        ),
    )
    plan = "find the {record} whose {measure} lies farthest off the line on {other}"
    mistaken_for = "residual_deviation"
    variable = "farthest"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        both = measure.notna() & other.notna()
        line = stats.linregress(other[both], measure[both])
        return (measure[both] - line.intercept - line.slope * other[both]).abs().max()

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other)
        outcome = measure[there] - exact_sum(measure[there]) / np.count_nonzero(there)
        predictor = other[there] - exact_sum(other[there]) / np.count_nonzero(there)
        residuals = outcome - predictor * (exact_sum(outcome * predictor) / exact_sum(predictor**2))
        return float(np.sort(np.fabs(residuals))[-1])


class PredictionAtMedian(Operator):
    """What the least-squares line of one measure on another gives at the other's median."""

    name = "prediction_at_median"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    axes = (KNOWN_IN,)
    phrases = (
        (
            "the value that the least-squares line of {the measure} on {the other} takes at the median of"
            " the latter"
        ),
    )
    plan = "fit a line of {measure} on {other} and read it off at the median"
    mistaken_for = "intercept"
    variable = "predicted"

    @staticmethod
    def idiom(measure: Series, other: Series, known_in: bool) -> Number:
        both = measure.notna() & other.notna()
        line = stats.linregress(other[both], measure[both])
        middle = other[both].median() if known_in else other.median()
        return line.intercept + line.slope * middle

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, known_in: bool) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other)
        ranked = np.sort(other[there] if known_in else other[~np.isnan(other)])
        at = (ranked[(ranked.size - 1) // 2] + ranked[ranked.size // 2]) / 2
        level = exact_sum(measure[there]) / np.count_nonzero(there)
        center = exact_sum(other[there]) / np.count_nonzero(there)
        apart = other[there] - center
        slope = exact_sum((measure[there] - level) * apart) / exact_sum(apart**2)
        return level + slope * (at - center)


class AreaUnderCurve(Operator):
    """The area under the ROC curve of a logistic regression of belonging to a level on a measure."""

    name = "logistic_auc"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category", "level": "level"}
    result = "number"
    phrases = (
        (
            "the area under the ROC curve of a logistic regression that predicts from {the measure} alone"
            " whether {category} is {level}"
        ),
    )
    within = (0.0005, 0.9995)
    plan = "find how well {measure} alone tells the named {category} from the others"
    mistaken_for = "point_biserial"
    variable = "area"

    @staticmethod
    def idiom(measure: Series, category: Series, level: Any) -> Number:
        # The fitted chance rises with the measure exactly if the level's mean is the higher one.
        known = measure.notna() & category.notna()
        inside = measure[known & (category == level)]
        outside = measure[known & (category != level)]
        share = stats.mannwhitneyu(inside, outside).statistic / (len(inside) * len(outside))
        return share if inside.mean() > outside.mean() else 1 - share

    @staticmethod
    def arithmetic(measure: Measure, category: Category, level: Any) -> Number:
        codes, levels = category
        there = (codes >= 0) & ~np.isnan(measure)
        member = codes[there] == levels.index(level)
        amounts, size = measure[there], np.count_nonzero(member)
        _, place, times = np.unique(amounts, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(times) - (times - 1) / 2)[place]
        share = (exact_sum(ranks[member]) - size * (size + 1) / 2) / (size * (member.size - size))
        rises = exact_sum(amounts[member]) / size > exact_sum(amounts[~member]) / (member.size - size)
        return share if rises else 1 - share


class StandardisedCoefficient(Operator):
    """The standardised coefficient of one of two predictors in a linear regression."""

    name = "standardised_coefficient"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "third": "measure"}
    result = "number"
    phrases = (
        (
            "the standardised coefficient of {the other} in the linear regression that predicts {the measure}"
            " from it and {the third}"
        ),
    )
    within = (-10.0, 10.0)
    plan = "regress {measure} on {other} and {third}, all of them standardised"
    mistaken_for = "partial_correlation"
    variable = "weight"

    @staticmethod
    def idiom(measure: Series, other: Series, third: Series) -> Number:
        known = measure.notna() & other.notna() & third.notna()
        if not other[known].corr(third[known]) ** 2 <= 1 - 1e-6:
            raise ValueError("the predictors depend on each other")
        scaled = [(column[known] - column[known].mean()) / column[known].std() for column in (other, third)]
        outcome = (measure[known] - measure[known].mean()) / measure[known].std()
        return np.linalg.lstsq(np.transpose(scaled), outcome)[0][0]

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, third: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other) & ~np.isnan(third)
        columns = [column[there] for column in (measure, other, third)]
        outcome, first, second = (column - exact_sum(column) / column.size for column in columns)
        length = exact_sum(first**2)
        # What the second predictor leaves of the first.
        alone = first - second * (exact_sum(first * second) / exact_sum(second**2))
        if exact_sum(alone**2) < 1e-6 * length:
            raise ValueError("the predictors depend on each other")
        slope = exact_sum(alone * outcome) / exact_sum(alone**2)
        return slope * math.sqrt(length / exact_sum(outcome**2))


class VarianceInflation(Operator):
    """The variance inflation factor of one of three predictors."""

    name = "vif"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "third": "measure"}
    result = "number"
    phrases = ("the variance inflation factor of {the measure} beside {the other} and {the third}",)
    within = (1.0005, 1000.0)
    plan = "find how much of {measure} a regression on {other} and {third} explains"
    mistaken_for = "adjusted_r_squared"
    variable = "inflation"

    @staticmethod
    def idiom(measure: Series, other: Series, third: Series) -> Number:
        known = measure.notna() & other.notna() & third.notna()
        table = np.corrcoef([measure[known], other[known], third[known]])
        if not table[1, 2] ** 2 <= 1 - 1e-6:
            raise ValueError("the predictors depend on each other")
        return np.linalg.inv(table)[0, 0]

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, third: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other) & ~np.isnan(third)
        columns = [column[there] for column in (measure, other, third)]
        outcome, first, second = (column - exact_sum(column) / column.size for column in columns)
        total, length = exact_sum(outcome**2), exact_sum(second**2)
        second = second - first * (exact_sum(first * second) / exact_sum(first**2))
        if exact_sum(second**2) < 1e-6 * length:
            raise ValueError("the predictors depend on each other")
        outcome = outcome - first * (exact_sum(first * outcome) / exact_sum(first**2))
        outcome = outcome - second * (exact_sum(second * outcome) / exact_sum(second**2))
        return total / exact_sum(outcome**2)

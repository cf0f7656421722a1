"""How well several measures together explain another."""

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Number, Operator, Series
from actors.language.sums import exact_sum


class AdjustedOfTwo(Operator):
    """The adjusted R squared of the linear regression of a measure on two others."""

    name = "adjusted_r_squared"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "third": "measure"}
    result = "number"
    phrases = (
        (
            "the adjusted R squared of the linear regression that predicts {the measure} from {the other} and"
            " {the third}"
        ),
    )
    within = (0.0005, 0.9999)
    plan = "regress {measure} on {other} and {third}"
    variable = "explained"

    @staticmethod
    def idiom(measure: Series, other: Series, third: Series) -> Number:
        known = measure.notna() & other.notna() & third.notna()
        outcome, predictors = measure[known], [other[known], third[known]]
        if len(outcome) < 4 or not np.linalg.det(np.corrcoef(predictors)) >= 1e-6:
            raise ValueError("the predictors depend on each other")
        outcome = outcome - outcome.mean()
        design = np.column_stack([(column - column.mean()) / column.std() for column in predictors])
        residuals = outcome - design @ np.linalg.lstsq(design, outcome)[0]
        unexplained = (residuals**2).sum() / (outcome**2).sum()
        return 1 - unexplained * (len(outcome) - 1) / (len(outcome) - 3)

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, third: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other) & ~np.isnan(third)
        columns = [column[there] for column in (other, third, measure)]
        columns = [column - exact_sum(column) / column.size for column in columns]
        total, lengths = exact_sum(columns[2] ** 2), [exact_sum(column**2) for column in columns]
        independent = 1.0
        for first in (0, 1):
            length = exact_sum(columns[first] ** 2)
            independent = independent * length / lengths[first]
            if independent < 1e-6:
                raise ValueError("the predictors depend on each other")
            for later in range(first + 1, 3):
                share = exact_sum(columns[first] * columns[later]) / length
                columns[later] = columns[later] - columns[first] * share
        size = columns[2].size
        return 1 - exact_sum(columns[2] ** 2) / total * (size - 1) / (size - 3)


class AdjustedOfThree(Operator):
    """The adjusted R squared of the linear regression of a measure on three others."""

    name = "adjusted_r_squared_of_three"
    family = "model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "third": "measure", "fourth": "measure"}
    result = "number"
    phrases = (
        (
            "the adjusted R squared of the linear regression that predicts {the measure} from {the other},"
            " {the third} and {the fourth}"
        ),
    )
    within = (0.0005, 0.9999)
    plan = "regress {measure} on {other}, {third} and {fourth}"
    variable = "explained"

    @staticmethod
    def idiom(measure: Series, other: Series, third: Series, fourth: Series) -> Number:
        known = measure.notna() & other.notna() & third.notna() & fourth.notna()
        outcome, predictors = measure[known], [other[known], third[known], fourth[known]]
        if len(outcome) < 5 or not np.linalg.det(np.corrcoef(predictors)) >= 1e-6:
            raise ValueError("the predictors depend on each other")
        outcome = outcome - outcome.mean()
        design = np.column_stack([(column - column.mean()) / column.std() for column in predictors])
        residuals = outcome - design @ np.linalg.lstsq(design, outcome)[0]
        unexplained = (residuals**2).sum() / (outcome**2).sum()
        return 1 - unexplained * (len(outcome) - 1) / (len(outcome) - 4)

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, third: Measure, fourth: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other) & ~np.isnan(third) & ~np.isnan(fourth)
        columns = [column[there] for column in (other, third, fourth, measure)]
        columns = [column - exact_sum(column) / column.size for column in columns]
        total, lengths = exact_sum(columns[3] ** 2), [exact_sum(column**2) for column in columns]
        independent = 1.0
        for first in (0, 1, 2):
            length = exact_sum(columns[first] ** 2)
            independent = independent * length / lengths[first]
            if independent < 1e-6:
                raise ValueError("the predictors depend on each other")
            for later in range(first + 1, 4):
                share = exact_sum(columns[first] * columns[later]) / length
                columns[later] = columns[later] - columns[first] * share
        size = columns[3].size
        return 1 - exact_sum(columns[3] ** 2) / total * (size - 1) / (size - 4)

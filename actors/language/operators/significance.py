"""What is asked of a test."""

import math

import numpy as np

from actors.language.operator import Number, Operator, Test
from actors.language.operators.axes import P_VALUES


class PValue(Operator):
    """The p-value of a test."""

    name = "p_value"
    family = "significance"
    inputs = {"test": "test"}
    result = "number"
    phrases = ("the p-value of {test}",)
    within = P_VALUES
    outside = "extreme_p"
    plan = "take its p-value"
    mistaken_for = "test_statistic"
    variable = "p_value"

    @staticmethod
    def idiom(test: Test) -> Number:
        return test[1]

    @staticmethod
    def arithmetic(test: Test) -> Number:
        _, chance = test
        return chance


class Statistic(Operator):
    """The statistic of a test."""

    name = "test_statistic"
    family = "significance"
    inputs = {"test": "test"}
    result = "number"
    phrases = ("the test statistic of {test}",)
    plan = "take its statistic"
    mistaken_for = "p_value"
    variable = "statistic"

    @staticmethod
    def idiom(test: Test) -> Number:
        return test[0]

    @staticmethod
    def arithmetic(test: Test) -> Number:
        found, _ = test
        return found


class IsSignificant(Operator):
    """Whether a test's p-value lies below a level."""

    name = "is_significant"
    family = "significance"
    inputs = {"test": "test"}
    parameters = {"alpha": "share"}
    constants = {"alpha": (0.05, 0.01, 0.1)}
    result = "flag"
    phrases = ("whether {test} is significant at the {alpha} level",)
    asks = (
        "is the result of {test} significant at the {alpha} level?",
        "does {test} reach significance at the {alpha} level?",
    )
    plan = "hold its p-value against the level"
    variable = "is_significant"

    @staticmethod
    def idiom(test: Test, alpha: float) -> bool:
        if np.isnan(test[1]):
            raise ValueError("the test has no p-value")
        return bool(test[1] < alpha)

    @staticmethod
    def arithmetic(test: Test, alpha: float) -> bool:
        _, chance = test
        if math.isnan(chance):
            raise ValueError("the test has no p-value")
        return not chance >= alpha

    @staticmethod
    def branch(test: Test, alpha: float) -> tuple[str, float]:
        """A p-value within rounding of the level is on neither side."""
        return "significant" if test[1] < alpha else "not significant", abs(test[1] / alpha - 1)

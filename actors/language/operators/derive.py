"""A new column from others: one value a record."""

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import DDOF


class Ratio(Operator):
    """One measure divided by another, record by record."""

    name = "ratio"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "measure"
    phrases = ("ratio of {measure} to {other}",)
    plan = "divide {measure} by {other} for each record"
    variable = "ratio"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Series:
        return (measure / other).replace([np.inf, -np.inf], np.nan)

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Measure:
        quotient = np.full(measure.size, np.nan)
        np.divide(measure, other, out=quotient, where=other != 0)
        return quotient


class Difference(Operator):
    """One measure less another, record by record."""

    name = "difference"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "measure"
    phrases = ("excess of {measure} over {other}",)
    plan = "subtract {other} from {measure} for each record"
    variable = "excess"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Series:
        return measure - other

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Measure:
        return np.subtract(measure, other)


class Standardised(Operator):
    """How many standard deviations a measure lies above its mean over the records at hand."""

    name = "standardised"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "measure"
    axes = (DDOF,)
    phrases = ("distance of {measure} from its mean in {ddof} standard deviations",)
    refers = True
    plan = "standardise {measure}"
    variable = "standardised"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> Series:
        return (measure - measure.mean()) / measure.std(ddof=ddof)

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> Measure:
        known = measure[~np.isnan(measure)]
        center = np.add.reduce(known) / known.size
        return (measure - center) / np.sqrt(np.dot(known - center, known - center) / (known.size - ddof))

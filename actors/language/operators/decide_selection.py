"""Which records are kept, depending on what the data are like; the text says on which evidence."""

import math

import numpy as np

from actors.language.coded import Measure, Places
from actors.language.operator import Frame, Operator, Series, Way
from actors.language.operators.axes import BIAS, DDOF, QUANTILE
from actors.language.operators.later import stats
from actors.language.sums import exact_sum


class UsualBySkew(Operator):
    """Records near the rest: by Tukey's fences if the measure is clearly skewed, else by two deviations."""

    name = "usual_by_skew"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (BIAS, QUANTILE, DDOF)
    phrases = (
        (
            "whose {measure} lies at most 1.5 interquartile ranges beyond the quartiles if its {bias}"
            " skewness lies beyond 0.5 in either direction, and within two {ddof} standard deviations of the"
            " mean if not"
        ),
    )
    refers = True
    plan = "decide by the skewness of {measure} how to leave out its outliers"
    mistaken_for = "within_fences"
    variable = "usual"
    branches = {"skewed": Way("within_fences"), "not skewed": Way("within_deviations")}

    @staticmethod
    def idiom(rows: Frame, measure: Series, bias: bool, quantile: str, ddof: int) -> Frame:
        low = measure.quantile(0.25, interpolation=quantile)
        high = measure.quantile(0.75, interpolation=quantile)
        low, high = low - (1.5 + 1e-9) * (high - low), high + (1.5 + 1e-9) * (high - low)
        skewness = stats.skew(measure.dropna(), bias=bias)
        if np.isnan(skewness) or measure.count() < 3:
            raise ValueError("too few different values")
        if abs(skewness) <= 0.5:
            low = measure.mean() - 2 * measure.std(ddof=ddof)
            high = measure.mean() + 2 * measure.std(ddof=ddof)
        return rows[measure.between(low, high)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, bias: bool, quantile: str, ddof: int) -> Places:
        ranked = np.sort(measure[~np.isnan(measure)])
        size = ranked.size
        if size < 3 or ranked[0] == ranked[-1]:
            raise ValueError("too few different values")
        apart = ranked - exact_sum(ranked) / size
        squares = exact_sum(apart**2)
        skewness = exact_sum(apart**3) / size / (squares / size) ** 1.5
        if not bias:
            skewness = skewness * math.sqrt(size * (size - 1)) / (size - 2)
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, size - 1)] - ranked[below]))
        reach = (1.5 + 1e-9) * (quarters[1] - quarters[0])
        far = 2 * math.sqrt(squares / (size - ddof))
        if -0.5 <= skewness <= 0.5:
            chosen = np.abs(measure - exact_sum(ranked) / size) <= far
        else:
            chosen = (measure >= quarters[0] - reach) & (measure <= quarters[1] + reach)
        return rows[chosen]

    @staticmethod
    def branch(measure: Measure, bias: bool) -> tuple[str, float]:
        """By how much the skewness lies off 0.5 in size."""
        found = abs(float(stats.skew(measure[~np.isnan(measure)], bias=bias)))
        return "skewed" if found > 0.5 else "not skewed", abs(found / 0.5 - 1)


class AboveCenterBySkew(Operator):
    """Records whose measure lies above its mean, or above its median if it is clearly skewed."""

    name = "above_centre_by_skew"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (BIAS,)
    phrases = (
        (
            "whose {measure} is above the median if its {bias} skewness lies beyond 0.5 in either direction,"
            " and above the mean if not"
        ),
    )
    refers = True
    plan = "decide by the skewness of {measure} above which center the {records} are to lie"
    mistaken_for = "above_mean"
    variable = "upper"
    branches = {"skewed": Way("above_quantile", parameters={"share": 0.5}), "not skewed": Way("above_mean")}

    @staticmethod
    def idiom(rows: Frame, measure: Series, bias: bool) -> Frame:
        skewness = stats.skew(measure.dropna(), bias=bias)
        if np.isnan(skewness) or measure.count() < 3:
            raise ValueError("too few different values")
        center = measure.median() if abs(skewness) > 0.5 else measure.mean()
        return rows[measure > center]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, bias: bool) -> Places:
        ranked = np.sort(measure[~np.isnan(measure)])
        size = ranked.size
        if size < 3 or ranked[0] == ranked[-1]:
            raise ValueError("too few different values")
        middle = exact_sum(ranked) / size
        apart = ranked - middle
        skewness = exact_sum(apart**3) / size / (exact_sum(apart**2) / size) ** 1.5
        if not bias:
            skewness = skewness * math.sqrt(size * (size - 1)) / (size - 2)
        if not -0.5 <= skewness <= 0.5:
            middle = (ranked[(size - 1) // 2] + ranked[size // 2]) / 2
        return rows[measure > middle]

    @staticmethod
    def branch(measure: Measure, bias: bool) -> tuple[str, float]:
        """By how much the skewness lies off 0.5 in size."""
        found = abs(float(stats.skew(measure[~np.isnan(measure)], bias=bias)))
        return "skewed" if found > 0.5 else "not skewed", abs(found / 0.5 - 1)
